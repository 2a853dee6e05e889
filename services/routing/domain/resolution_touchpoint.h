#pragma once

#include <optional>

#include "touchstone/events/v1/touchpoint.pb.h"
#include "touchstone/routing/state/v1/case_state.pb.h"

namespace touchstone::routing {

// What a resolved escalation says on the customer's journey: `escalation.resolved`, caused by the escalation, in the strand of
// its heaviest moment and no other, so that a rule may pay back a strike there. Without a strand where that moment has none, or
// no moment called for it. It names the customer by key alone (no clear value is known here); its record's key is the subject.
// The same escalation gives the same touchpoint id. Nothing where the chain of our own causes would pass kCauseDepthMax.
std::optional<events::v1::Touchpoint> ResolutionTouchpoint(const state::v1::EscalationState& state);

}  // namespace touchstone::routing
