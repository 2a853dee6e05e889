#pragma once

#include <optional>

#include "absl/time/time.h"
#include "touchstone/events/v1/outreach.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::outreach {

// A longer chain of our own causes is not acted upon.
inline constexpr int kCauseDepthMax = 8;

// Of a requested outreach. Rises with its reports whatever their order: requested, accepted, delivered, bounced; an answer or a
// complaint shows that it was delivered.
events::v1::OutreachStatus StatusAfter(events::v1::OutreachStatus before, events::v1::DeliveryStatus report);

// What the customer's journey hears of it: that it was requested at `time`, or what became of it. Its id follows from the
// send key and the report, so a repeat is dropped. A sender's acceptance is no contact: nothing.
events::v1::Touchpoint RequestedTouchpoint(const events::v1::Outreach& outreach, absl::Time time);
std::optional<events::v1::Touchpoint> ReportTouchpoint(const events::v1::Outreach& outreach,
                                                       const events::v1::DeliveryReport& report);

}  // namespace touchstone::outreach
