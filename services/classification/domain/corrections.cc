#include "services/classification/domain/corrections.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "absl/strings/string_view.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/strike_ledger.h"

namespace touchstone::classification {
namespace {

bool SameBut(const events::v1::MomentOfTruth& a, const events::v1::MomentOfTruth& b) {
  if (a.pack_version() == b.pack_version()) return a.SerializeAsString() == b.SerializeAsString();
  events::v1::MomentOfTruth other = b;
  other.set_pack_version(a.pack_version());
  return a.SerializeAsString() == other.SerializeAsString();
}

const state::v1::MomentEntry& OneOf(const Correction& correction) {
  return correction.after != nullptr ? *correction.after : *correction.before;
}

}  // namespace

std::vector<Correction> CorrectionsBetween(absl::Span<const state::v1::MomentEntry> before,
                                           absl::Span<const state::v1::MomentEntry> after) {
  std::map<absl::string_view, Correction> by_id;
  for (const state::v1::MomentEntry& entry : before) by_id[entry.moment().id()].before = &entry;
  for (const state::v1::MomentEntry& entry : after) by_id[entry.moment().id()].after = &entry;
  std::vector<Correction> corrections;
  for (const auto& [id, correction] : by_id) {
    const bool same = correction.before != nullptr && correction.after != nullptr &&
                      SameBut(correction.before->moment(), correction.after->moment());
    if (!same) corrections.push_back(correction);
  }
  std::stable_sort(corrections.begin(), corrections.end(), [](const Correction& a, const Correction& b) {
    return Nanos(OneOf(a).moment().occur_time()) < Nanos(OneOf(b).moment().occur_time());
  });
  return corrections;
}

std::vector<events::v1::StrikeCrossing> NewCrossings(state::v1::FoldState& before, state::v1::FoldState& after, int64_t now_ns) {
  std::vector<events::v1::StrikeCrossing> crossings;
  const std::vector<int> levels = CrossedUpwards(StrikeLedger(before).CountAt(now_ns), StrikeLedger(after).CountAt(now_ns));
  for (const events::v1::StrikeCrossing& crossing : after.crossings()) {
    if (std::find(levels.begin(), levels.end(), crossing.strikes()) != levels.end()) crossings.push_back(crossing);
  }
  return crossings;
}

state::v1::FoldPoint PointOf(const state::v1::MomentEntry& entry) {
  const int64_t time_ns = Nanos(entry.moment().occur_time());
  if (entry.deadline()) return DeadlinePoint(time_ns);
  state::v1::FoldPoint point;
  point.set_time_ns(time_ns);
  point.set_source(entry.moment().trigger().source());
  point.set_id(entry.moment().trigger().id());
  return point;
}

}  // namespace touchstone::classification
