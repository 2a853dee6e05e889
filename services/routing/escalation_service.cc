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
#include "common/stream/unit_of_work.h"
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
absl::StatusOr<events::Escalation> OutcomeIn(const eventlog::StateView& state, const std::string& key) {
  ASSIGN_OR_RETURN(const std::optional<state::v1::RequestOutcome> outcome,
                   stream::GetMessage<state::v1::RequestOutcome>(state, key));
  if (!outcome.has_value()) return absl::InternalError("the case took the command and left no answer");
  if (outcome->code() == 0) return outcome->escalation();
  return status::WithReason(absl::Status(static_cast<absl::StatusCode>(outcome->code()), outcome->message()), outcome->reason(),
                            kDomain);
}

absl::StatusOr<std::optional<eventlog::Position>> PositionFrom(const std::string& token) {
  if (token.empty()) return std::optional<eventlog::Position>();
  absl::StatusOr<eventlog::Position> position = ids::DecodeToken(token);
  if (!position.ok()) return status::InvalidField("token", position.status().message());
  return std::optional<eventlog::Position>(*std::move(position));
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
    auto response = std::make_shared<Response>();
    const absl::Time deadline = Deadline(done.Deadline());
    tasks_.Read(
        kCaseTask, at.partition, at, deadline,
        [key, response, at](const eventlog::StateView& state, absl::Time) -> absl::Status {
          ASSIGN_OR_RETURN(*response->mutable_escalation(), OutcomeIn(state, key));
          response->set_token(ids::EncodeToken(at));
          return absl::OkStatus();
        },
        [response, done = std::move(done)](absl::Status status) mutable {
          status.ok() ? done(absl::StatusOr<Response>(std::move(*response))) : done(absl::StatusOr<Response>(status));
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
    ASSIGN_OR_RETURN(std::optional<eventlog::Position> after, PositionFrom(request->token()));
    const int partition = tasks_.PartitionFor(kCaseTask, subject);
    const absl::Time deadline = Deadline(done.Deadline());
    auto found = std::make_shared<v1::GetEscalationResponse>();
    tasks_.Read(
        kCaseTask, partition, std::move(after), deadline,
        [found, key = StateKey(kEscalationPart, {request->escalation_id()})](const eventlog::StateView& state, absl::Time) {
          absl::StatusOr<std::optional<state::v1::EscalationState>> stored =
              stream::GetMessage<state::v1::EscalationState>(state, key);
          if (!stored.ok()) return stored.status();
          if (!stored->has_value()) return NoSuchEscalation();
          *found->mutable_escalation() = (*stored)->escalation();
          return absl::OkStatus();
        },
        [found, done = std::move(done)](absl::Status status) mutable {
          status.ok() ? done(absl::StatusOr<v1::GetEscalationResponse>(std::move(*found)))
                      : done(absl::StatusOr<v1::GetEscalationResponse>(status));
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
