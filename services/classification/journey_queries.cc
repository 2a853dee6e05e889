#include "services/classification/journey_queries.h"

#include <optional>
#include <string>
#include <utility>

#include "common/ids/id.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/stream/task_list.h"
#include "services/classification/domain/digest.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/journey_keys.h"
#include "services/classification/journey_store.h"
#include "services/classification/journey_view.h"
#include "services/classification/moment_page.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"
#include "touchstone/classification/v1/journey_service.pb.h"

namespace touchstone::classification {
namespace {

template <typename Response>
absl::StatusOr<Response> Found(absl::StatusOr<std::optional<Response>> response) {
  if (!response.ok()) return response.status();
  if (!response->has_value()) return absl::NotFoundError("");
  return **std::move(response);
}

absl::StatusOr<v1::GetJourneyResponse> Journey(const Pack& pack, const eventlog::StateView& state, absl::Time now,
                                               const v1::GetJourneyRequest& request) {
  v1::GetJourneyResponse found;
  ASSIGN_OR_RETURN(*found.mutable_journey(), Found(ViewOfJourney(pack, state, request.name().key(), now)));
  return found;
}

absl::StatusOr<v1::GetMomentResponse> Moment(const eventlog::StateView& state, const v1::GetMomentRequest& request) {
  ASSIGN_OR_RETURN(const absl::string_view name, ids::OwnerOf(request.moment_id()));
  ASSIGN_OR_RETURN(state::v1::MomentEntry entry, Found(ReadMoment(state, name, request.moment_id())));
  v1::GetMomentResponse found;
  *found.mutable_moment() = std::move(*entry.mutable_moment());
  return found;
}

absl::StatusOr<v1::ListMomentsResponse> Moments(const eventlog::StateView& state, const v1::ListMomentsRequest& request) {
  ASSIGN_OR_RETURN(const MomentQuery query, MomentQuery::Of(request.name().key(), request.page_size(), request.page_token()));
  return Found(query.Page(state));
}

absl::StatusOr<v1::ExplainMomentResponse> Explanation(const Pack& pack, const eventlog::StateView& state,
                                                      const v1::ExplainMomentRequest& request) {
  ASSIGN_OR_RETURN(const absl::string_view name, ids::OwnerOf(request.moment_id()));
  return Found(ExplanationOf(pack, state, name, request.moment_id()));
}

bool IsWanted(const events::v1::JourneyDigest& digest, const v1::ListJourneysRequest& request) {
  if (request.stage() != events::v1::STAGE_UNSPECIFIED && digest.stage() != request.stage()) return false;
  return digest.strike_hundredths() >= request.min_strike_hundredths();
}

absl::StatusOr<std::optional<std::string>> DigestAt(absl::string_view filter, absl::string_view key, absl::string_view value,
                                                    absl::Time now) {
  v1::ListJourneysRequest request;
  if (!request.ParseFromArray(filter.data(), static_cast<int>(filter.size())))
    return absl::InvalidArgumentError("the list's filter is no ListJourneysRequest");
  state::v1::Head head;
  if (!head.ParseFromArray(value.data(), static_cast<int>(value.size())))
    return absl::DataLossError("the journey state holds a head that cannot be read");
  const events::v1::JourneyDigest digest = DigestOf(head, key.substr(1), Nanos(now));
  return IsWanted(digest, request) ? std::optional<std::string>(digest.SerializeAsString()) : std::nullopt;
}

}  // namespace

std::vector<stream::TaskQuery> JourneyQueries(std::shared_ptr<const Pack> pack) {
  using eventlog::StateView;
  return {stream::MakeTaskQuery<v1::GetJourneyRequest, v1::GetJourneyResponse>(
              kJourneyQuery, [pack](const StateView& state, absl::Time now,
                                    const v1::GetJourneyRequest& request) { return Journey(*pack, state, now, request); }),
          stream::MakeTaskQuery<v1::GetMomentRequest, v1::GetMomentResponse>(
              kMomentQuery,
              [](const StateView& state, absl::Time, const v1::GetMomentRequest& request) { return Moment(state, request); }),
          stream::MakeTaskQuery<v1::ListMomentsRequest, v1::ListMomentsResponse>(
              kMomentsQuery,
              [](const StateView& state, absl::Time, const v1::ListMomentsRequest& request) { return Moments(state, request); }),
          stream::MakeTaskQuery<v1::ExplainMomentRequest, v1::ExplainMomentResponse>(
              kExplainQuery, [pack](const StateView& state, absl::Time,
                                    const v1::ExplainMomentRequest& request) { return Explanation(*pack, state, request); }),
          stream::MakeListQuery(kJourneysQuery, {[](absl::string_view) { return std::string(1, keys::kHeadPart); }, DigestAt})};
}

}  // namespace touchstone::classification
