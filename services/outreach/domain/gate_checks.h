#pragma once

#include "absl/time/time.h"
#include "services/outreach/domain/check_list.h"
#include "services/outreach/domain/rolling_cap.h"
#include "touchstone/events/v1/inboxes.pb.h"
#include "touchstone/events/v1/outreach.pb.h"
#include "touchstone/outreach/state/v1/gate_state.pb.h"

namespace touchstone::outreach {

// What a report that the customer does not want this makes of an address.
enum class Objection {
  // Consent for the class of the send is withdrawn.
  kWithdrawClass,
  // Nothing at all goes there any more.
  kSuppress,
};

// What the gate goes by, besides what each intent brings. Immutable; one for all partitions.
struct GatePolicy {
  RollingCap address_cap;
  Objection on_unsubscribed = Objection::kWithdrawClass;
  Objection on_complained = Objection::kSuppress;
};

// May this intent be requested from the address now? EXPIRY, CONSENT, QUIET_HOURS, ADDRESS_CAP.
CheckList CheckRequest(const GatePolicy& policy, const events::v1::Intent& intent, const state::v1::AddressHead& head,
                       absl::Time now);

}  // namespace touchstone::outreach
