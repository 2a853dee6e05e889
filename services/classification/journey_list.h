#pragma once

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/stream/task_reader.h"
#include "touchstone/classification/v1/journey_service.pb.h"

namespace touchstone::classification {

inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 500;
// Journeys that one read looks at; a page ends there, maybe without one that was asked for, and its token goes on.
inline constexpr int kScannedMax = 2'000;

// `page_size` of a request as it is served. INVALID_ARGUMENT where it is below zero.
absl::StatusOr<int> PageSizeOf(int asked);

// Gathers a page of journeys: asks the task's partitions one after the other, in each by subject. `done` is called once, from
// any thread, with the page or the first error. INVALID_ARGUMENT: the page token is none of this query. `reader` outlives the
// call.
void GatherJourneys(stream::TaskReader& reader, const v1::ListJourneysRequest& request, absl::Time deadline,
                    absl::AnyInvocable<void(absl::StatusOr<v1::ListJourneysResponse>)> done);

}  // namespace touchstone::classification
