#pragma once

#include "absl/status/statusor.h"
#include "common/names/name_secret.h"
#include "touchstone/events/v1/inboxes.pb.h"
#include "touchstone/routing/v1/escalation_service.pb.h"

namespace touchstone::routing {

// The limits of calls about escalations are checked here and nowhere else. INVALID_ARGUMENT names the fields.

// As a command for the customer's case. The name is normalised and only its key goes on.
absl::StatusOr<events::v1::CaseMessage> CaseMessageFrom(const v1::CreateEscalationRequest& request,
                                                        const names::NameSecret& secret);
absl::StatusOr<events::v1::CaseMessage> CaseMessageFrom(const v1::CancelEscalationRequest& request);

// The customer whose escalation it is: the key of a name, a view of the id.
absl::StatusOr<absl::string_view> SubjectOf(absl::string_view escalation_id);

}  // namespace touchstone::routing
