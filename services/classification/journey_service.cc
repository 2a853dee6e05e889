#include "services/classification/journey_service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/strings/str_cat.h"
#include "common/ids/id.h"
#include "common/ids/token.h"
#include "common/names/name_key.h"
#include "common/rpc/answer.h"
#include "common/rpc/watch.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "services/classification/journey_list.h"
#include "services/classification/journey_processor.h"
#include "services/classification/journey_store.h"
#include "services/classification/journey_view.h"
#include "services/classification/journey_watch.h"
#include "services/classification/moment_page.h"

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

absl::StatusOr<std::optional<eventlog::Position>> AfterToken(const std::string& token) {
  if (token.empty()) return std::optional<eventlog::Position>();
  absl::StatusOr<ids::Position> position = ids::DecodeToken(token);
  if (!position.ok()) return status::Annotated(position.status(), "token");
  return std::optional<eventlog::Position>({position->topic, position->partition, position->offset});
}

// What a read of one name's state gives; nothing: `missing` is the answer.
template <typename Response>
using ReadResponse = absl::AnyInvocable<absl::StatusOr<std::optional<Response>>(const eventlog::StateView&, absl::Time now)>;

// Reads the state of `name`, once what the token speaks of is done, and answers with what `read` makes of it.
template <typename Response>
absl::Status ReadName(const JourneyCalls& calls, const std::string& name, const std::string& token, absl::Status missing,
                      ReadResponse<Response> read, Completion<Response>& done) {
  ASSIGN_OR_RETURN(std::optional<eventlog::Position> after, AfterToken(token));
  const absl::Time deadline = std::min(done.Deadline(), calls.clock.Now() + kReadWaitMax);
  auto found = std::make_shared<std::optional<Response>>();
  calls.reader.Read(
      kJourneyTask, calls.reader.PartitionFor(kJourneyTask, name), std::move(after), deadline,
      [found, read = std::move(read)](const eventlog::StateView& state, absl::Time now) mutable -> absl::Status {
        ASSIGN_OR_RETURN(*found, read(state, now));
        return absl::OkStatus();
      },
      [found, missing = std::move(missing), done = std::move(done)](absl::Status status) mutable {
        if (!status.ok()) return done(status);
        if (!found->has_value()) return done(missing);
        done(**std::move(found));
      });
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* JourneyService::GetJourney(grpc::CallbackServerContext* context, const v1::GetJourneyRequest* request,
                                                     v1::GetJourneyResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::GetJourneyResponse>& done) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string name, KeyOf(calls_.secret, request->name()));
    const auto read = [pack = pack_, name](const eventlog::StateView& state,
                                           absl::Time now) -> absl::StatusOr<std::optional<v1::GetJourneyResponse>> {
      ASSIGN_OR_RETURN(std::optional<v1::Journey> journey, ViewOfJourney(*pack, state, name, now));
      if (!journey.has_value()) return std::optional<v1::GetJourneyResponse>();
      v1::GetJourneyResponse found;
      *found.mutable_journey() = *std::move(journey);
      return std::optional<v1::GetJourneyResponse>(std::move(found));
    };
    return ReadName<v1::GetJourneyResponse>(calls_, name, request->token(), NoJourney(request->name()), read, done);
  });
}

grpc::ServerUnaryReactor* JourneyService::ListJourneys(grpc::CallbackServerContext* context,
                                                       const v1::ListJourneysRequest* request,
                                                       v1::ListJourneysResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::ListJourneysResponse>& done) -> absl::Status {
    const absl::Time deadline = std::min(done.Deadline(), calls_.clock.Now() + kReadWaitMax);
    GatherJourneys(calls_.reader, *request, deadline,
                   [done = std::move(done)](absl::StatusOr<v1::ListJourneysResponse> page) mutable { done(std::move(page)); });
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* JourneyService::GetMoment(grpc::CallbackServerContext* context, const v1::GetMomentRequest* request,
                                                    v1::GetMomentResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::GetMomentResponse>& done) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string name, OwnerOf(request->moment_id()));
    const auto read = [name, id = request->moment_id()](const eventlog::StateView& state,
                                                        absl::Time) -> absl::StatusOr<std::optional<v1::GetMomentResponse>> {
      ASSIGN_OR_RETURN(std::optional<state::v1::MomentEntry> entry, ReadMoment(state, name, id));
      if (!entry.has_value()) return std::optional<v1::GetMomentResponse>();
      v1::GetMomentResponse found;
      *found.mutable_moment() = std::move(*entry->mutable_moment());
      return std::optional<v1::GetMomentResponse>(std::move(found));
    };
    return ReadName<v1::GetMomentResponse>(calls_, name, request->token(), NoMoment(), read, done);
  });
}

grpc::ServerUnaryReactor* JourneyService::ListMoments(grpc::CallbackServerContext* context, const v1::ListMomentsRequest* request,
                                                      v1::ListMomentsResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::ListMomentsResponse>& done) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string name, KeyOf(calls_.secret, request->name()));
    ASSIGN_OR_RETURN(const MomentQuery query, MomentQuery::Of(name, request->page_size(), request->page_token()));
    const auto read = [query](const eventlog::StateView& state,
                              absl::Time) -> absl::StatusOr<std::optional<v1::ListMomentsResponse>> { return query.Page(state); };
    return ReadName<v1::ListMomentsResponse>(calls_, name, request->token(), NoJourney(request->name()), read, done);
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
    const auto read = [pack = pack_, name, id = request->moment_id()](const eventlog::StateView& state, absl::Time) {
      return ExplanationOf(*pack, state, name, id);
    };
    return ReadName<v1::ExplainMomentResponse>(calls_, name, request->token(), NoMoment(), read, done);
  });
}

}  // namespace touchstone::classification
