#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "absl/status/statusor.h"
#include "common/eventlog/embedded/folder_reader.h"
#include "common/eventlog/embedded/internal/open_folder.h"

namespace touchstone::eventlog::embedded {

// Reads a folder whole, and holds what it says against what must be so: FolderReader::Check. One use.
class FolderCheck {
 public:
  // `opened` outlives it.
  explicit FolderCheck(const OpenedFolder& opened) : opened_(opened) {}

  absl::StatusOr<FolderReport> Run();

 private:
  absl::Status CheckPartition(const PartitionLog& log, FolderReport::OfTopic& report);
  absl::Status CheckRecord(const RecordView& record, bool may_follow_a_gap, int64_t next, int64_t last_micros) const;
  absl::Status CheckKind(const Kind& kind, FolderReport::OfKind& report);
  absl::Status CheckStates();
  // Whether it is damage, and of what.
  absl::Status Damage(absl::string_view where, const absl::Status& status) const;

  const OpenedFolder& opened_;
  // By kind's number and partition: keys and bytes.
  struct StateSize {
    int64_t keys = 0;
    int64_t bytes = 0;
  };
  std::map<std::pair<KindNumber, int32_t>, StateSize> states_;
  uint64_t offsets_given_ = 0;
};

}  // namespace touchstone::eventlog::embedded
