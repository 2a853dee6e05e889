#pragma once

#include <vector>

#include "absl/strings/string_view.h"

namespace touchstone::simulation {

// Everything that is checked. What each means is in checks.cc; every violation names its check.
enum class Check {
  // --- runtime.md, promise 1.
  kAcknowledgedStays,
  kSeenStays,
  kAnswerStays,
  // --- Promise 2.
  kPositionsGoOn,
  kCauseInCommit,
  kProbeCounts,
  kTimerOnce,
  // --- Promise 3.
  kProbeOrder,
  kVersionsRise,
  kPreferencesFollow,
  // --- Promise 4.
  kPoisonBuried,
  kInboxStops,
  kNothingStandsStill,
  // --- Promise 5.
  kRecordOnce,
  // --- Task time.
  kAnswerBeforeDeadline,
  kTimerNotEarly,
  kTaskTimeRises,
  kSameInputSameDecisions,
  // --- routing.md, always true.
  kOneOpenEscalation,
  kOneOpenOffer,
  kOneOwner,
  kOwnerAccepted,
  kMomentHasEscalation,
  kNoneStranded,
  kOfferEndsOnce,
  kAcceptCounts,
  kCapacityKept,
  kUnitsAddUp,
  kOfferedWhileThere,
  kNoIdleMatch,
  kBestChoice,
  // --- outreach.md, always true.
  kNoSendAfterWithdrawal,
  kNoSendWithoutConsent,
  kNoSendInQuietHours,
  kNoSendExpired,
  kCapsKept,
  kSentOnce,
  kOneKeyAStep,
  kOutreachDecided,
  // --- journey.md.
  kMomentsAddUp,
  kMomentsAsUndisturbed,
  kMomentsAsNaive,
  kStrikesAsNaive,
  kCrossingCounts,
};
inline constexpr int kCheckCount = static_cast<int>(Check::kCrossingCounts) + 1;

struct CheckInfo {
  // `one-owner`.
  absl::string_view name;
  // Where the promise stands: `runtime.md 2`, `routing.md 1`.
  absl::string_view promise;
  // In one sentence.
  absl::string_view holds;
};

// Of each check, in the enumeration's order.
const std::vector<CheckInfo>& AllChecks();
inline const CheckInfo& InfoOf(Check check) { return AllChecks()[static_cast<size_t>(check)]; }

}  // namespace touchstone::simulation
