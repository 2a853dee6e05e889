#include "services/outreach/planner_processor.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"
#include "services/outreach/state_keys.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;

absl::StatusOr<SubjectPlans> LoadPlans(absl::string_view subject, const stream::UnitOfWork& work) {
  ASSIGN_OR_RETURN(std::optional<state::v1::SubjectHead> head,
                   stream::GetMessage<state::v1::SubjectHead>(work, HeadKey(kSubjectHeadPart, subject)));
  auto load = [&work, owner = std::string(subject)](absl::string_view letters) {
    return stream::GetMessage<state::v1::PlannedOutreach>(work, PartKey(kOutreachPart, owner, letters));
  };
  return SubjectPlans(subject, std::move(head).value_or(state::v1::SubjectHead()), std::move(load));
}

bool IsNothing(const state::v1::SubjectHead& head) { return head.ByteSizeLong() == 0; }

void StorePlans(SubjectPlans& plans, stream::UnitOfWork& work) {
  if (plans.head_changed()) {
    const std::string key = HeadKey(kSubjectHeadPart, plans.subject());
    if (IsNothing(plans.head())) {
      work.Delete(key);
    } else {
      work.PutMessage(key, plans.head());
    }
  }
  for (const std::string& letters : plans.changed()) {
    const state::v1::PlannedOutreach& planned = *plans.Find(letters);
    const std::string key = PartKey(kOutreachPart, plans.subject(), letters);
    work.PutMessage(key, planned);
    work.SetTimer(key, planned.has_wake_time() ? clock::TimeFrom(planned.wake_time()) : absl::InfiniteFuture());
    work.Emit(topics::kOutreach, plans.subject(), planned.outreach());
  }
  for (const std::string& letters : plans.forgotten()) work.Delete(PartKey(kOutreachPart, plans.subject(), letters));
}

absl::Status Keep(SubjectPlans& plans, const PlannerFacts& facts, const PlannerPolicy& policy, stream::UnitOfWork& work) {
  RETURN_IF_ERROR(plans.status());
  plans.Finish(work.now(), policy.subject_cap);
  StorePlans(plans, work);
  for (const events::GateMessage& message : facts.to_gate) work.Emit(topics::kGate, message.address_key(), message);
  for (const events::Touchpoint& touchpoint : facts.touchpoints) work.Emit(topics::kTouchpoints, plans.subject(), touchpoint);
  return absl::OkStatus();
}

absl::Status Parse(absl::string_view topic, const eventlog::Record& record, google::protobuf::MessageLite& message) {
  if (message.ParseFromString(record.value)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("a record of ", topic, " is not a ", message.GetTypeName()));
}

}  // namespace

absl::Status PlannerProcessor::OnRecord(absl::string_view topic, const eventlog::Record& record, stream::UnitOfWork& work) {
  ASSIGN_OR_RETURN(SubjectPlans plans, LoadPlans(record.key, work));
  PlannerFacts facts;
  arena_.Clear();
  if (topic == topics::kJourneyEvents) {
    auto& event = arena_.Make<events::JourneyEvent>();
    RETURN_IF_ERROR(Parse(topic, record, event));
    planner_.OnJourneyEvent(event, work.now(), plans, facts);
  } else if (topic == topics::kEscalations) {
    auto& escalation = arena_.Make<events::Escalation>();
    RETURN_IF_ERROR(Parse(topic, record, escalation));
    planner_.OnEscalation(escalation, work.now(), plans, facts);
  } else if (topic == topics::kPlays) {
    auto& message = arena_.Make<events::PlayMessage>();
    RETURN_IF_ERROR(Parse(topic, record, message));
    if (!message.has_answer()) return absl::InvalidArgumentError("a record of plays.v1 holds no message that is known");
    planner_.OnAnswer(message.answer(), work.now(), plans, facts);
  } else {
    return absl::InternalError(absl::StrCat("the planner does not read ", topic));
  }
  return Keep(plans, facts, policy_, work);
}

absl::Status PlannerProcessor::OnTimer(absl::string_view key, absl::Time due, stream::UnitOfWork& work) {
  const KeyPieces pieces = CutKey(key);
  ASSIGN_OR_RETURN(SubjectPlans plans, LoadPlans(pieces.owner, work));
  PlannerFacts facts;
  planner_.OnWake(pieces.rest, work.now(), plans, facts);
  return Keep(plans, facts, policy_, work);
}

stream::TaskDefinition PlannerTask(std::shared_ptr<const PlannerPolicy> policy) {
  stream::TaskDefinition task;
  task.kind.name = kPlannerKind;
  task.kind.inputs = {topics::kJourneyEvents, topics::kEscalations, topics::kPlays};
  task.inbox = topics::kPlays;
  task.make_processor = [policy = std::move(policy)](int) -> std::unique_ptr<stream::Processor> {
    return std::make_unique<PlannerProcessor>(*policy);
  };
  return task;
}

}  // namespace touchstone::outreach
