#include "services/outreach/outreach_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/ids/id.h"
#include "common/ids/token.h"
#include "common/names/name_key.h"
#include "common/rpc/answer.h"
#include "common/rpc/watch.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/stream/task_reader.h"
#include "common/stream/topics.h"
#include "common/topic_watch/topic_watch.h"
#include "services/outreach/domain/report_check.h"
#include "services/outreach/domain/subject_plans.h"
#include "services/outreach/gate_processor.h"
#include "services/outreach/outreach_list.h"
#include "services/outreach/planner_processor.h"
#include "services/outreach/state_keys.h"
#include "touchstone/events/v1/inboxes.pb.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;
using rpc::Completion;
using state::v1::PlannedOutreach;

// An outreach's place in the planner's state.
struct OutreachPlace {
  int partition = 0;
  std::string key;
};

absl::StatusOr<OutreachPlace> PlaceOf(absl::string_view field, const std::string& id, const stream::TaskReader& reader) {
  absl::StatusOr<absl::string_view> owner = ids::OwnerOf(id);
  if (!owner.ok()) return status::Annotated(owner.status(), field);
  const absl::string_view letters = absl::string_view(id).substr(owner->size() + 1);
  return OutreachPlace{reader.PartitionFor(kPlannerKind, *owner), PartKey(kOutreachPart, *owner, letters)};
}

absl::Status NoOutreach(absl::string_view field) {
  return status::WithReason(
      absl::NotFoundError(absl::StrCat(field, ": no outreach has it; one is kept for 90 days after its end")),
      "OUTREACH_NOT_FOUND", "outreach");
}

absl::Time DeadlineOf(absl::Time client, const clock::Clock& clock) { return std::min(client, clock.Now() + kReadWaitMax); }

// Reads the outreach, once what the token speaks of is done. A report goes to the gate, which the planner does not read: then
// the gate is waited for, and with it what it told the planner.
void ReadOutreach(stream::TaskReader& reader, const OutreachPlace& place, std::optional<eventlog::Position> after,
                  absl::Time deadline, absl::AnyInvocable<void(absl::StatusOr<std::optional<PlannedOutreach>>)> done) {
  stream::TaskAsk planner{.kind = kPlannerKind, .partition = place.partition, .deadline = deadline};
  if (!after.has_value() || after->topic != topics::kGate) {
    planner.after = std::move(after);
    return stream::AskMessage<PlannedOutreach>(reader, std::move(planner), place.key, std::move(done));
  }
  stream::TaskAsk gate{.kind = kGateKind, .partition = after->partition, .deadline = deadline, .query = stream::kWaitQuery};
  gate.after = std::move(after);
  reader.Ask(std::move(gate), [&reader, planner = std::move(planner), key = place.key,
                               done = std::move(done)](absl::StatusOr<std::string> passed) mutable {
    if (!passed.ok()) return done(passed.status());
    stream::AskMessage<PlannedOutreach>(reader, std::move(planner), std::move(key), std::move(done));
  });
}

// `id` is that of the same report however often it is told, so that readers can drop repeats.
eventlog::OutRecord ReportRecord(const events::DeliveryReport& report, const std::string& address_key) {
  events::GateMessage message;
  message.set_address_key(address_key);
  *message.mutable_report() = report;
  return {topics::kGate,
          address_key,
          ids::DerivedId("report", {report.send_key(), report.report_id()}),
          message.SerializeAsString(),
          {}};
}

// `why`: what held or dropped it; empty while the gate has not decided.
absl::Status NotRequested(absl::string_view why) {
  return status::WithReason(absl::FailedPreconditionError(absl::StrCat(
                                "report.send_key: nothing was requested under it: ", why.empty() ? "it is not decided yet" : why,
                                "; nothing can have become of it")),
                            "NOT_REQUESTED", "outreach");
}

// Whether anything can have become of the send. `send` is null where the gate has none.
absl::Status CheckRequested(const events::Outreach& outreach, const state::v1::GateSend* send) {
  if (send != nullptr && send->status() == events::OUTREACH_STATUS_REQUESTED) return absl::OkStatus();
  if (send != nullptr) return NotRequested(send->answer().reason());
  const bool was_requested = IsDecided(outreach.status()) && outreach.status() != events::OUTREACH_STATUS_DROPPED;
  return was_requested ? NoOutreach("report.send_key") : NotRequested(outreach.reason());
}

void AppendReport(eventlog::EventLog& log, const events::DeliveryReport& report, const std::string& address_key,
                  Completion<v1::ReportDeliveryResponse> done) {
  log.Append({ReportRecord(report, address_key)},
             [done = std::move(done)](absl::StatusOr<std::vector<eventlog::Position>> positions) mutable {
               if (!positions.ok()) return done(positions.status());
               const eventlog::Position& at = positions->front();
               v1::ReportDeliveryResponse answer;
               answer.set_token(ids::EncodeToken({at.topic, at.partition, at.offset}));
               done(std::move(answer));
             });
}

