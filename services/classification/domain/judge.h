#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/classification/domain/pack.h"
#include "services/classification/domain/scene.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"

namespace touchstone::classification {

// One clause of a rule and what it saw.
struct ClauseSeen {
  std::string clause;  // `when`, `if.count`, ...
  std::string text;
  bool held = false;
  std::string saw;
};

// A rule before one touchpoint.
struct Judgement {
  bool holds = false;
  // With `count`: the touchpoints counted, the trigger included where it is one of them. Pointers into the state.
  std::vector<const state::v1::Hit*> hits;
  // With `absence`: when it will be true unless the wait is ended.
  int64_t due_ns = 0;
};

// Does the rule hold? `state` is the journey before the touchpoint, but for the hits of counts, which include it. With `clauses`
// every clause is tried and told, also after one that did not hold; without, the first that does not ends it.
Judgement Judge(const Pack& pack, const MomentRule& rule, const Scene& scene, const state::v1::FoldState& state,
                std::vector<ClauseSeen>* clauses);

}  // namespace touchstone::classification
