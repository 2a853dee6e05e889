#pragma once

#include "absl/time/time.h"
#include "services/outreach/domain/check_list.h"
#include "services/outreach/domain/play.h"
#include "touchstone/events/v1/moment.pb.h"
#include "touchstone/outreach/state/v1/planner_state.pb.h"

namespace touchstone::outreach {

// Active outreaches of one subject; a play that would make one more is dropped.
inline constexpr int kActiveMax = 64;
// Escalations of one subject that are known to be open; the oldest is forgotten for one more.
inline constexpr int kOpenEscalationsMax = 16;
// Marketing goes to nobody who has this much against us.
inline constexpr int kStrikeHundredthsForMarketingMax = 199;

// Whether a moment is older than the play acts upon: history is not news. An import tells many of them, and of none is anything
// kept: the journey has recorded it.
bool IsHistory(const Play& play, const events::v1::MomentOfTruth& moment, absl::Time now);

// May this moment, which is no history, start the play? FRESHNESS, CAUSE_DEPTH, REENTRY, ACTIVE_LIMIT. Passes or drops.
CheckList CheckEntry(const Play& play, const events::v1::MomentOfTruth& moment, const state::v1::SubjectHead& head,
                     absl::Time now);

// What a send's checks found, and the address it would go to.
struct SendCheck {
  CheckList list;
  // Of the head's journey; null unless the check of it passed.
  const events::v1::ContactPoint* contact_point = nullptr;
};

// May this step be handed to the gate now? EXPIRY, OPEN_ESCALATION, STRIKES, CONTACT_POINT, SUBJECT_CAP.
SendCheck CheckSend(const Play& play, const SendStep& step, const RollingCap& subject_cap, const state::v1::SubjectHead& head,
                    absl::Time expire_time, absl::Time now);

}  // namespace touchstone::outreach
