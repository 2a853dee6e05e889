#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"
#include "touchstone/events/v1/journey.pb.h"

namespace touchstone::classification {

// What a journey folded anew has to tell. Pure functions.

// One moment before and after: found (no `before`), changed, withdrawn (no `after`).
struct Correction {
  const state::v1::MomentEntry* before = nullptr;
  const state::v1::MomentEntry* after = nullptr;
};

// What turns the moments before into those after, in order of time, then id. Pointers into both. A moment that another version
// of the pack judges the same is the same.
std::vector<Correction> CorrectionsBetween(absl::Span<const state::v1::MomentEntry> before,
                                           absl::Span<const state::v1::MomentEntry> after);

// The crossings to tell: of levels that count now and did not before, the newest each. What fell below is armed again and
// what still counts was told, so nothing is told twice. `now_ns` is task time.
std::vector<events::v1::StrikeCrossing> NewCrossings(state::v1::FoldState& before, state::v1::FoldState& after, int64_t now_ns);

// Where in the order of its journey a moment came true.
state::v1::FoldPoint PointOf(const state::v1::MomentEntry& entry);

}  // namespace touchstone::classification
