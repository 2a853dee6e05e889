#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/outreach/domain/message_template.h"
#include "services/outreach/domain/rolling_cap.h"
#include "touchstone/events/v1/journey.pb.h"
#include "touchstone/events/v1/moment.pb.h"
#include "touchstone/events/v1/name.pb.h"
#include "touchstone/events/v1/outreach.pb.h"

namespace touchstone::outreach {

// How long a play stands still before a send: for a span, or until the next such minute of a day.
struct Wait {
  absl::Duration span = absl::ZeroDuration();
  std::optional<int> until_minute_of_day;
};

// One send of a play and the waits before it.
struct SendStep {
  // Unique in the play; part of the send key, so it never changes its meaning.
  std::string id;
  std::vector<Wait> waits;
  // The first of them that the customer can be reached by is taken.
  std::vector<events::v1::Channel> channels;
  MessageTemplate message;
  // From the end of the waits; then it is dropped.
  absl::Duration expire_after;
};

// Whether a moment may start a play that an earlier one has started.
struct Reentry {
  // Unset: each moment may. InfiniteDuration: one in a customer's life.
  std::optional<absl::Duration> not_within;
};

// A policy that answers a moment with an outreach. Immutable.
struct Play {
  // Unique over all packs; part of the send key.
  std::string id;
  events::v1::OutreachClass outreach_class = events::v1::OUTREACH_CLASS_UNSPECIFIED;
  // Whether a moment starts it, with the journey as it stood then. Pure.
  std::function<bool(const events::v1::MomentOfTruth&, const events::v1::JourneyDigest&)> matches;
  // A moment older than this is history, and history is not news.
  absl::Duration act_within;
  Reentry reentry;
  bool consent_required = false;
  // At least one.
  std::vector<SendStep> steps;
};

// What the planner goes by. Immutable; one for all partitions.
struct PlannerPolicy {
  // In this order they are tried: an earlier one takes the room under a cap first.
  std::vector<Play> plays;
  RollingCap subject_cap;
  // Handed to the gate with each intent.
  events::v1::QuietHours quiet_hours;
  // Not empty. The first is the zone of `until` and of dates in words.
  std::vector<std::string> candidate_time_zones;
  absl::TimeZone zone;

  // The play of that name; null if no pack has it any more.
  const Play* Find(absl::string_view id) const;
};

}  // namespace touchstone::outreach
