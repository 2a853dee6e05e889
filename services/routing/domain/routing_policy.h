#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "touchstone/events/v1/journey.pb.h"
#include "touchstone/events/v1/moment.pb.h"

namespace touchstone::routing {

// Which moments call for a person.
struct CallRule {
  std::string id;
  // Pure: the same moment and journey give the same answer.
  std::function<bool(const events::v1::MomentOfTruth& moment, const events::v1::JourneyDigest& journey)> when;
  // At least this; 0: as the moment says.
  int severity_min = 0;
  // What the agent must know, all of them.
  std::vector<std::string> skills;
  // Suggested to the agent, in this order.
  std::vector<std::string> next_steps;
};

// Which crossings of the ledger call for a person.
struct CrossingRule {
  std::string id;
  // The crossing: 1, 2 or 3 strikes.
  int strikes = 3;
  int severity = 0;
  std::vector<std::string> skills;
  std::vector<std::string> next_steps;
};

// What the policy file (deploy/packs/*/routing.yaml) says, ready for use. The defaults are those of an empty file. Immutable
// once it is in use; shared by threads.
struct RoutingPolicy {
  std::string pool = "service-desk";
  // Rules are tried in order; the first that holds speaks (skills, next steps), all that hold raise.
  std::vector<CallRule> calls;
  std::vector<CrossingRule> crossings;

  // History is not news: what is older calls for nobody.
  absl::Duration act_within = absl::Hours(72);
  // Nobody has it: somebody who watches is told after this long, then after twice as long, and so on.
  absl::Duration remind_after = absl::Minutes(5);
  absl::Duration remind_every_max = absl::Hours(6);
  // Closed escalations are kept this long, and answers to calls that long.
  absl::Duration keep_closed = absl::Hours(24 * 30);
  absl::Duration keep_answers = absl::Hours(24);

  // Offers: until the desktop must say it arrived, until the agent must answer.
  absl::Duration deliver_within = absl::Seconds(2);
  absl::Duration answer_within = absl::Seconds(30);
  // Who declined, missed or did not get an offer is not offered the same work again for the rest; then, until the cool-down is
  // over, only while nobody else is eligible.
  absl::Duration rest_after_offer = absl::Seconds(10);
  absl::Duration cool_down = absl::Minutes(2);
  // Offers timed out in a row that make an agent AWAY.
  int misses_max = 3;

  // Work is kept this long after a lost stream.
  absl::Duration grace = absl::Seconds(60);
  // An instance that is silent for this long is taken for dead.
  absl::Duration lease = absl::Seconds(15);
  // Added to the severity of work that lost its owner.
  int orphan_raise = 20;

  // The first rule that calls for a person here; null if none.
  const CallRule* FindCall(const events::v1::MomentOfTruth& moment, const events::v1::JourneyDigest& journey) const;
  // How urgent a moment that a rule calls for is: the highest of what it says itself and what any rule that holds asks at least.
  // So a rule that knows better who can help hides no alarm of a rule behind it.
  int SeverityOf(const events::v1::MomentOfTruth& moment, const events::v1::JourneyDigest& journey) const;
  // The rule for a crossing of this many strikes; null if none.
  const CrossingRule* FindCrossing(int strikes) const;
};

// How often an instance renews its lease while it holds a desktop's stream. A lease outlives two of them: one may be late.
inline constexpr absl::Duration kRenewLeaseEvery = absl::Seconds(5);

// Limits of what one escalation carries (proto/touchstone/events/v1/escalation.proto).
inline constexpr int kMomentsMax = 16;
inline constexpr int kSkillsMax = 16;
inline constexpr int kNextStepsMax = 8;
// A chain of our own causes longer than this is cut.
inline constexpr int kCauseDepthMax = 8;

}  // namespace touchstone::routing
