#include "common/eventlog/kafka/partition_reader.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/producer.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::kafka {
namespace {

int64_t SizeOf(const Record& record) { return static_cast<int64_t>(record.key.size() + record.value.size()); }

void RaiseChanges(rd_kafka_t*, void* changes) { static_cast<ChangeSignal*>(changes)->Raise(); }

}  // namespace

PartitionReader::PartitionReader(rd_kafka_t* consumer, TopicPartition start, ChangeSignal& changes)
    : consumer_(consumer),
      partition_(std::move(start)),
      queue_(rd_kafka_queue_get_partition(consumer, partition_.topic.c_str(), partition_.partition)),
      seen_to_(partition_.offset) {
  rd_kafka_queue_forward(queue_.get(), nullptr);
  rd_kafka_queue_cb_event_enable(queue_.get(), RaiseChanges, &changes);
}

PartitionReader::~PartitionReader() { rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr); }

std::deque<Record>::const_iterator PartitionReader::From(int64_t position) const {
  return std::lower_bound(held_.begin(), held_.end(), position,
                          [](const Record& record, int64_t offset) { return record.offset < offset; });
}

absl::Status PartitionReader::Pull(int64_t position, const FetchLimits& limits) {
  int64_t records = 0;
  int64_t bytes = 0;
  for (auto it = From(position); it != held_.end(); ++it, ++records) bytes += SizeOf(*it);
  while (records < limits.records_max && bytes < limits.bytes_max && held_.size() < kRecordsMax) {
    // One at a time: batches skip offsets in librdkafka 2.0.2.
    const Message message(rd_kafka_consume_queue(queue_.get(), 0));
    if (message == nullptr) break;
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      seen_to_ = std::max(seen_to_, message->offset);
    } else if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
      return absl::DataLossError(absl::StrCat(
          partition_.topic, "/", partition_.partition, ": offset ", seen_to_,
          " comes next and is not there: its retention is shorter than this task stood still, ", "or the topic was made anew"));
    } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return ToStatus(message->err, absl::StrCat("reading ", partition_.topic, "/", partition_.partition));
    } else if (message->offset >= seen_to_) {
      Record record = ToRecord(*message);
      // A broker's clock may be set back; the times of a partition never fall.
      last_time_ = record.append_time = std::max(record.append_time, last_time_);
      seen_to_ = record.offset + 1;
      ++records;
      bytes += SizeOf(record);
      held_.push_back(std::move(record));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<PartitionReader::Read> PartitionReader::ReadFrom(int64_t position, const FetchLimits& limits) {
  RETURN_IF_ERROR(Pull(position, limits));
  Read read;
  int64_t bytes = 0;
  auto it = From(position);
  for (; it != held_.end() && static_cast<int>(read.records.size()) < limits.records_max; ++it) {
    bytes += SizeOf(*it);
    if (bytes > limits.bytes_max && !read.records.empty()) break;
    read.records.push_back(*it);
  }
  if (it == held_.end()) {
    read.seen_to = seen_to_;
    const int64_t end = KnownEnd();
    read.at_known_end = end >= 0 && seen_to_ >= end;
  }
  return read;
}

void PartitionReader::Forget(int64_t position) {
  while (!held_.empty() && held_.front().offset < position) held_.pop_front();
}

int64_t PartitionReader::NextAfter(int64_t position) const {
  return From(position) == held_.end() ? std::max(position, seen_to_) : position;
}

int64_t PartitionReader::KnownEnd() const {
  int64_t low = 0;
  int64_t high = 0;
  const rd_kafka_resp_err_t error =
      rd_kafka_get_watermark_offsets(consumer_, partition_.topic.c_str(), partition_.partition, &low, &high);
  return error == RD_KAFKA_RESP_ERR_NO_ERROR ? std::max<int64_t>(high, -1) : -1;
}

int64_t PartitionReader::BehindAt(int64_t position) const {
  return std::distance(From(position), held_.end()) + std::max<int64_t>(0, KnownEnd() - seen_to_);
}

}  // namespace touchstone::eventlog::kafka
