#include "common/eventlog/kafka/appender.h"

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
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

// One record of an Append, on its way. librdkafka refers to it.
struct Appender::Delivery {
  Call* call = nullptr;
  size_t index = 0;
  int64_t bytes = 0;
};

// One Append: answered when its last record is, or when the log closes. Whoever takes it out of calls_ answers.
struct Appender::Call {
  EventLog::AppendDone done;
  std::vector<Delivery> deliveries;  // Of each record; not moved.
  std::mutex mutex;
  // Guarded by mutex, until the call is taken out.
  std::vector<Position> positions;
  size_t left = 0;
  absl::Status status;  // The first failure.
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

void Appender::Close(absl::Duration patience) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_.exchange(true)) return;
  }
  if (thread_.joinable()) thread_.join();
  if (producer_ == nullptr) return;
  const int patience_ms = static_cast<int>(absl::ToInt64Milliseconds(patience));
  rd_kafka_flush(producer_->handle(), patience_ms);
  rd_kafka_purge(producer_->handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  // What was purged waits for its report alone. A thread of librdkafka's may be long in giving it: one that looks up a name.
  rd_kafka_flush(producer_->handle(), patience_ms);
  AnswerTheRest();
}

void Appender::AnswerTheRest() {
  {
    std::lock_guard<std::mutex> lock(calls_mutex_);
    for (auto& [key, call] : calls_) given_up_.push_back(std::move(call));
    calls_.clear();
  }
  for (const std::unique_ptr<Call>& call : given_up_) std::move(call->done)(LogClosed());
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
  auto call = std::make_unique<Call>();
  call->done = std::move(done);
  call->left = records.size();
  for (size_t i = 0; i < records.size(); ++i) {
    call->positions.push_back({records[i].topic, *records[i].partition, -1});
    call->deliveries.push_back({call.get(), i, SizeOf(records[i])});
  }
  // What could not be queued is answered outside the lock: `done` may append again.
  std::vector<std::pair<const Delivery*, rd_kafka_resp_err_t>> refused;
  bool closed = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed = closed_;
    if (!closed) refused = Send(records, std::move(call));
  }
  if (closed) return std::move(call->done)(LogClosed());
  for (const auto& [delivery, error] : refused) Finish(*delivery, error, -1);
}

std::vector<std::pair<const Appender::Delivery*, rd_kafka_resp_err_t>> Appender::Send(const std::vector<OutRecord>& records,
                                                                                      std::unique_ptr<Call> call) {
  // Not to be touched once the last record is given away: its report ends the call.
  Delivery* const first = call->deliveries.data();
  {
    std::lock_guard<std::mutex> lock(calls_mutex_);
    const Call* key = call.get();
    calls_.emplace(key, std::move(call));
  }
  std::vector<std::pair<const Delivery*, rd_kafka_resp_err_t>> refused;
  for (size_t i = 0; i < records.size(); ++i) {
    const OutRecord& record = records[i];
    const int64_t bytes = SizeOf(record);
    in_flight_bytes_ += bytes;
    const rd_kafka_resp_err_t error =
        producer_->Produce(record.topic, *record.partition, record.key, absl::string_view(record.value), record.id, first + i);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    in_flight_bytes_ -= bytes;
    refused.emplace_back(first + i, error);
  }
  return refused;
}

void Appender::OnDelivered(const rd_kafka_message_t& message) {
  const auto& delivery = *static_cast<const Delivery*>(message._private);
  in_flight_bytes_ -= delivery.bytes;
  Finish(delivery, message.err, message.offset);
}

void Appender::Finish(const Delivery& delivery, rd_kafka_resp_err_t error, int64_t offset) {
  Call& call = *delivery.call;
  {
    std::lock_guard<std::mutex> lock(call.mutex);
    Position& position = call.positions[delivery.index];
    position.offset = offset;
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR && call.status.ok()) {
      call.status = error == RD_KAFKA_RESP_ERR__QUEUE_FULL ? Full()
                    : GivenUp(error)                       ? LogClosed()
                                     : ToStatus(error, absl::StrCat("appending to ", position.topic, "/", position.partition));
    }
    if (--call.left > 0) return;
  }
  std::unique_ptr<Call> ended;
  {
    std::lock_guard<std::mutex> lock(calls_mutex_);
    if (const auto found = calls_.find(&call); found != calls_.end()) {
      ended = std::move(found->second);
      calls_.erase(found);
    }
  }
  // Answered at the close already.
  if (ended == nullptr) return;
  if (ended->status.ok()) {
    std::move(ended->done)(std::move(ended->positions));
  } else {
    std::move(ended->done)(ended->status);
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
