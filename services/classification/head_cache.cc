#include "services/classification/head_cache.h"

#include "common/status/macros.h"
#include "services/classification/journey_store.h"

namespace touchstone::classification {

absl::StatusOr<state::v1::Head*> HeadCache::Find(const eventlog::StateView& state, absl::string_view name) {
  MakeRoom();
  if (const auto found = by_name_.find(name); found != by_name_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return &entries_.front().head;
  }
  state::v1::Head head;
  ASSIGN_OR_RETURN(const bool known, ReadHead(state, name, head));
  if (!known) return nullptr;
  state::v1::Head& kept = Make(name);
  kept.Swap(&head);
  kept.ByteSizeLong();  // For MakeRoom.
  return &kept;
}

state::v1::Head& HeadCache::Make(absl::string_view name) {
  MakeRoom();
  Entry& entry = entries_.emplace_front();
  entry.name = std::string(name);
  by_name_.emplace(entry.name, entries_.begin());
  return entry.head;
}

// Only the first can have changed since the last call; its size is known from when it was put into the state.
void HeadCache::MakeRoom() {
  if (entries_.empty()) return;
  Entry& changed = entries_.front();
  bytes_ -= changed.bytes;
  changed.bytes = changed.name.size() + static_cast<size_t>(changed.head.GetCachedSize());
  bytes_ += changed.bytes;
  while (bytes_ > bytes_max_) {
    bytes_ -= entries_.back().bytes;
    by_name_.erase(entries_.back().name);
    entries_.pop_back();
  }
}

}  // namespace touchstone::classification
