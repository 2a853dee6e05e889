#include "common/eventlog/transfer/partition_writer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::transfer {
namespace {

constexpr char kLingerMs[] = "5";
constexpr char kQueuedMessagesMax[] = "200000";
constexpr char kQueuedKilobytesMax[] = "65536";
constexpr char kCompression[] = "lz4";
constexpr char kTransactionTimeoutMs[] = "60000";
constexpr int kAnswerTimeoutMs = 30'000;
constexpr int kFlushTimeoutMs = 60'000;
constexpr int kPollMs = 10;
// Records that are never seen, in one transaction.
constexpr int64_t kFillRecordsMax = 50'000;

kafka::Settings ProducerSettings(const KafkaOptions& options) {
  kafka::Settings settings(options);
  settings.Set("message.max.bytes", absl::StrCat(kafka::kMessageBytesMax))
      .Set("queue.buffering.max.messages", kQueuedMessagesMax)
      .Set("queue.buffering.max.kbytes", kQueuedKilobytesMax)
      .Prefer("linger.ms", kLingerMs)
      .Prefer("compression.type", kCompression);
  return settings;
}

// The offset that was expected goes as the tag.
void* TagOf(int64_t offset) { return reinterpret_cast<void*>(static_cast<intptr_t>(offset)); }

std::string PlaceOf(const rd_kafka_message_t& message) {
  return absl::StrCat("topic ", rd_kafka_topic_name(message.rkt), "/", message.partition);
}

}  // namespace

absl::StatusOr<std::unique_ptr<PartitionWriter>> PartitionWriter::Open(const KafkaOptions& options) {
  std::unique_ptr<PartitionWriter> writer(new PartitionWriter);
  kafka::Callbacks callbacks;
  callbacks.delivered = [raw = writer.get()](const rd_kafka_message_t& message) { raw->OnDelivered(message); };
  kafka::Settings settings = ProducerSettings(options);
  settings.Set("enable.idempotence", "true");
  ASSIGN_OR_RETURN(kafka::Client client, std::move(settings).Make(RD_KAFKA_PRODUCER, std::move(callbacks)));
  writer->producer_ = std::make_unique<kafka::Producer>(std::move(client), options.prefix);
  return writer;
}

void PartitionWriter::OnDelivered(const rd_kafka_message_t& message) {
  if (!failure_.ok()) return;
  const auto expected = static_cast<int64_t>(reinterpret_cast<intptr_t>(message._private));
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  rd_kafka_message_timestamp(&message, &type);
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    failure_ = kafka::ToStatus(message.err, absl::StrCat("writing to ", PlaceOf(message)));
  } else if (message.offset != expected) {
    failure_ = absl::FailedPreconditionError(
        absl::StrCat(PlaceOf(message), " took a record at offset ", message.offset, ", expected was ", expected,
                     ": somebody else writes to it. Stop that, delete the topics of this prefix, and begin again."));
  } else if (type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME) {
    failure_ = absl::FailedPreconditionError(
        absl::StrCat(PlaceOf(message),
                     " gives times of its own though it was told not to: delete the topics of this prefix, and begin again."));
  }
}

absl::Status PartitionWriter::Produce(const SourcePartition& source, const SourceRecord& record, int64_t offset) {
  while (failure_.ok()) {
    const rd_kafka_resp_err_t error =
        producer_->Produce(source.topic(), source.partition(), record.key, record.value, record.id, TagOf(offset), record.time);
    rd_kafka_poll(producer_->handle(), error == RD_KAFKA_RESP_ERR__QUEUE_FULL ? kPollMs : 0);
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) return kafka::ToStatus(error, absl::StrCat("writing to ", source.name()));
  }
  return failure_;
}

absl::Status PartitionWriter::Write(const SourcePartition& source, int64_t from, int64_t until, int64_t offset,
                                    const Progress& progress) {
  if (from >= until) return absl::OkStatus();
  absl::Status status;
  int64_t next = from;
  RETURN_IF_ERROR(source.Read(from, [&](const SourceRecord& record) {
    if (next == until) return false;
    status = Produce(source, record, offset + next - from);
    ++next;
    if (progress) progress();
    return status.ok();
  }));
  RETURN_IF_ERROR(status);
  RETURN_IF_ERROR(
      kafka::ToStatus(rd_kafka_flush(producer_->handle(), kFlushTimeoutMs), absl::StrCat("writing to ", source.name())));
  return failure_;
}

absl::StatusOr<std::unique_ptr<OffsetFiller>> OffsetFiller::Open(const KafkaOptions& options) {
  std::unique_ptr<OffsetFiller> filler(new OffsetFiller);
  kafka::Callbacks callbacks;
  callbacks.delivered = [raw = filler.get()](const rd_kafka_message_t& message) {
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      ++raw->delivered_;
    } else {
      raw->undelivered_ = message.err;
    }
  };
  kafka::Settings settings = ProducerSettings(options);
  settings.Set("transactional.id", absl::StrCat(options.prefix, "export")).Set("transaction.timeout.ms", kTransactionTimeoutMs);
  ASSIGN_OR_RETURN(kafka::Client client, std::move(settings).Make(RD_KAFKA_PRODUCER, std::move(callbacks)));
  filler->producer_ = std::make_unique<kafka::Producer>(std::move(client), options.prefix);
  const kafka::Error error(rd_kafka_init_transactions(filler->producer_->handle(), kAnswerTimeoutMs));
  if (error != nullptr) return kafka::ToStatus(rd_kafka_error_code(error.get()), "ending what an earlier export left open");
  return filler;
}

absl::Status OffsetFiller::Fill(const SourcePartition& source, int64_t count) {
  // A transaction takes one offset more than it has records, so none can take a single one.
  while (count > 0) {
    int64_t records = std::min(kFillRecordsMax, std::max<int64_t>(count - 1, 1));
    if (count - records - 1 == 1) --records;
    RETURN_IF_ERROR(Abort(source, std::max<int64_t>(records, 1)));
    count -= std::max<int64_t>(records, 1) + 1;
  }
  return absl::OkStatus();
}

absl::Status OffsetFiller::Abort(const SourcePartition& source, int64_t records) {
  const std::string doing = absl::StrCat("using up offsets of ", source.name());
  rd_kafka_t* handle = producer_->handle();
  delivered_ = 0;
  const kafka::Error begun(rd_kafka_begin_transaction(handle));
  if (begun != nullptr) return kafka::ToStatus(rd_kafka_error_code(begun.get()), doing);
  for (int64_t i = 0; i < records;) {
    const rd_kafka_resp_err_t error =
        producer_->Produce(source.topic(), source.partition(), "", absl::string_view(), "", nullptr);
    rd_kafka_poll(handle, error == RD_KAFKA_RESP_ERR__QUEUE_FULL ? kPollMs : 0);
    if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) continue;
    RETURN_IF_ERROR(kafka::ToStatus(error, doing));
    ++i;
  }
  // An abort drops what was not sent yet, and that would not take its offset.
  RETURN_IF_ERROR(kafka::ToStatus(rd_kafka_flush(handle, kFlushTimeoutMs), doing));
  if (delivered_ != records) return kafka::ToStatus(undelivered_, doing);
  const kafka::Error aborted(rd_kafka_abort_transaction(handle, kAnswerTimeoutMs));
  return aborted == nullptr ? absl::OkStatus() : kafka::ToStatus(rd_kafka_error_code(aborted.get()), doing);
}

}  // namespace touchstone::eventlog::transfer
