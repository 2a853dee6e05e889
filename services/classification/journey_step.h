#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/stream/unit_of_work.h"
#include "services/classification/domain/journey_fold.h"
#include "services/classification/domain/pack.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"
#include "touchstone/events/v1/journey.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::classification {

// One step of one name's journey to the present: what is due by now is folded in, what was concluded is stored and told.
// Touchpoints that are newer than all that is folded are folded in; any other makes the journey anew from what is kept.
class JourneyStep {
 public:
  // All borrowed. `head` is as it is in the state, and is put there by Take.
  JourneyStep(const Pack& pack, absl::string_view name, state::v1::Head& head, stream::UnitOfWork& work)
      : pack_(pack), name_(name), head_(head), work_(work), now_ns_(0) {}

  // `arrived` is kept already and not folded; null where only time has passed. With `anew` everything is derived again.
  absl::Status Take(const events::v1::Touchpoint* arrived, bool anew);

 private:
  absl::Status TakeDue(const events::v1::Touchpoint* arrived);
  absl::Status TakeAhead(const events::v1::Touchpoint* arrived);
  void FoldOn();
  absl::Status FoldAnew();
  void PassDeadlines(JourneyFold& fold) const;
  absl::Status DropOldest();
  absl::Status ForgetFrozenMoments(const state::v1::FoldPoint& base_point);
  void SetTimer();
  void Tell(events::v1::Stage stage_before);

  void Store(const state::v1::MomentEntry* before, const state::v1::MomentEntry* after);
  // `by`: the moment that did it; null where it is no longer kept.
  void TellCrossing(const events::v1::StrikeCrossing& crossing, const state::v1::MomentEntry* by);
  // `digest` is serialized.
  void Emit(events::v1::JourneyEvent& event, const std::string& digest);

  const Pack& pack_;
  const absl::string_view name_;
  state::v1::Head& head_;
  stream::UnitOfWork& work_;
  int64_t now_ns_;
  // What is to be folded in, in order; those that were ahead of the clock lie in `ahead_`.
  std::vector<const events::v1::Touchpoint*> due_;
  std::deque<events::v1::Touchpoint> ahead_;
  // Of what has just arrived: it is older than what is folded and comes from no import; else null.
  const events::v1::Touchpoint* late_evidence_ = nullptr;
  // To tell, in order.
  std::vector<events::v1::JourneyEvent> facts_;
};

}  // namespace touchstone::classification
