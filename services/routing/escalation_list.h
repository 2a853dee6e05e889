#pragma once

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/stream/task_query.h"
#include "common/stream/task_reader.h"
#include "touchstone/routing/v1/escalation_service.pb.h"

namespace touchstone::routing {

// What ListEscalations asks each case task.
stream::TaskQuery EscalationsQuery();

// One page of escalations, by partition and then by id. `subject` empty: of all customers. `tasks` answers EscalationsQuery.
// Calls `done` once, from any thread. INVALID_ARGUMENT: a page size that is none, a token of another query.
void ListEscalations(stream::TaskReader& tasks, const v1::ListEscalationsRequest& request, const std::string& subject,
                     absl::Time deadline, absl::AnyInvocable<void(absl::StatusOr<v1::ListEscalationsResponse>)> done);

}  // namespace touchstone::routing
