#include "common/peers/owner_table.h"

#include <algorithm>

namespace touchstone::peers {

void OwnerTable::Hear(const events::v1::InstanceOwnership& said) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::erase_if(owners_, [&](const auto& entry) { return entry.second == said.instance(); });
  addresses_[said.instance()] = said.address();
  for (const events::v1::OwnedPartitions& owned : said.owned()) {
    for (int partition : owned.partitions()) owners_[{owned.kind(), partition}] = said.instance();
  }
}

std::optional<Owner> OwnerTable::Find(absl::string_view kind, int partition) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = owners_.find({std::string(kind), partition});
  if (found == owners_.end()) return std::nullopt;
  return Owner{found->second, addresses_.at(found->second)};
}

bool OwnerTable::OthersHave(const std::set<std::string>& kinds, absl::string_view instance) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::any_of(owners_.begin(), owners_.end(),
                     [&](const auto& entry) { return entry.second != instance && kinds.contains(entry.first.first); });
}

}  // namespace touchstone::peers
