#include "common/eventlog/embedded/testing/simulated_disk.h"

#include <algorithm>

namespace touchstone::eventlog::embedded {
namespace {

constexpr uint64_t kSectorBytes = 512;

// `000012.log` as `*.log`, `MANIFEST-000004` as `MANIFEST`.
std::string KindOf(const std::string& name) {
  const size_t dot = name.rfind('.');
  if (dot != std::string::npos) return "*" + name.substr(dot);
  return name.substr(0, name.find('-'));
}

bool Chance(std::mt19937_64& random, int percent) { return static_cast<int>(random() % 100) < percent; }

}  // namespace

void DiskNode::Write(uint64_t offset, absl::string_view bytes) {
  const uint64_t end = offset + bytes.size();
  for (uint64_t sector = offset / kSectorBytes; sector * kSectorBytes < end; ++sector) {
    if (overwritten_.count(sector) == 0) overwritten_[sector] = DurableSector(sector);
  }
  if (bytes_.size() < end) bytes_.resize(end);
  std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
}

void DiskNode::Truncate(uint64_t size) {
  for (uint64_t sector = size / kSectorBytes; sector * kSectorBytes < bytes_.size(); ++sector) {
    if (overwritten_.count(sector) == 0) overwritten_[sector] = DurableSector(sector);
  }
  bytes_.resize(size);
}

std::string DiskNode::DurableSector(uint64_t sector) const {
  const uint64_t begin = sector * kSectorBytes;
  if (begin >= std::min<uint64_t>(durable_size_, bytes_.size())) return "";
  return bytes_.substr(begin, std::min(kSectorBytes, durable_size_ - begin));
}

void DiskNode::SyncBytes() {
  durable_size_ = bytes_.size();
  overwritten_.clear();
}

std::shared_ptr<DiskNode> DiskNode::Find(const std::string& name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : found->second;
}

void DiskNode::Set(const std::string& name, std::shared_ptr<DiskNode> node) {
  entry_changes_.push_back({"", name, std::move(node)});
  Apply(entry_changes_.back(), entries_);
}

void DiskNode::Erase(const std::string& name) {
  entry_changes_.push_back({name, "", nullptr});
  Apply(entry_changes_.back(), entries_);
}

void DiskNode::Rename(const std::string& from, const std::string& to) {
  entry_changes_.push_back({from, to, Find(from)});
  Apply(entry_changes_.back(), entries_);
}

void DiskNode::SyncEntries() {
  durable_entries_ = entries_;
  entry_changes_.clear();
}

void DiskNode::Apply(const EntryChange& change, std::map<std::string, std::shared_ptr<DiskNode>>& entries) const {
  if (!change.erased.empty()) entries.erase(change.erased);
  if (!change.set.empty()) entries[change.set] = change.node;
}

std::shared_ptr<DiskNode> DiskNode::AfterPowerLoss(std::mt19937_64& random, const std::string& name, LossCounts& counts) const {
  auto left = std::make_shared<DiskNode>(is_folder_);
  if (!is_folder_) {
    left->bytes_ = BytesAfterPowerLoss(random, name, counts);
    left->SyncBytes();
    return left;
  }
  for (const auto& [entry, node] : EntriesAfterPowerLoss(random, counts)) {
    left->entries_[entry] = node->AfterPowerLoss(random, entry, counts);
  }
  left->SyncEntries();
  return left;
}

std::map<std::string, std::shared_ptr<DiskNode>> DiskNode::EntriesAfterPowerLoss(std::mt19937_64& random,
                                                                                 LossCounts& counts) const {
  std::map<std::string, std::shared_ptr<DiskNode>> entries = durable_entries_;
  const bool in_order = Chance(random, 70);
  const size_t reached = entry_changes_.empty() ? 0 : random() % (entry_changes_.size() + 1);
  bool lost_one = false;
  for (size_t i = 0; i < entry_changes_.size(); ++i) {
    const EntryChange& change = entry_changes_[i];
    const std::string kind = KindOf(change.set.empty() ? change.erased : change.set);
    if (in_order ? i < reached : Chance(random, 50)) {
      Apply(change, entries);
      if (lost_one) ++counts["entries: a later change kept without an earlier"];
      continue;
    }
    lost_one = true;
    const char* what = change.erased.empty() ? ": entry lost" : change.set.empty() ? ": deletion undone" : ": rename undone";
    ++counts[kind + what];
  }
  return entries;
}

std::string DiskNode::BytesAfterPowerLoss(std::mt19937_64& random, const std::string& name, LossCounts& counts) const {
  enum { kAllLost, kAllThere, kTorn, kAnySectors, kWays };
  const auto way = random() % kWays;
  const std::string kind = KindOf(name);
  std::string left = bytes_;
  if (overwritten_.empty() && bytes_.size() == durable_size_) return left;
  constexpr const char* kWayNames[] = {": all unsynced lost", ": all unsynced kept", ": cut at a byte", ": sectors in any order"};
  ++counts[kind + kWayNames[way]];
  if (way == kAllThere) return left;
  uint64_t size = way == kAllLost ? durable_size_ : std::max<uint64_t>(bytes_.size(), durable_size_);
  const uint64_t from = bytes_.size() > durable_size_ ? durable_size_ : 0;
  const uint64_t torn_at = from + random() % (bytes_.size() - from + 1);
  if (way == kTorn && Chance(random, 50)) size = std::max(durable_size_, torn_at);
  left.resize(size);
  const bool garbage = Chance(random, 30);
  bool shows_lost = false;
  for (const auto& [sector, before] : overwritten_) {
    const uint64_t begin = sector * kSectorBytes;
    uint64_t lost_from = begin;
    if (way == kTorn) lost_from = std::max(begin, torn_at);
    if (way == kAnySectors && Chance(random, 50)) continue;
    for (uint64_t at = lost_from; at < std::min(begin + kSectorBytes, size); ++at) {
      const uint64_t in_sector = at - begin;
      left[at] = in_sector < before.size() ? before[in_sector] : (garbage ? static_cast<char>(random()) : '\0');
      shows_lost = shows_lost || in_sector >= before.size();
    }
  }
  if (shows_lost) ++counts[kind + (garbage ? ": garbage where nothing was written" : ": zeros where nothing was written")];
  return left;
}

}  // namespace touchstone::eventlog::embedded
