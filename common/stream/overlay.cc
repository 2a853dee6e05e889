#include "common/stream/overlay.h"

#include <utility>

namespace touchstone::stream {
namespace {

using Change = std::pair<absl::string_view, const std::optional<std::string>*>;

// The changes of both layers within [begin, end), in order; of two to one key, the present one.
template <typename Layer>
std::vector<Change> MergedChanges(const Layer& kept, const Layer& present, absl::string_view begin, absl::string_view end) {
  std::vector<Change> merged;
  auto inside = [&](auto it, const Layer& layer) {
    return it != layer.end() && (end.empty() || absl::string_view(it->first) < end);
  };
  auto k = kept.lower_bound(begin);
  auto p = present.lower_bound(begin);
  while (inside(k, kept) || inside(p, present)) {
    const bool take_present = inside(p, present) && (!inside(k, kept) || p->first <= k->first);
    if (take_present) {
      if (inside(k, kept) && k->first == p->first) ++k;
      merged.emplace_back(p->first, &p->second);
      ++p;
    } else {
      merged.emplace_back(k->first, &k->second);
      ++k;
    }
  }
  return merged;
}

}  // namespace

absl::StatusOr<std::optional<std::string>> Overlay::Get(absl::string_view key) const {
  if (auto it = present_.find(key); it != present_.end()) return it->second;
  if (auto it = kept_.find(key); it != kept_.end()) return it->second;
  return base_.Get(key);
}

absl::Status Overlay::Scan(absl::string_view begin, absl::string_view end, Visit visit) const {
  const std::vector<Change> changes = MergedChanges(kept_, present_, begin, end);
  size_t next = 0;
  bool going_on = true;
  auto visit_changes_before = [&](absl::string_view key) {
    for (; going_on && next < changes.size() && changes[next].first < key; ++next) {
      if (changes[next].second->has_value()) going_on = visit(changes[next].first, **changes[next].second);
    }
  };
  absl::Status scanned = base_.Scan(begin, end, [&](absl::string_view key, absl::string_view value) {
    visit_changes_before(key);
    if (!going_on) return false;
    if (next < changes.size() && changes[next].first == key) {
      const std::optional<std::string>& change = *changes[next++].second;
      if (change.has_value()) going_on = visit(key, *change);
    } else {
      going_on = visit(key, value);
    }
    return going_on;
  });
  if (!scanned.ok()) return scanned;
  for (; going_on && next < changes.size(); ++next) {
    if (changes[next].second->has_value()) going_on = visit(changes[next].first, **changes[next].second);
  }
  return absl::OkStatus();
}

void Overlay::Put(absl::string_view key, std::string value) { present_.insert_or_assign(std::string(key), std::move(value)); }

void Overlay::Delete(absl::string_view key) { present_.insert_or_assign(std::string(key), std::nullopt); }

void Overlay::Keep() {
  for (auto& [key, value] : present_) {
    kept_bytes_ += static_cast<int64_t>(key.size() + (value ? value->size() : 0));
    kept_.insert_or_assign(key, std::move(value));
  }
  present_.clear();
}

std::vector<eventlog::StateChange> Overlay::TakeKept() {
  std::vector<eventlog::StateChange> changes;
  changes.reserve(kept_.size());
  for (auto& [key, value] : kept_) changes.push_back({key, std::move(value)});
  kept_.clear();
  kept_bytes_ = 0;
  return changes;
}

}  // namespace touchstone::stream
