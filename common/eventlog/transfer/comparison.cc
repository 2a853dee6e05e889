#include "common/eventlog/transfer/comparison.h"

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/cluster.h"
#include "common/eventlog/kafka/producer.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::transfer {
namespace {

constexpr int kPollMs = 1000;
// Without a record for so many polls, the broker does not answer.
constexpr int kSilentPollsMax = 30;
// That the end is reached is told by the fetch after the last one with records: a broker holds that back for as long.
constexpr char kFetchWaitMs[] = "5";
constexpr char kQueuedMessagesMin[] = "100000";
constexpr char kQueuedKilobytesMax[] = "65536";

absl::Status Differs(const SourcePartition& source, int64_t offset) {
  return absl::FailedPreconditionError(absl::StrCat(
      "topic ", source.topic(), "/", source.partition(), " holds at offset ", offset,
      " what this folder does not: another export, or a service that runs already, writes to it. Stop it, delete the "
      "topics of this prefix, and begin again."));
}

bool IsEqual(const SourceRecord& expected, const rd_kafka_message_t& message) {
  const Record found = kafka::ToRecord(message);
  return found.key == expected.key && found.value == expected.value && found.id == expected.id &&
         absl::ToUnixMillis(found.append_time) == absl::ToUnixMillis(expected.time) && message.payload != nullptr;
}

}  // namespace

absl::StatusOr<Comparison> Comparison::Open(const KafkaOptions& options) {
  kafka::Settings settings = kafka::ReaderSettings(options, "read_committed");
  settings.Set("fetch.wait.max.ms", kFetchWaitMs)
      .Set("queued.min.messages", kQueuedMessagesMin)
      .Set("queued.max.messages.kbytes", kQueuedKilobytesMax);
  ASSIGN_OR_RETURN(kafka::Client client, std::move(settings).Make(RD_KAFKA_CONSUMER));
  return Comparison(std::move(client), options.prefix);
}

absl::StatusOr<kafka::Message> Comparison::Next(const SourcePartition& source, int64_t end) {
  for (int polls = 0; polls < kSilentPollsMax; ++polls) {
    kafka::Message message(rd_kafka_consumer_poll(client_.get(), kPollMs));
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) return message;
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF && message->offset >= end) return kafka::Message();
  }
  return absl::UnavailableError(absl::StrCat("topic ", prefix_, source.name(),
                                             " is not read to its end: the broker does not answer, "
                                             "or a transaction is open. Repeat the export, which goes on where it was"));
}

absl::StatusOr<Written> Comparison::Compare(const SourcePartition& source, int64_t end, const Progress& progress) {
  Written written;
  if (end == 0) return written;
  RETURN_IF_ERROR(kafka::AssignAt(client_.get(), {{absl::StrCat(prefix_, source.topic()), source.partition(), 0}}));
  absl::Status status;
  bool at_end = false;
  RETURN_IF_ERROR(source.Read(0, [&](const SourceRecord& expected) {
    absl::StatusOr<kafka::Message> message = Next(source, end);
    status = message.status();
    at_end = message.ok() && *message == nullptr;
    if (!status.ok() || at_end) return false;
    if (written.count == 0) written.base = (*message)->offset;
    const int64_t offset = (*message)->offset;
    if (offset != written.base + written.count || !IsEqual(expected, **message)) {
      status = Differs(source, offset);
      return false;
    }
    ++written.count;
    if (progress) progress();
    return true;
  }));
  RETURN_IF_ERROR(status);
  if (at_end) return written;
  ASSIGN_OR_RETURN(const kafka::Message more, Next(source, end));
  if (more != nullptr) return Differs(source, more->offset);
  return written;
}

}  // namespace touchstone::eventlog::transfer
