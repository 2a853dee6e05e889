#include "common/eventlog/kafka/appender.h"

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "common/status/invariant.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::kafka {
namespace {

constexpr int kPollMs = 100;
// Gathers what comes together into one request; what a lone append waits at most.
constexpr char kLingerMs[] = "1";

int64_t SizeOf(const OutRecord& record) { return static_cast<int64_t>(record.key.size() + record.value.size()); }

absl::Status Full() {
  return status::WithRetry(absl::ResourceExhaustedError("the cluster is slower than what is appended: too much is under way"),
                           absl::Milliseconds(100));
}

bool GivenUp(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__PURGE_QUEUE || error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
}

}  // namespace

// One Append: answered when its last record is.
struct Appender::Call {
  std::vector<Position> positions;
  EventLog::AppendDone done;
  std::atomic<size_t> left;
  std::mutex mutex;
  absl::Status status;  // The first failure. Guarded by mutex.
};

struct Appender::Delivery {
  std::shared_ptr<Call> call;
  size_t index = 0;
  int64_t bytes = 0;
};

Appender::Appender(const TopicCatalog& catalog, const clock::Clock& clock, ChangeSignal& changes)
    : catalog_(catalog), clock_(clock), changes_(changes) {}

absl::StatusOr<std::unique_ptr<Producer>> Appender::MakeProducer(const KafkaOptions& options) {
  Settings settings(options);
  settings.Set("enable.idempotence", "true")
      .Set("acks", "all")
      .Set("message.timeout.ms", kDeliveryTimeout)
      .Set("message.max.bytes", absl::StrCat(kMessageBytesMax))
      .Set("queue.buffering.max.messages", absl::StrCat(kInFlightRecordsMax))
      .Prefer("linger.ms", kLingerMs);
  Callbacks callbacks;
  callbacks.delivered = [this](const rd_kafka_message_t& message) { OnDelivered(message); };
  ASSIGN_OR_RETURN(Client client, std::move(settings).Make(RD_KAFKA_PRODUCER, std::move(callbacks)));
  return std::make_unique<Producer>(std::move(client), options.prefix);
}

absl::StatusOr<std::unique_ptr<Appender>> Appender::Open(const KafkaOptions& options, const TopicCatalog& catalog,
                                                         const clock::Clock& clock, ChangeSignal& changes) {
  std::unique_ptr<Appender> appender(new Appender(catalog, clock, changes));
  ASSIGN_OR_RETURN(appender->producer_, appender->MakeProducer(options));
  appender->thread_ = std::thread([raw = appender.get()] { raw->Serve(); });
  return appender;
}

Appender::~Appender() { Close(); }

void Appender::Close() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_.exchange(true)) return;
  }
  if (thread_.joinable()) thread_.join();
  if (producer_ == nullptr) return;
  const int closing_ms = static_cast<int>(absl::ToInt64Milliseconds(kClosingTimeout));
  rd_kafka_flush(producer_->handle(), closing_ms);
  rd_kafka_purge(producer_->handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  // What was purged waits for its report alone, and no broker.
  const rd_kafka_resp_err_t reported = rd_kafka_flush(producer_->handle(), closing_ms);
  INVARIANT(reported == RD_KAFKA_RESP_ERR_NO_ERROR, "an append that was given up was not reported");
}

void Appender::Serve() {
  absl::Duration pulsed = clock_.Monotonic();
  while (!closed_) {
    rd_kafka_poll(producer_->handle(), kPollMs);
    if (clock_.Monotonic() - pulsed < kPulse) continue;
    pulsed = clock_.Monotonic();
    changes_.Raise();
  }
}

absl::Status Appender::Check(std::vector<OutRecord>& records) const {
  RETURN_IF_ERROR(Intake());
  for (OutRecord& record : records) {
    ASSIGN_OR_RETURN(record.partition, catalog_.PartitionOf(record));
  }
  return absl::OkStatus();
}

void Appender::Append(std::vector<OutRecord> records, EventLog::AppendDone done) {
  const absl::Status checked = Check(records);
  if (!checked.ok() || records.empty()) {
    checked.ok() ? std::move(done)(std::vector<Position>()) : std::move(done)(checked);
    return;
  }
  auto call = std::make_shared<Call>();
  call->done = std::move(done);
  call->left = records.size();
  for (const OutRecord& record : records) call->positions.push_back({record.topic, *record.partition, -1});
  // What could not be queued is answered outside the lock: `done` may append again.
  std::vector<std::pair<std::unique_ptr<Delivery>, rd_kafka_resp_err_t>> refused;
  bool closed = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed = closed_;
    for (size_t i = 0; i < records.size() && !closed; ++i) {
      const OutRecord& record = records[i];
      std::unique_ptr<Delivery> delivery(new Delivery{call, i, SizeOf(record)});
      in_flight_bytes_ += delivery->bytes;
      const rd_kafka_resp_err_t error = producer_->Produce(record.topic, *record.partition, record.key,
                                                           absl::string_view(record.value), record.id, delivery.get());
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        delivery.release();  // OnDelivered takes it back.
      } else {
        in_flight_bytes_ -= delivery->bytes;
        refused.emplace_back(std::move(delivery), error);
      }
    }
  }
  if (closed) return std::move(call->done)(LogClosed());
  for (auto& [delivery, error] : refused) Finish(std::move(delivery), error, -1);
}

void Appender::OnDelivered(const rd_kafka_message_t& message) {
  std::unique_ptr<Delivery> delivery(static_cast<Delivery*>(message._private));
  in_flight_bytes_ -= delivery->bytes;
  Finish(std::move(delivery), message.err, message.offset);
}

void Appender::Finish(std::unique_ptr<Delivery> delivery, rd_kafka_resp_err_t error, int64_t offset) {
  Call& call = *delivery->call;
  Position& position = call.positions[delivery->index];
  position.offset = offset;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    std::lock_guard<std::mutex> lock(call.mutex);
    if (call.status.ok()) {
      call.status = error == RD_KAFKA_RESP_ERR__QUEUE_FULL ? Full()
                    : GivenUp(error)                       ? LogClosed()
                                     : ToStatus(error, absl::StrCat("appending to ", position.topic, "/", position.partition));
    }
  }
  if (call.left.fetch_sub(1) > 1) return;
  if (call.status.ok()) {
    std::move(call.done)(std::move(call.positions));
  } else {
    std::move(call.done)(call.status);
  }
}

absl::Status Appender::Intake() const {
  if (closed_) return LogClosed();
  if (in_flight_bytes_ >= kInFlightBytesMax) return Full();
  char reason[256];
  const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(producer_->handle(), reason, sizeof(reason));
  if (fatal == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("the cluster takes no more appends of this process: ", reason, "; start it again"));
}

}  // namespace touchstone::eventlog::kafka
