#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/outreach/domain/rolling_cap.h"
#include "touchstone/outreach/state/v1/planner_state.pb.h"

namespace touchstone::outreach {

// One subject's plans while one event is applied: outreaches are read when first asked for, and what changed is remembered
// in the order of change. Lives as long as the event.
class SubjectPlans {
 public:
  // The outreach of those letters as kept; nothing if there is none.
  using Load = std::function<absl::StatusOr<std::optional<state::v1::PlannedOutreach>>(absl::string_view letters)>;

  SubjectPlans(absl::string_view subject, state::v1::SubjectHead head, Load load);

  const std::string& subject() const { return subject_; }
  const state::v1::SubjectHead& head() const { return head_; }
  state::v1::SubjectHead& mutable_head();
  bool head_changed() const { return head_changed_; }
  // The journey as it stands now: kept where something stays active, else only for this event.
  void HearOf(const events::v1::JourneyDigest& journey);

  // Null if there is none, or if it could not be read: then status() says so and nothing may be kept. Valid for this
  // object's life.
  const state::v1::PlannedOutreach* Find(absl::string_view letters);
  // As Find, to change it: it is written, with its next version. Of an outreach that is not there, a new one.
  state::v1::PlannedOutreach& Change(absl::string_view letters);
  // The active ones that are there, in order of entry.
  std::vector<std::string> Active() const;
  // Forgets an outreach that is final.
  void Forget(absl::string_view letters);

  // Called once, at the end: stamps versions and times, brings the head's lists up to date, and sets when what is decided is to
  // be forgotten.
  void Finish(absl::Time now, const RollingCap& cap);

  const std::vector<std::string>& changed() const { return changed_; }
  const std::vector<std::string>& forgotten() const { return forgotten_; }
  const absl::Status& status() const { return status_; }

 private:
  const std::string subject_;
  state::v1::SubjectHead head_;
  bool head_changed_ = false;
  bool journey_heard_ = false;
  const bool journey_was_kept_;
  Load load_;
  std::map<std::string, std::optional<state::v1::PlannedOutreach>> outreaches_;
  std::vector<std::string> changed_;
  std::vector<std::string> forgotten_;
  absl::Status status_;
};

// How long a decided outreach can be asked for and still takes delivery reports. Longer than any play's act_within: a moment
// that comes again after it is history.
inline constexpr absl::Duration kKeepDecided = absl::Hours(24 * 90);

// Whether neither the planner nor the gate has anything left to decide.
bool IsDecided(events::v1::OutreachStatus status);

}  // namespace touchstone::outreach
