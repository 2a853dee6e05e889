#pragma once

#include <memory>
#include <vector>

#include "common/stream/task_query.h"
#include "services/classification/domain/pack.h"

// What may be asked of the journey task. Each is a call of JourneyService: it takes that call's request, in which the customer is
// named by `name.key` alone, and gives its response; NOT_FOUND, without a word, where there is no such journey or moment.
namespace touchstone::classification {

inline constexpr char kJourneyQuery[] = "GetJourney";
inline constexpr char kMomentQuery[] = "GetMoment";
inline constexpr char kMomentsQuery[] = "ListMoments";
inline constexpr char kExplainQuery[] = "ExplainMoment";
// A list (stream::ListOfTask): its filter is a ListJourneysRequest, its items are JourneyDigests.
inline constexpr char kJourneysQuery[] = "ListJourneys";

std::vector<stream::TaskQuery> JourneyQueries(std::shared_ptr<const Pack> pack);

}  // namespace touchstone::classification
