#pragma once

#include <cstdint>

#include "services/classification/domain/pack.h"
#include "services/classification/domain/scene.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

// The strands of a journey and the promises made in them. Pure functions; told in the order of the journey.
namespace touchstone::classification {

// Whether both keys are of one strand; null is that of what has none.
bool SameStrand(const events::v1::Correlation* a, const events::v1::Correlation* b);

// The strand with this key, begun where there is none; null is the strand of touchpoints without one.
state::v1::StrandEntry& OpenStrand(const events::v1::Correlation* key, state::v1::FoldState& state);

// The promises of the touchpoint's strand that it keeps, in time or late.
void KeepPromises(const Candidates& candidates, const Scene& scene, state::v1::StrandEntry& strand);
// The promise that it makes, if any, and if the pack says what keeps it.
void MakePromise(const Pack& pack, const events::v1::Touchpoint& touchpoint, state::v1::StrandEntry& strand);

// When the next open promise breaks; the largest int64 if none will.
int64_t NextBreak(const state::v1::FoldState& state);
// Breaks what is open and due at or before a time.
void BreakPromises(int64_t due_ns, state::v1::FoldState& state);

}  // namespace touchstone::classification
