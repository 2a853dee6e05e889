#include "common/eventlog/embedded/folder_reader.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/eventlog/embedded/internal/folder_check.h"
#include "common/eventlog/embedded/internal/open_folder.h"
#include "common/eventlog/embedded/internal/task_state.h"
#include "common/status/macros.h"
#include "rocksdb/env.h"

namespace touchstone::eventlog {
namespace embedded {
namespace {

class OpenedFolderReader : public FolderReader {
 public:
  explicit OpenedFolderReader(OpenedFolder opened) : opened_(std::move(opened)) {}

  uint64_t records_written() const override { return opened_.end.records; }
  absl::Time last_write_time() const override { return absl::FromUnixMicros(opened_.end.append_micros); }

  std::vector<Topic> topics() const override {
    std::vector<Topic> topics;
    for (const auto& topic : opened_.topics->topics()) topics.push_back({topic->spec.name, topic->spec.partitions});
    return topics;
  }

  std::vector<Kind> kinds() const override {
    std::vector<Kind> kinds;
    for (const embedded::Kind* known : opened_.tasks->kinds()) {
      Kind& kind = kinds.emplace_back();
      kind.name = known->name;
      kind.partitions = known->partition_count();
      kind.input_count = known->input_count;
      for (const embedded::Topic* topic : known->topics) kind.topics.push_back(topic->spec.name);
    }
    return kinds;
  }

  absl::StatusOr<int64_t> EndOffset(absl::string_view topic, int partition) const override {
    ASSIGN_OR_RETURN(const PartitionLog* log, Find(topic, partition));
    return log->end_offset();
  }

  absl::Status ReadRecords(absl::string_view topic, int partition, int64_t from, VisitRecord visit) const override {
    ASSIGN_OR_RETURN(const PartitionLog* log, Find(topic, partition));
    return log->Read(from, log->end_offset(), [&](const embedded::RecordView& record) {
      return visit({record.offset, absl::FromUnixMicros(record.append_micros), record.key, record.id, record.value});
    });
  }

  absl::StatusOr<std::vector<InputPosition>> Positions(absl::string_view name, int partition) const override {
    ASSIGN_OR_RETURN(const embedded::Kind* kind, FindKind(name, partition));
    const std::vector<int64_t> offsets = opened_.tasks->Positions(*kind, partition);
    std::vector<InputPosition> positions;
    for (size_t i = 0; i < offsets.size(); ++i) positions.push_back({kind->topics[i]->spec.name, offsets[i]});
    return positions;
  }

  absl::Status ReadState(absl::string_view name, int partition, StateView::Visit visit) const override {
    ASSIGN_OR_RETURN(const embedded::Kind* kind, FindKind(name, partition));
    return TaskState(*opened_.store, kind->number, partition).Scan("", "", visit);
  }

  absl::StatusOr<FolderReport> Check() const override { return FolderCheck(opened_).Run(); }

 private:
  absl::StatusOr<const PartitionLog*> Find(absl::string_view name, int partition) const {
    ASSIGN_OR_RETURN(const embedded::Topic* topic, opened_.topics->Require(name));
    if (partition >= 0 && partition < topic->spec.partitions) return topic->partitions[static_cast<size_t>(partition)].get();
    return absl::NotFoundError(absl::StrCat("topic '", name, "' has no partition ", partition));
  }

  absl::StatusOr<const embedded::Kind*> FindKind(absl::string_view name, int partition) const {
    for (const embedded::Kind* kind : opened_.tasks->kinds()) {
      if (kind->name == name && partition >= 0 && partition < kind->partition_count()) return kind;
    }
    return absl::NotFoundError(absl::StrCat("no task ", name, "/", partition, " is known"));
  }

  const OpenedFolder opened_;
};

}  // namespace
}  // namespace embedded

absl::StatusOr<std::unique_ptr<FolderReader>> FolderReader::Open(const std::string& folder, Access access, rocksdb::Env* env) {
  if (env == nullptr) env = rocksdb::Env::Default();
  ASSIGN_OR_RETURN(embedded::OpenedFolder opened, embedded::OpenFolderToRead(*env, folder, access == Access::kLocked));
  return std::make_unique<embedded::OpenedFolderReader>(std::move(opened));
}

}  // namespace touchstone::eventlog
