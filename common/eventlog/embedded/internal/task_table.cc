#include "common/eventlog/embedded/internal/task_table.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "common/eventlog/embedded/internal/coding.h"
#include "common/eventlog/embedded/internal/log_writer.h"
#include "common/eventlog/embedded/internal/store.h"
#include "common/eventlog/state_view.h"
#include "common/status/invariant.h"
#include "common/status/macros.h"
#include "rocksdb/write_batch.h"

namespace touchstone::eventlog::embedded {
namespace {

// A kind's value: number (2) | input count (2) | each topic's number (2).
std::string EncodeKind(const Kind& kind) {
  std::string value;
  AppendFixed16(value, kind.number);
  AppendFixed16(value, static_cast<uint16_t>(kind.input_count));
  for (const Topic* topic : kind.topics) AppendFixed16(value, topic->number);
  return value;
}

absl::Status Unreadable() { return absl::DataLossError("the store's record of its task kinds cannot be read"); }

const Topic* TopicByNumber(const TopicTable& topics, TopicNumber number) {
  for (const auto& topic : topics.topics()) {
    if (topic->number == number) return topic.get();
  }
  return nullptr;
}

}  // namespace

absl::Status TaskTable::Load() {
  absl::Status status;
  RETURN_IF_ERROR(
      store_.Scan(store_.meta(), kKindKeyPrefix, PrefixEnd(kKindKeyPrefix), [&](absl::string_view key, absl::string_view value) {
        status = LoadKind(key.substr(1), value);
        return status.ok();
      }));
  return status;
}

absl::Status TaskTable::LoadKind(absl::string_view name, absl::string_view value) {
  auto kind = std::make_unique<Kind>();
  kind->name = std::string(name);
  uint16_t input_count = 0;
  if (!TakeFixed16(value, kind->number) || !TakeFixed16(value, input_count)) return Unreadable();
  next_number_ = std::max(next_number_, kind->number + 1);
  for (size_t i = 0; !value.empty(); ++i) {
    TopicNumber number = 0;
    if (!TakeFixed16(value, number)) return Unreadable();
    // A topic that is declared no more is nobody's business.
    const Topic* topic = TopicByNumber(topics_, number);
    if (topic == nullptr) continue;
    kind->topics.push_back(topic);
    if (i < input_count) ++kind->input_count;
  }
  if (kind->input_count == 0) kind->topics.clear();
  ASSIGN_OR_RETURN(Entry entry, MakeEntry(std::move(kind)));
  entries_.push_back(std::make_unique<Entry>(std::move(entry)));
  return absl::OkStatus();
}

absl::StatusOr<TaskTable::Entry> TaskTable::MakeEntry(std::unique_ptr<Kind> kind) const {
  Entry entry;
  for (int partition = 0; partition < kind->partition_count(); ++partition) {
    ASSIGN_OR_RETURN(std::vector<int64_t> positions, ReadPositions(*kind, partition));
    entry.positions.push_back(std::move(positions));
  }
  entry.owned.resize(static_cast<size_t>(kind->partition_count()));
  entry.kind = std::move(kind);
  return entry;
}

absl::StatusOr<std::vector<int64_t>> TaskTable::ReadPositions(const Kind& kind, int partition) const {
  ASSIGN_OR_RETURN(const std::optional<std::string> value, store_.Get(store_.meta(), PositionKey(kind.number, partition)));
  std::vector<int64_t> positions(kind.topics.size(), 0);
  if (!value) return positions;
  for (absl::string_view bytes = *value; !bytes.empty();) {
    TopicNumber number = 0;
    uint64_t offset = 0;
    if (!TakeFixed16(bytes, number) || !TakeVarint(bytes, offset)) return Unreadable();
    for (size_t i = 0; i < kind.topics.size(); ++i) {
      if (kind.topics[i]->number == number) positions[i] = static_cast<int64_t>(offset);
    }
  }
  return positions;
}

std::string TaskTable::EncodePositions(const Kind& kind, const std::vector<int64_t>& positions) {
  std::string value;
  for (size_t i = 0; i < positions.size(); ++i) {
    AppendFixed16(value, kind.topics[i]->number);
    AppendVarint(value, static_cast<uint64_t>(positions[i]));
  }
  return value;
}

absl::StatusOr<std::unique_ptr<Kind>> TaskTable::Resolve(const TaskKind& kind) const {
  if (kind.name.empty()) return absl::InvalidArgumentError("a task kind needs a name");
  if (kind.inputs.empty()) return absl::FailedPreconditionError(absl::StrCat("task kind '", kind.name, "' has no inputs"));
  auto resolved = std::make_unique<Kind>();
  resolved->name = kind.name;
  resolved->input_count = kind.inputs.size();
  for (const std::string& name : kind.inputs) {
    ASSIGN_OR_RETURN(const Topic* topic, topics_.Require(name));
    resolved->topics.push_back(topic);
    if (topic->spec.partitions == resolved->partition_count()) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "task kind '", kind.name, "' reads topics with different partition counts: '", kind.inputs.front(), "' has ",
        resolved->partition_count(), " and '", name, "' has ", topic->spec.partitions, "; what one task reads must be equal"));
  }
  for (const std::string& name : kind.broadcasts) {
    ASSIGN_OR_RETURN(const Topic* topic, topics_.Require(name));
    resolved->topics.push_back(topic);
    if (topic->spec.partitions == 1) continue;
    return absl::FailedPreconditionError(absl::StrCat("task kind '", kind.name, "' reads '", name,
                                                      "' whole, so it must have one partition; it has ", topic->spec.partitions));
  }
  return resolved;
}

