#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "touchstone/events/v1/outreach.pb.h"

namespace touchstone::outreach {

// A sender's report as it comes in, `report` in the request. INVALID_ARGUMENT names each field that is wrong.
absl::Status CheckReport(const events::v1::DeliveryReport& report, absl::Time now);

}  // namespace touchstone::outreach
