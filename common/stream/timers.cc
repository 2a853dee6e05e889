#include "common/stream/timers.h"

#include <iterator>

#include "common/status/macros.h"
#include "common/stream/sortable_time.h"

namespace touchstone::stream {
namespace {

constexpr absl::string_view kByKey("\0k", 2);
constexpr absl::string_view kByDue("\0t", 2);

std::string KeyOf(absl::string_view timer_key) { return absl::StrCat(kByKey, timer_key); }
std::string KeyOf(const Timers::Timer& timer) { return absl::StrCat(kByDue, SortableTime(timer.due), timer.key); }

}  // namespace

absl::Status Timers::Load(const eventlog::StateView& state) {
  near_.clear();
  horizon_ = {absl::InfiniteFuture(), ""};
  RETURN_IF_ERROR(state.Scan(kByDue, eventlog::PrefixEnd(kByDue), [&](absl::string_view key, absl::string_view) {
    key.remove_prefix(kByDue.size());
    near_.insert({TimeFromSortable(key.substr(0, kSortableTimeSize)), std::string(key.substr(kSortableTimeSize))});
    return near_.size() < kNearMax;
  }));
  if (near_.size() == kNearMax) horizon_ = *near_.rbegin();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Timers::Timer>> Timers::Next(const eventlog::StateView& state) {
  if (near_.empty() && horizon_.due != absl::InfiniteFuture()) RETURN_IF_ERROR(Load(state));
  if (near_.empty()) return std::optional<Timer>();
  return std::optional<Timer>(*near_.begin());
}

void Timers::Insert(Timer timer) {
  if (horizon_ < timer) return;
  near_.insert(std::move(timer));
  if (near_.size() <= 2 * kNearMax) return;
  auto cut = std::next(near_.begin(), kNearMax);
  horizon_ = *std::prev(cut);
  near_.erase(cut, near_.end());
}

absl::Status Timers::Set(absl::string_view key, absl::Time due, Overlay& overlay) {
  if (due != absl::InfiniteFuture()) due = absl::FromUnixMicros(absl::ToUnixMicros(due));
  ASSIGN_OR_RETURN(std::optional<std::string> stored, overlay.Get(KeyOf(key)));
  if (stored.has_value()) {
    Timer old{TimeFromSortable(*stored), std::string(key)};
    if (old.due == due) return absl::OkStatus();
    overlay.Delete(KeyOf(old));
    near_.erase(old);
  }
  if (due == absl::InfiniteFuture()) {
    if (stored.has_value()) overlay.Delete(KeyOf(key));
    return absl::OkStatus();
  }
  Timer timer{due, std::string(key)};
  overlay.Put(KeyOf(key), SortableTime(due));
  overlay.Put(KeyOf(timer), "");
  Insert(std::move(timer));
  return absl::OkStatus();
}

}  // namespace touchstone::stream