absl::StatusOr<const Kind*> TaskTable::Register(const TaskKind& kind, LogWriter& writer) {
  ASSIGN_OR_RETURN(std::unique_ptr<Kind> resolved, Resolve(kind));
  std::lock_guard<std::mutex> lock(mutex_);
  Entry* known = Find(kind.name);
  if (known != nullptr && known->kind->topics == resolved->topics && known->kind->input_count == resolved->input_count) {
    return known->kind.get();
  }
  if (known != nullptr && std::find(known->owned.begin(), known->owned.end(), true) != known->owned.end()) {
    return absl::FailedPreconditionError(absl::StrCat("task kind '", kind.name, "' is at work with other topics"));
  }
  resolved->number = known != nullptr ? known->kind->number : static_cast<KindNumber>(next_number_++);
  const std::string key = absl::StrCat(kKindKeyPrefix, kind.name);
  const std::string value = EncodeKind(*resolved);
  WriteRequest request;
  request.add = [&](rocksdb::WriteBatch& batch) { batch.Put(key, value).PermitUncheckedError(); };
  writer.Write(request);
  ASSIGN_OR_RETURN(Entry entry, MakeEntry(std::move(resolved)));
  if (known == nullptr) {
    entries_.push_back(std::make_unique<Entry>(std::move(entry)));
    return entries_.back()->kind.get();
  }
  replaced_.push_back(std::move(known->kind));
  *known = std::move(entry);
  return known->kind.get();
}

absl::Status TaskTable::Claim(const Kind& kind, const std::vector<int>& partitions) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<bool>& owned = Find(kind.name)->owned;
  for (int partition : partitions) {
    if (!owned[static_cast<size_t>(partition)]) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("partition ", partition, " of task kind '", kind.name, "' has a member already: two must not share it"));
  }
  for (int partition : partitions) owned[static_cast<size_t>(partition)] = true;
  return absl::OkStatus();
}

void TaskTable::Release(const Kind& kind, const std::vector<int>& partitions) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (int partition : partitions) Find(kind.name)->owned[static_cast<size_t>(partition)] = false;
}

std::vector<const Kind*> TaskTable::kinds() const {
  std::vector<const Kind*> kinds;
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& entry : entries_) kinds.push_back(entry->kind.get());
  return kinds;
}

std::vector<int64_t> TaskTable::Positions(const Kind& kind, int partition) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return EntryOf(kind).positions[static_cast<size_t>(partition)];
}

void TaskTable::SetPositions(const Kind& kind, int partition, std::vector<int64_t> positions) {
  std::lock_guard<std::mutex> lock(mutex_);
  Find(kind.name)->positions[static_cast<size_t>(partition)] = std::move(positions);
}

int64_t TaskTable::CommittedByAll(const Topic& topic, int partition) const {
  int64_t smallest = std::numeric_limits<int64_t>::max();
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& entry : entries_) {
    const Kind& kind = *entry->kind;
    for (size_t i = 0; i < kind.topics.size(); ++i) {
      if (kind.topics[i] != &topic) continue;
      for (size_t p = 0; p < entry->positions.size(); ++p) {
        if (kind.is_broadcast(i) || static_cast<int>(p) == partition) smallest = std::min(smallest, entry->positions[p][i]);
      }
    }
  }
  return smallest;
}

TaskTable::Entry* TaskTable::Find(absl::string_view name) {
  for (const auto& entry : entries_) {
    if (entry->kind->name == name) return entry.get();
  }
  return nullptr;
}

const TaskTable::Entry& TaskTable::EntryOf(const Kind& kind) const {
  for (const auto& entry : entries_) {
    if (entry->kind.get() == &kind) return *entry;
  }
  status::CrashOnBrokenInvariant(__FILE__, __LINE__, "known kind",
                                 absl::StrCat("task kind '", kind.name, "' was replaced at work"));
}

}  // namespace touchstone::eventlog::embedded
