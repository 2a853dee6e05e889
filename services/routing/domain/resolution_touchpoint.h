#ifndef TOUCHSTONE_SERVICES_ROUTING_DOMAIN_RESOLUTION_TOUCHPOINT_H_
#define TOUCHSTONE_SERVICES_ROUTING_DOMAIN_RESOLUTION_TOUCHPOINT_H_

#include <optional>

#include "touchstone/events/v1/escalation.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::routing {

// What a resolved escalation says on the customer's journey: `escalation.resolved`, caused by the escalation, in the strands of
// its moments, so that a rule may pay back a strike for it. It names the customer by key alone (no clear value is known here);
// its record's key is the subject. The same escalation gives the same touchpoint id. Nothing where the chain of our own causes
// would pass kCauseDepthMax.
std::optional<events::v1::Touchpoint> ResolutionTouchpoint(const events::v1::Escalation& escalation);

}  // namespace touchstone::routing

#endif  // TOUCHSTONE_SERVICES_ROUTING_DOMAIN_RESOLUTION_TOUCHPOINT_H_
