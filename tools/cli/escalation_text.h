#pragma once

#include <string>

#include "absl/time/time.h"
#include "tools/cli/paint.h"
#include "touchstone/events/v1/escalation.pb.h"

namespace touchstone::cli {

// One line without its end: a change of an escalation.
std::string EscalationLine(const events::v1::Escalation& escalation, absl::TimeZone zone, int width);

// What an agent needs to know: who, why, the moments, the journey in brief, what was promised, what to try. Several lines.
std::string EscalationCard(const events::v1::Escalation& escalation, absl::TimeZone zone, const Paint& paint, int width);

}  // namespace touchstone::cli
