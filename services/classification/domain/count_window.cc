#include "services/classification/domain/count_window.h"

#include "absl/strings/str_cat.h"
#include "common/ids/hash.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/limits.h"

namespace touchstone::classification {
namespace {

state::v1::Window* FindWindow(const CountClause& clause, state::v1::FoldState& state) {
  for (state::v1::Window& window : *state.mutable_windows()) {
    if (window.clause() == clause.fingerprint) return &window;
  }
  return nullptr;
}

}  // namespace

uint64_t ByValue(By by, const events::v1::Touchpoint& touchpoint, const events::v1::Correlation* strand) {
  switch (by) {
    case By::kNone:
      return 0;
    case By::kTopic:
      return ids::StableHash64(touchpoint.topic());
    case By::kStrand:
      return strand == nullptr ? 0 : ids::StableHash64(absl::StrCat(strand->kind(), ":", strand->id()));
    case By::kChannel:
      return touchpoint.channel();
    case By::kType:
      return ids::StableHash64(touchpoint.type());
  }
  return 0;
}

void AddHit(const CountClause& clause, uint64_t by, const events::v1::Touchpoint& touchpoint, state::v1::FoldState& state) {
  const int64_t now_ns = Nanos(touchpoint.occur_time());
  state::v1::Window* window = FindWindow(clause, state);
  if (window == nullptr) {
    window = state.add_windows();
    window->set_clause(clause.fingerprint);
  }
  auto& hits = *window->mutable_hits();
  int stale = 0;
  while (stale < hits.size() && hits[stale].time_ns() <= now_ns - Nanos(clause.within)) ++stale;
  if (stale == 0 && hits.size() >= kHitsMax) stale = 1;
  if (stale > 0) hits.DeleteSubrange(0, stale);
  state::v1::Hit& hit = *hits.Add();
  hit.set_by(by);
  hit.set_time_ns(now_ns);
  hit.set_source(touchpoint.source());
  hit.set_id(touchpoint.id());
  hit.set_type(touchpoint.type());
  hit.set_cause_depth(touchpoint.caused_by().depth());
}

std::vector<const state::v1::Hit*> HitsOf(const CountClause& clause, uint64_t by, int64_t now_ns,
                                          const state::v1::FoldState& state) {
  std::vector<const state::v1::Hit*> found;
  for (const state::v1::Window& window : state.windows()) {
    if (window.clause() != clause.fingerprint) continue;
    for (const state::v1::Hit& hit : window.hits()) {
      if (hit.by() == by && hit.time_ns() > now_ns - Nanos(clause.within)) found.push_back(&hit);
    }
  }
  return found;
}

bool HasSeen(const FirstClause& clause, uint64_t by, const state::v1::FoldState& state) {
  for (const state::v1::Seen& seen : state.seen()) {
    if (seen.clause() == clause.fingerprint && seen.by() == by) return true;
  }
  return false;
}

void MarkSeen(const FirstClause& clause, uint64_t by, state::v1::FoldState& state) {
  if (HasSeen(clause, by, state)) return;
  if (state.seen_size() >= kSeenMax) state.mutable_seen()->DeleteSubrange(0, 1);
  state::v1::Seen& seen = *state.add_seen();
  seen.set_clause(clause.fingerprint);
  seen.set_by(by);
}

}  // namespace touchstone::classification