// Asks the gate, for the planner may not have heard of its decision yet, and tells it.
void TakeReport(const CallContext& calls, const events::DeliveryReport& report, const events::Outreach& outreach,
                absl::Time deadline, Completion<v1::ReportDeliveryResponse> done) {
  const std::string& address_key = outreach.address_key();
  if (address_key.empty()) return done(NotRequested(outreach.reason()));
  stream::AskMessage<state::v1::GateSend>(
      calls.reader, {.kind = kGateKind, .partition = calls.reader.PartitionFor(kGateKind, address_key), .deadline = deadline},
      PartKey(kSendPart, address_key, report.send_key()),
      [&log = calls.log, report, outreach,
       done = std::move(done)](absl::StatusOr<std::optional<state::v1::GateSend>> send) mutable {
        if (!send.ok()) return done(send.status());
        const absl::Status requested = CheckRequested(outreach, send->has_value() ? &**send : nullptr);
        if (!requested.ok()) return done(requested);
        AppendReport(log, report, outreach.address_key(), std::move(done));
      });
}

bool FillOutreach(const std::string& value, v1::WatchOutreachesResponse& response) {
  return response.mutable_outreach()->ParseFromString(value);
}

bool FillRequest(const std::string& value, v1::WatchOutreachRequestsResponse& response) {
  return response.mutable_request()->ParseFromString(value);
}

}  // namespace

grpc::ServerUnaryReactor* OutreachService::GetOutreach(grpc::CallbackServerContext* context,
                                                       const v1::GetOutreachRequest* request, v1::GetOutreachResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::GetOutreachResponse>& done) -> absl::Status {
    ASSIGN_OR_RETURN(const OutreachPlace place, PlaceOf("outreach_id", request->outreach_id(), calls_.reader));
    ASSIGN_OR_RETURN(std::optional<eventlog::Position> after, stream::AfterToken(request->token()));
    const absl::Time deadline = DeadlineOf(done.Deadline(), calls_.clock);
    ReadOutreach(calls_.reader, place, std::move(after), deadline,
                 [done = std::move(done)](absl::StatusOr<std::optional<PlannedOutreach>> found) mutable {
                   if (!found.ok()) return done(found.status());
                   if (!found->has_value()) return done(NoOutreach("outreach_id"));
                   v1::GetOutreachResponse answer;
                   *answer.mutable_outreach() = std::move(*(*found)->mutable_outreach());
                   done(std::move(answer));
                 });
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* OutreachService::ListOutreaches(grpc::CallbackServerContext* context,
                                                          const v1::ListOutreachesRequest* request,
                                                          v1::ListOutreachesResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::ListOutreachesResponse>& done) -> absl::Status {
    std::string subject;
    if (request->has_name()) {
      const absl::StatusOr<events::Name> name = names::KeyedName(calls_.secret, request->name());
      if (!name.ok()) return status::Annotated(name.status(), "name");
      subject = name->key();
    }
    outreach::ListOutreaches(
        calls_.reader, *request, subject, DeadlineOf(done.Deadline(), calls_.clock),
        [done = std::move(done)](absl::StatusOr<v1::ListOutreachesResponse> page) mutable { done(std::move(page)); });
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::WatchOutreachesResponse>* OutreachService::WatchOutreaches(
    grpc::CallbackServerContext* context, const v1::WatchOutreachesRequest* request) {
  return rpc::Watch<v1::WatchOutreachesResponse>(context, calls_.pump,
                                                 topic_watch::OpenTopicWatch<v1::WatchOutreachesResponse>(
                                                     calls_.log, topics::kOutreach, request->resume_token(), &FillOutreach));
}

grpc::ServerWriteReactor<v1::WatchOutreachRequestsResponse>* OutreachService::WatchOutreachRequests(
    grpc::CallbackServerContext* context, const v1::WatchOutreachRequestsRequest* request) {
  return rpc::Watch<v1::WatchOutreachRequestsResponse>(
      context, calls_.pump,
      topic_watch::OpenTopicWatch<v1::WatchOutreachRequestsResponse>(calls_.log, topics::kOutreachRequests,
                                                                     request->resume_token(), &FillRequest));
}

grpc::ServerUnaryReactor* OutreachService::ReportDelivery(grpc::CallbackServerContext* context,
                                                          const v1::ReportDeliveryRequest* request,
                                                          v1::ReportDeliveryResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::ReportDeliveryResponse>& done) -> absl::Status {
    RETURN_IF_ERROR(CheckReport(request->report(), calls_.clock.Now()));
    ASSIGN_OR_RETURN(const OutreachPlace place, PlaceOf("report.send_key", request->report().send_key(), calls_.reader));
    const absl::Time deadline = DeadlineOf(done.Deadline(), calls_.clock);
    ReadOutreach(calls_.reader, place, std::nullopt, deadline,
                 [calls = calls_, report = request->report(), deadline,
                  done = std::move(done)](absl::StatusOr<std::optional<PlannedOutreach>> found) mutable {
                   if (!found.ok()) return done(found.status());
                   if (!found->has_value()) return done(NoOutreach("report.send_key"));
                   TakeReport(calls, report, (*found)->outreach(), deadline, std::move(done));
                 });
    return absl::OkStatus();
  });
}

}  // namespace touchstone::outreach
