#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"
#include "touchstone/events/v1/moment.pb.h"

namespace touchstone::classification {

// Hundredths of a strike: 100 is one.
using Hundredths = int32_t;

// Bad experiences that still count. A view over the incidents and recoveries of a fold state, which must outlive it; told in
// the order of the journey.
//
// Strikes of one incident count once, by the heaviest that has not expired. A strike counts from its time until just before
// its expiry. A recovery pays incidents that count, of its own strand only, the newest first; what finds nothing to pay is
// lost. An incident that is paid in full is over: the next strike of its kind begins a new one.
class StrikeLedger {
 public:
  explicit StrikeLedger(state::v1::FoldState& state) : state_(state) {}

  // `within`: how long after an incident's first strike it takes this one in. `strand` may be null.
  void Add(const events::v1::Strike& strike, absl::Duration within, const events::v1::Correlation* strand);

  // Returns what it paid. Without a strand it pays what has no strand first, then whatever counts.
  Hundredths Recover(const events::v1::Recovery& recovery, const events::v1::Correlation* strand);

  // What counts at a time; never below zero.
  Hundredths CountAt(int64_t now_ns) const;

  // The next time after `now_ns` at which CountAt changes by itself; the largest int64 if never.
  int64_t NextChange(int64_t now_ns) const;

 private:
  Hundredths PayNewest(Hundredths credit, int64_t now_ns, const events::v1::Correlation* strand, bool any_strand);
  void MakeRoom(int64_t now_ns);

  state::v1::FoldState& state_;
};

// What one incident counts at a time.
Hundredths CountOf(const state::v1::Incident& incident, int64_t now_ns);
// The heaviest of its strikes at a time: the one that counts; null if none does.
const state::v1::StrikeEntry* HeaviestOf(const state::v1::Incident& incident, int64_t now_ns);

// The levels (1 to kStrikeLevels) that a change of the ledger crosses upwards, in rising order: from 80 to 210 crosses 1 and 2.
std::vector<int> CrossedUpwards(Hundredths before, Hundredths after);
// Whole strikes, at most kStrikeLevels.
int LevelOf(Hundredths hundredths);

}  // namespace touchstone::classification
