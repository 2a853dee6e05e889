#pragma once

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/stream/task_query.h"
#include "common/stream/task_reader.h"
#include "touchstone/outreach/v1/outreach_service.pb.h"

namespace touchstone::outreach {

// What ListOutreaches asks each planner.
stream::TaskQuery OutreachesQuery();

// Gathers a page, in the order of partitions and within one of ids. `subject`: the customer's name key; empty: all customers.
// `reader` answers OutreachesQuery, and outlives the call. `done` is called once, from any thread. INVALID_ARGUMENT: a page size
// that is none, a token of another query.
void ListOutreaches(stream::TaskReader& reader, const v1::ListOutreachesRequest& request, const std::string& subject,
                    absl::Time deadline, absl::AnyInvocable<void(absl::StatusOr<v1::ListOutreachesResponse>)> done);

}  // namespace touchstone::outreach
