#include "common/peers/owner_table.h"

#include <algorithm>

namespace touchstone::peers {

void OwnerTable::Hear(const events::v1::TaskOwnership& said) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::erase_if(owners_,
                [&](const auto& entry) { return entry.first.first == said.kind() && entry.second.instance == said.instance(); });
  for (int partition : said.partitions()) owners_[{said.kind(), partition}] = {said.instance(), said.address()};
}

void OwnerTable::ReplaceBy(const OwnerTable& other) {
  std::map<std::pair<std::string, int>, Owner> owners;
  {
    const std::lock_guard<std::mutex> lock(other.mutex_);
    owners = other.owners_;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  owners_ = std::move(owners);
}

std::optional<Owner> OwnerTable::Find(absl::string_view kind, int partition) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = owners_.find({std::string(kind), partition});
  return found == owners_.end() ? std::nullopt : std::optional<Owner>(found->second);
}

bool OwnerTable::OthersHave(const std::set<std::string>& kinds, absl::string_view instance) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::any_of(owners_.begin(), owners_.end(),
                     [&](const auto& entry) { return entry.second.instance != instance && kinds.contains(entry.first.first); });
}

}  // namespace touchstone::peers
