#include "services/classification/journey_service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/ids/id.h"
#include "common/names/name_key.h"
#include "common/rpc/answer.h"
#include "common/rpc/watch.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/stream/task_list.h"
#include "services/classification/journey_processor.h"
#include "services/classification/journey_queries.h"
#include "services/classification/journey_watch.h"

namespace touchstone::classification {
namespace {

using rpc::Completion;

// A read waits no longer than this for the write whose token it brings, whatever its deadline.
constexpr absl::Duration kReadWaitMax = absl::Seconds(30);

absl::Status NotFound(absl::string_view what, absl::string_view reason) {
  return status::WithReason(absl::NotFoundError(what), reason, "classification");
}

absl::Status NoMoment() { return NotFound("moment_id: no moment has it; it may have been withdrawn", "MOMENT_NOT_FOUND"); }

absl::Status NoJourney(const events::v1::Name& name) {
  return NotFound(absl::StrCat("name: nothing is known of it yet", names::PrimaryNameHint(name.kind())), "JOURNEY_NOT_FOUND");
}

absl::StatusOr<std::string> KeyOf(const names::NameSecret& secret, const events::v1::Name& name) {
  absl::StatusOr<events::v1::Name> keyed = names::KeyedName(secret, name);
  if (!keyed.ok()) return status::Annotated(keyed.status(), "name");
  return keyed->key();
}

absl::StatusOr<std::string> OwnerOf(const std::string& moment_id) {
  absl::StatusOr<absl::string_view> owner = ids::OwnerOf(moment_id);
  if (!owner.ok()) return status::Annotated(owner.status(), "moment_id");
  return std::string(*owner);
}

// Asks the task that has `name`, once what the request's token speaks of is done; `missing` is the answer where it knows nothing.
// In the request the customer is named by their key alone.
template <typename Response, typename Request>
absl::Status AskName(const JourneyCalls& calls, const std::string& name, const char* query, Request request, absl::Status missing,
                     Completion<Response>& done) {
  ASSIGN_OR_RETURN(std::optional<eventlog::Position> after, stream::AfterToken(request.token()));
  request.clear_token();
  stream::AskTask<Response>(calls.reader,
                            {.kind = kJourneyTask,
                             .partition = calls.reader.PartitionFor(kJourneyTask, name),
                             .after = std::move(after),
                             .deadline = std::min(done.Deadline(), calls.clock.Now() + kReadWaitMax)},
                            query, request,
                            [missing = std::move(missing), done = std::move(done)](absl::StatusOr<Response> answer) mutable {
                              absl::IsNotFound(answer.status()) ? done(missing) : done(std::move(answer));
                            });
  return absl::OkStatus();
}

template <typename Request>
Request WithKeyAlone(Request request, const std::string& key) {
  request.clear_name();
  request.mutable_name()->set_key(key);
  return request;
}

}  // namespace

grpc::ServerUnaryReactor* JourneyService::GetJourney(grpc::CallbackServerContext* context, const v1::GetJourneyRequest* request,
                                                     v1::GetJourneyResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::GetJourneyResponse>& done) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string name, KeyOf(calls_.secret, request->name()));
    return AskName(calls_, name, kJourneyQuery, WithKeyAlone(*request, name), NoJourney(request->name()), done);
  });
}

grpc::ServerUnaryReactor* JourneyService::ListJourneys(grpc::CallbackServerContext* context,
                                                       const v1::ListJourneysRequest* request,
                                                       v1::ListJourneysResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::ListJourneysResponse>& done) -> absl::Status {
    ASSIGN_OR_RETURN(const int page_size, stream::PageSizeOf(request->page_size()));
    v1::ListJourneysRequest filter = *request;
    filter.clear_page_size();
    filter.clear_page_token();
    stream::GatherList(calls_.reader,
                       {.kind = kJourneyTask,
                        .query = kJourneysQuery,
                        .filter = filter.SerializeAsString(),
                        .token_scope = absl::StrCat("journeys ", request->stage(), " ", request->min_strike_hundredths()),
                        .page_size = page_size,
                        .page_token = request->page_token(),
                        .deadline = std::min(done.Deadline(), calls_.clock.Now() + kReadWaitMax)},
                       [done = std::move(done)](absl::StatusOr<stream::ListPage> page) mutable {
                         done(stream::ListResponseOf(std::move(page), &v1::ListJourneysResponse::add_journeys));
                       });
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* JourneyService::GetMoment(grpc::CallbackServerContext* context, const v1::GetMomentRequest* request,
                                                    v1::GetMomentResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::GetMomentResponse>& done) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string name, OwnerOf(request->moment_id()));
    return AskName(calls_, name, kMomentQuery, *request, NoMoment(), done);
  });
}

grpc::ServerUnaryReactor* JourneyService::ListMoments(grpc::CallbackServerContext* context, const v1::ListMomentsRequest* request,
                                                      v1::ListMomentsResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::ListMomentsResponse>& done) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string name, KeyOf(calls_.secret, request->name()));
    return AskName(calls_, name, kMomentsQuery, WithKeyAlone(*request, name), NoJourney(request->name()), done);
  });
}

grpc::ServerWriteReactor<v1::WatchJourneyEventsResponse>* JourneyService::WatchJourneyEvents(
    grpc::CallbackServerContext* context, const v1::WatchJourneyEventsRequest* request) {
  const auto open = [&]() -> absl::StatusOr<std::unique_ptr<rpc::WatchSource<v1::WatchJourneyEventsResponse>>> {
    std::string subject;
    if (request->has_name()) {
      ASSIGN_OR_RETURN(subject, KeyOf(calls_.secret, request->name()));
    }
    return OpenJourneyWatch(calls_.log, *request, subject);
  };
  return rpc::Watch<v1::WatchJourneyEventsResponse>(context, calls_.pump, open());
}

grpc::ServerUnaryReactor* JourneyService::ExplainMoment(grpc::CallbackServerContext* context,
                                                        const v1::ExplainMomentRequest* request,
                                                        v1::ExplainMomentResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::ExplainMomentResponse>& done) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string name, OwnerOf(request->moment_id()));
    return AskName(calls_, name, kExplainQuery, *request, NoMoment(), done);
  });
}

}  // namespace touchstone::classification
