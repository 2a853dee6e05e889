#pragma once

#include <cstdint>
#include <vector>

#include "services/classification/domain/pack.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

// What `count` and `first` remember of the touchpoints before. Pure functions; told in the order of the journey.
namespace touchstone::classification {

// The value of a touchpoint that `by` compares. Empty is a value like any other.
uint64_t ByValue(By by, const events::v1::Touchpoint& touchpoint, const events::v1::Correlation* strand);

// The touchpoint is one that the clause counts. Hits that left the window go.
void AddHit(const CountClause& clause, uint64_t by, const events::v1::Touchpoint& touchpoint, state::v1::FoldState& state);

// The hits within the window that ends with `now_ns`, in order. Pointers into the state.
std::vector<const state::v1::Hit*> HitsOf(const CountClause& clause, uint64_t by, int64_t now_ns,
                                          const state::v1::FoldState& state);

bool HasSeen(const FirstClause& clause, uint64_t by, const state::v1::FoldState& state);
void MarkSeen(const FirstClause& clause, uint64_t by, state::v1::FoldState& state);

}  // namespace touchstone::classification
