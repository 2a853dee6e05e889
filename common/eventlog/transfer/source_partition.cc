#include "common/eventlog/transfer/source_partition.h"

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/task_positions.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::transfer {

std::string SourcePartition::name() const { return absl::StrCat(topic_, "/", partition_); }

absl::StatusOr<std::unique_ptr<TopicSource>> TopicSource::Open(const FolderReader& folder, const std::string& topic,
                                                               int partition) {
  std::unique_ptr<TopicSource> source(new TopicSource(folder, topic, partition));
  ASSIGN_OR_RETURN(source->end_, folder.EndOffset(topic, partition));
  source->first_ = source->end_;
  RETURN_IF_ERROR(folder.ReadRecords(topic, partition, 0, [&](const FolderReader::RecordView& record) {
    if (source->count_++ == 0) source->first_ = record.offset;
    return true;
  }));
  return source;
}

absl::Status TopicSource::Read(int64_t from, Visit visit) const {
  // Without gaps between them, records can be counted off.
  const bool dense = count_ == end_ - first_;
  int64_t skip = dense ? 0 : from;
  return folder_.ReadRecords(topic(), partition(), dense ? first_ + from : first_, [&](const FolderReader::RecordView& record) {
    if (skip-- > 0) return true;
    return visit({record.key, record.id, record.value, record.append_time});
  });
}

absl::StatusOr<int64_t> TopicSource::CountFrom(int64_t offset) const {
  int64_t count = 0;
  RETURN_IF_ERROR(folder_.ReadRecords(topic(), partition(), offset, [&](const FolderReader::RecordView&) {
    ++count;
    return true;
  }));
  return count;
}

ChangelogSource::ChangelogSource(const FolderReader& folder, const std::string& kind, int partition)
    : SourcePartition(absl::StrCat(kind, ".state"), partition), folder_(folder), kind_(kind) {}

absl::StatusOr<std::unique_ptr<ChangelogSource>> ChangelogSource::Open(const FolderReader& folder, const std::string& kind,
                                                                       int partition) {
  std::unique_ptr<ChangelogSource> source(new ChangelogSource(folder, kind, partition));
  RETURN_IF_ERROR(folder.ReadState(kind, partition, [&](absl::string_view, absl::string_view) {
    ++source->keys_;
    return true;
  }));
  return source;
}

absl::Status ChangelogSource::Read(int64_t from, Visit visit) const {
  int64_t skip = from;
  bool goes_on = true;
  RETURN_IF_ERROR(folder_.ReadState(kind_, partition(), [&](absl::string_view key, absl::string_view value) {
    if (skip-- > 0) return true;
    goes_on = visit({key, "", value, folder_.last_write_time()});
    return goes_on;
  }));
  if (goes_on && from < count() && !positions_.empty()) visit({kafka::kPositionsKey, "", positions_, folder_.last_write_time()});
  return absl::OkStatus();
}

}  // namespace touchstone::eventlog::transfer
