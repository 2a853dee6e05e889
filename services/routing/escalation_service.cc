#include "services/routing/escalation_service.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/ids/id.h"
#include "common/ids/token.h"
#include "common/names/name_key.h"
#include "common/rpc/answer.h"
#include "common/rpc/watch.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"
#include "services/routing/case_processor.h"
#include "services/routing/escalation_list.h"
#include "services/routing/escalation_request.h"
#include "services/routing/escalation_watch.h"
#include "services/routing/state_keys.h"
#include "touchstone/routing/state/v1/case_state.pb.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;
using rpc::Answer;
using rpc::Completion;

namespace {

constexpr char kDomain[] = "routing";

absl::Status NoSuchEscalation() {
  return status::WithReason(absl::NotFoundError("there is no such escalation, or it was closed long ago"), "NO_SUCH_ESCALATION",
                            kDomain);
}

// What the case answered to a request.
absl::StatusOr<events::Escalation> EscalationOf(absl::StatusOr<std::optional<state::v1::RequestOutcome>> outcome) {
  if (!outcome.ok()) return outcome.status();
  if (!outcome->has_value()) return absl::InternalError("the case took the command and left no answer");
  if ((*outcome)->code() == 0) return (*outcome)->escalation();
  return status::WithReason(absl::Status(static_cast<absl::StatusCode>((*outcome)->code()), (*outcome)->message()),
                            (*outcome)->reason(), kDomain);
}

}  // namespace

absl::Time EscalationService::Deadline(absl::Time stated) const { return std::min(stated, clock_.Now() + kCallWaitMax); }

template <typename Response, typename Done>
void EscalationService::Command(const events::CaseMessage& message, const std::string& request_id, Done done) {
  const std::string& subject = message.subject();
  std::vector<eventlog::OutRecord> records;
  records.push_back({.topic = topics::kCases,
                     .key = subject,
                     .id = ids::DerivedId("call", {subject, request_id}),
                     .value = message.SerializeAsString()});
  auto on_durable = [this, subject, key = StateKey(kRequestPart, {subject, request_id}),
                     done = std::move(done)](absl::StatusOr<std::vector<eventlog::Position>> positions) mutable {
    if (!positions.ok()) return done(positions.status());
    const eventlog::Position at = positions->front();
    const absl::Time deadline = Deadline(done.Deadline());
    stream::AskMessage<state::v1::RequestOutcome>(
        tasks_, {.kind = kCaseTask, .partition = at.partition, .after = at, .deadline = deadline, .waits_for_no_more = true},
        std::move(key), [at, done = std::move(done)](absl::StatusOr<std::optional<state::v1::RequestOutcome>> outcome) mutable {
          absl::StatusOr<events::Escalation> escalation = EscalationOf(std::move(outcome));
          if (!escalation.ok()) return done(absl::StatusOr<Response>(escalation.status()));
          Response response;
          *response.mutable_escalation() = *std::move(escalation);
          response.set_token(ids::EncodeToken(at));
          done(absl::StatusOr<Response>(std::move(response)));
        });
  };
  log_.Append(std::move(records), std::move(on_durable));
}

grpc::ServerUnaryReactor* EscalationService::CreateEscalation(grpc::CallbackServerContext* context,
                                                              const v1::CreateEscalationRequest* request,
                                                              v1::CreateEscalationResponse* response) {
  return Answer(context, response, [&](Completion<v1::CreateEscalationResponse>& done) -> absl::Status {
    ASSIGN_OR_RETURN(const events::CaseMessage message, CaseMessageFrom(*request, secret_));
    Command<v1::CreateEscalationResponse>(message, request->request_id(), std::move(done));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* EscalationService::CancelEscalation(grpc::CallbackServerContext* context,
                                                              const v1::CancelEscalationRequest* request,
                                                              v1::CancelEscalationResponse* response) {
  return Answer(context, response, [&](Completion<v1::CancelEscalationResponse>& done) -> absl::Status {
    ASSIGN_OR_RETURN(const events::CaseMessage message, CaseMessageFrom(*request));
    Command<v1::CancelEscalationResponse>(message, request->request_id(), std::move(done));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* EscalationService::GetEscalation(grpc::CallbackServerContext* context,
                                                           const v1::GetEscalationRequest* request,
                                                           v1::GetEscalationResponse* response) {
  return Answer(context, response, [&](Completion<v1::GetEscalationResponse>& done) -> absl::Status {
    ASSIGN_OR_RETURN(const absl::string_view subject, SubjectOf(request->escalation_id()));
    ASSIGN_OR_RETURN(std::optional<eventlog::Position> after, stream::AfterToken(request->token()));
    stream::AskMessage<state::v1::EscalationState>(
        tasks_,
        {.kind = kCaseTask,
         .partition = tasks_.PartitionFor(kCaseTask, subject),
         .after = std::move(after),
         .deadline = Deadline(done.Deadline())},
        StateKey(kEscalationPart, {request->escalation_id()}),
        [done = std::move(done)](absl::StatusOr<std::optional<state::v1::EscalationState>> stored) mutable {
          if (!stored.ok()) return done(stored.status());
          if (!stored->has_value()) return done(NoSuchEscalation());
          v1::GetEscalationResponse found;
          *found.mutable_escalation() = std::move(*(*stored)->mutable_escalation());
          done(std::move(found));
        });
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* EscalationService::ListEscalations(grpc::CallbackServerContext* context,
                                                             const v1::ListEscalationsRequest* request,
                                                             v1::ListEscalationsResponse* response) {
  return Answer(context, response, [&](Completion<v1::ListEscalationsResponse>& done) -> absl::Status {
    std::string subject;
    if (request->has_name()) {
      const absl::StatusOr<events::Name> name = names::KeyedName(secret_, request->name());
      if (!name.ok()) return status::InvalidField("name", name.status().message());
      subject = name->key();
    }
    const absl::Time deadline = Deadline(done.Deadline());
    routing::ListEscalations(
        tasks_, *request, subject, deadline,
        [done = std::move(done)](absl::StatusOr<v1::ListEscalationsResponse> page) mutable { done(std::move(page)); });
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::WatchEscalationsResponse>* EscalationService::WatchEscalations(
    grpc::CallbackServerContext* context, const v1::WatchEscalationsRequest* request) {
  return rpc::Watch<v1::WatchEscalationsResponse>(context, pump_, OpenEscalationWatch(log_, *request));
}

}  // namespace touchstone::routing
