#include "common/eventlog/kafka/kafka_tail.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/cluster.h"
#include "common/eventlog/kafka/producer.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::kafka {
namespace {

absl::StatusOr<std::vector<int64_t>> FirstOffsets(const KafkaOptions& options, const std::vector<TopicPartition>& partitions,
                                                  const TailStart& start) {
  if (start.from == TailStart::From::kOffsets) {
    if (start.next_offsets.size() == partitions.size()) return start.next_offsets;
    return absl::InvalidArgumentError(absl::StrCat(partitions.front().topic, " has ", partitions.size(),
                                                   " partitions; offsets were given for ", start.next_offsets.size()));
  }
  if (start.from == TailStart::From::kBegin) return std::vector<int64_t>(partitions.size(), 0);
  ASSIGN_OR_RETURN(const OffsetReader reader, OffsetReader::Open(options, "read_committed"));
  return reader.Ends(partitions);
}

}  // namespace

KafkaTail::KafkaTail(const KafkaOptions& options, std::vector<TopicPartition> partitions, std::vector<int64_t> next_offsets)
    : options_(options),
      partitions_(std::move(partitions)),
      next_offsets_(std::move(next_offsets)),
      last_times_(partitions_.size(), absl::InfinitePast()) {}

KafkaTail::~KafkaTail() {
  if (queue_ != nullptr) rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
}

absl::StatusOr<std::unique_ptr<Tail>> KafkaTail::Open(const KafkaOptions& options, std::vector<TopicPartition> partitions,
                                                      const TailStart& start, ChangeSignal& changes) {
  ASSIGN_OR_RETURN(std::vector<int64_t> next_offsets, FirstOffsets(options, partitions, start));
  std::unique_ptr<KafkaTail> tail(new KafkaTail(options, std::move(partitions), std::move(next_offsets)));
  RETURN_IF_ERROR(tail->Start(changes));
  return tail;
}

absl::Status KafkaTail::Start(ChangeSignal& changes) {
  Settings settings = ReaderSettings(options_, "read_committed");
  settings.Prefer("queued.min.messages", kQueuedMessagesMin).Prefer("queued.max.messages.kbytes", kQueuedKilobytesMax);
  ASSIGN_OR_RETURN(client_, std::move(settings).Make(RD_KAFKA_CONSUMER));
  queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
  rd_kafka_queue_cb_event_enable(
      queue_.get(), [](rd_kafka_t*, void* raised) { static_cast<ChangeSignal*>(raised)->Raise(); }, &changes);
  return Assign();
}

absl::Status KafkaTail::Assign() {
  ASSIGN_OR_RETURN(const OffsetReader reader, OffsetReader::Open(options_, "read_uncommitted"));
  ASSIGN_OR_RETURN(const std::vector<int64_t> begins, reader.Begins(partitions_));
  ASSIGN_OR_RETURN(const std::vector<int64_t> ends, reader.Ends(partitions_));
  std::vector<TopicPartition> from = partitions_;
  for (size_t p = 0; p < from.size(); ++p) {
    // An offset behind the end was one of a topic that has been made anew.
    if (next_offsets_[p] < begins[p] || next_offsets_[p] > ends[p]) next_offsets_[p] = begins[p];
    from[p].offset = next_offsets_[p];
  }
  return AssignAt(client_.get(), from);
}

absl::Status KafkaTail::Take(const rd_kafka_message_t& message, std::vector<TailRecord>& records) {
  if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) return Assign();
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    // What lies before it is no record: markers of transactions.
    int64_t& next = next_offsets_[message.partition];
    next = std::max(next, message.offset);
    return absl::OkStatus();
  }
  if (message.err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED || message.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    return ToStatus(message.err, absl::StrCat("tailing ", partitions_.front().topic));
  }
  // Other errors pass by themselves: librdkafka goes on trying.
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  int64_t& next = next_offsets_[message.partition];
  if (message.offset < next) return absl::OkStatus();
  next = message.offset + 1;
  TailRecord record = {message.partition, ToRecord(message)};
  absl::Time& last = last_times_[message.partition];
  last = record.record.append_time = std::max(last, record.record.append_time);
  records.push_back(std::move(record));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<TailRecord>> KafkaTail::Read(int records_max) {
  std::vector<TailRecord> records;
  while (static_cast<int>(records.size()) < records_max) {
    const Message message(rd_kafka_consumer_poll(client_.get(), 0));
    if (message == nullptr) break;
    RETURN_IF_ERROR(Take(*message, records));
  }
  return records;
}

}  // namespace touchstone::eventlog::kafka
