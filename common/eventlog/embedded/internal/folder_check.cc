#include "common/eventlog/embedded/internal/folder_check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/eventlog/embedded/internal/coding.h"
#include "common/eventlog/embedded/internal/storage_error.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::embedded {
namespace {

// Whether a partition was ever compacted, and so may lack offsets.
absl::StatusOr<bool> IsCompacted(const Store& store, const PartitionLog& log) {
  ASSIGN_OR_RETURN(const std::optional<std::string> value, store.Get(store.meta(), CompactedKey(log.topic(), log.partition())));
  return value.has_value();
}

}  // namespace

absl::Status FolderCheck::Damage(absl::string_view where, const absl::Status& status) const {
  if (status.ok() || !absl::IsDataLoss(status)) return status;
  return DamagedFolder(opened_.folder->path(), absl::StrCat("is damaged in ", where, ": ", status.message()));
}

absl::StatusOr<FolderReport> FolderCheck::Run() {
  RETURN_IF_ERROR(Damage("store/", opened_.store->CheckTables()));
  RETURN_IF_ERROR(CheckStates());
  FolderReport report;
  for (const auto& topic : opened_.topics->topics()) {
    FolderReport::OfTopic& of_topic = report.topics.emplace_back();
    of_topic.name = topic->spec.name;
    of_topic.partitions = topic->spec.partitions;
    for (const auto& log : topic->partitions) {
      RETURN_IF_ERROR(Damage(absl::StrCat("topic ", topic->spec.name, "/", log->partition()), CheckPartition(*log, of_topic)));
    }
  }
  if (offsets_given_ != opened_.end.records) {
    return DamagedFolder(opened_.folder->path(),
                         absl::StrCat("is damaged: ", opened_.end.records,
                                      " records were written to it, and its partitions have ", offsets_given_));
  }
  for (const Kind* kind : opened_.tasks->kinds()) {
    FolderReport::OfKind& of_kind = report.kinds.emplace_back();
    RETURN_IF_ERROR(Damage(absl::StrCat("task kind ", kind->name), CheckKind(*kind, of_kind)));
  }
  return report;
}

absl::Status FolderCheck::CheckPartition(const PartitionLog& log, FolderReport::OfTopic& report) {
  ASSIGN_OR_RETURN(const bool may_have_gaps, IsCompacted(*opened_.store, log));
  int64_t next = log.begin_offset();
  int64_t last_micros = 0;
  absl::Status wrong;
  RETURN_IF_ERROR(log.Read(log.begin_offset(), log.end_offset(), [&](const RecordView& record) {
    wrong = CheckRecord(record, may_have_gaps, next, last_micros);
    next = record.offset + 1;
    last_micros = record.append_micros;
    ++report.records;
    report.bytes += record.bytes();
    return wrong.ok();
  }));
  RETURN_IF_ERROR(wrong);
  if (next != log.end_offset()) return absl::DataLossError(absl::StrCat("it ends at ", next, ", not at ", log.end_offset()));
  offsets_given_ += static_cast<uint64_t>(log.end_offset());
  return absl::OkStatus();
}

absl::Status FolderCheck::CheckRecord(const RecordView& record, bool may_follow_a_gap, int64_t next, int64_t last_micros) const {
  if (record.offset < next || (record.offset > next && !may_follow_a_gap)) {
    return absl::DataLossError(absl::StrCat("after offset ", next - 1, " comes ", record.offset));
  }
  if (record.append_micros < last_micros || record.append_micros > opened_.end.append_micros) {
    return absl::DataLossError(absl::StrCat("the time of offset ", record.offset, " is not between its neighbours'"));
  }
  return absl::OkStatus();
}

absl::Status FolderCheck::CheckStates() {
  absl::Status wrong;
  RETURN_IF_ERROR(Damage("the states of tasks",
                         opened_.store->Scan(opened_.store->state(), "", "", [&](absl::string_view key, absl::string_view value) {
                           absl::string_view rest = key;
                           uint16_t kind = 0;
                           uint16_t partition = 0;
                           if (!TakeFixed16(rest, kind) || !TakeFixed16(rest, partition)) {
                             wrong = absl::DataLossError("a key is too short");
                             return false;
                           }
                           StateSize& size = states_[{kind, partition}];
                           ++size.keys;
                           size.bytes += static_cast<int64_t>(rest.size() + value.size());
                           return true;
                         })));
  for (const auto& [task, size] : states_) {
    const std::vector<const Kind*> kinds = opened_.tasks->kinds();
    const auto kind =
        std::find_if(kinds.begin(), kinds.end(), [&, number = task.first](const Kind* k) { return k->number == number; });
    if (kind == kinds.end()) wrong = absl::DataLossError(absl::StrCat("there is one of kind ", task.first, ", which is unknown"));
  }
  return Damage("the states of tasks", wrong);
}

absl::Status FolderCheck::CheckKind(const Kind& kind, FolderReport::OfKind& report) {
  report.name = kind.name;
  report.partitions = kind.partition_count();
  for (int p = 0; p < kind.partition_count(); ++p) {
    const std::vector<int64_t> positions = opened_.tasks->Positions(kind, p);
    for (size_t i = 0; i < positions.size(); ++i) {
      const PartitionLog& log = kind.log(i, p);
      if (positions[i] > log.end_offset()) {
        return absl::DataLossError(absl::StrCat("partition ", p, " has read ", kind.topics[i]->spec.name, " up to ", positions[i],
                                                ", which ends at ", log.end_offset()));
      }
      if (!kind.is_broadcast(i)) report.unread_records += log.end_offset() - std::max(positions[i], log.begin_offset());
    }
    const auto size = states_.find({kind.number, p});
    if (size == states_.end()) continue;
    report.state_keys += size->second.keys;
    report.state_bytes += size->second.bytes;
  }
  return absl::OkStatus();
}

}  // namespace touchstone::eventlog::embedded
