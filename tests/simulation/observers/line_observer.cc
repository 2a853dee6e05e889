#include "tests/simulation/observers/line_observer.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "tests/simulation/observers/cause.h"

namespace touchstone::simulation {

namespace events = touchstone::events::v1;

namespace {

// As core's routing.yaml says it.
constexpr absl::Duration kRest = absl::Seconds(10);
constexpr absl::Duration kCoolDown = absl::Minutes(2);
constexpr int kOrphanRaise = 20;

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

}  // namespace

void LineObserver::OnDispatch(const Seen& seen, const events::DispatchMessage& message) {
  inbox_.resize(static_cast<size_t>(seen.position.offset) + 1);
  inbox_.back().append_time = seen.record.append_time;
  if (message.has_work()) inbox_.back().work = message.work();
}

void LineObserver::OnWrite(const eventlog::DurableWrite& write, absl::Time now) {
  for (const eventlog::DurableWrite::Task& task : write.tasks) {
    if (task.kind != "dispatcher") continue;
    for (const eventlog::InputPosition& input : task.positions) {
      // One pool lies in one partition: the other has no work.
      if (input.next_offset <= static_cast<int64_t>(inbox_.size())) committed_ = std::max(committed_, input.next_offset);
    }
    dispatcher_wrote_ = true;
  }
}

void LineObserver::Take(int64_t offset) {
  for (; taken_ <= offset && taken_ < static_cast<int64_t>(inbox_.size()); ++taken_) {
    const Arrived& arrived = inbox_[static_cast<size_t>(taken_)];
    clock_ = std::max(clock_, arrived.append_time);
    if (!arrived.work.has_escalation()) continue;
    Waiting& waiting = line_[arrived.work.escalation().id()];
    if (arrived.work.version() > waiting.work.version()) waiting.work = arrived.work;
  }
}

void LineObserver::OnCase(const Seen& seen, const events::CaseMessage& message) {
  if (!message.has_decision() || seen.task == nullptr || seen.task->kind != "dispatcher") return;
  const events::PoolDecision& decision = message.decision();
  const std::optional<Cause> cause = CauseOf(seen.record.id);
  if (cause.has_value() && !cause->due.has_value()) Take(cause->offset);
  Waiting& waiting = line_[decision.escalation_id()];
  clock_ = std::max(clock_, TimeOf(decision.decide_time()));
  switch (decision.decision_case()) {
    case events::PoolDecision::kOffered:
    case events::PoolDecision::kAssigned:
      waiting.waits = false;
      break;
    case events::PoolDecision::kRequeued:
      waiting.waits = true;
      if (decision.requeued().orphaned()) {
        waiting.raise = kOrphanRaise;
      } else {
        left_out_at_[{decision.escalation_id(), decision.agent_id()}] = TimeOf(decision.decide_time());
      }
      break;
    default:
      line_.erase(decision.escalation_id());
  }
}

bool LineObserver::Could(const OfferObserver::Agent& agent, const Waiting& waiting, absl::Duration rest) const {
  const events::DesktopSession& session = agent.session;
  if (session.status() != events::SESSION_STATUS_CONNECTED || session.availability() != events::AVAILABILITY_AVAILABLE)
    return false;
  const auto left_out = left_out_at_.find({waiting.work.escalation().id(), session.agent_id()});
  if (left_out != left_out_at_.end() && clock_ <= left_out->second + rest) return false;
  return std::all_of(waiting.work.escalation().skills().begin(), waiting.work.escalation().skills().end(),
                     [&](const auto& skill) { return std::count(session.skills().begin(), session.skills().end(), skill) > 0; });
}

bool LineObserver::IsBefore(const Waiting& a, const Waiting& b) const {
  if (a.severity() != b.severity()) return a.severity() > b.severity();
  return TimeOf(a.work.age_since_time()) < TimeOf(b.work.age_since_time());
}

void LineObserver::OnNotice(const Seen& seen, const events::DesktopNotice& notice) {
  const std::optional<Cause> cause = CauseOf(seen.record.id);
  if (!cause.has_value()) return;
  if (!cause->due.has_value()) Take(cause->offset);
  if (!notice.has_offer() || notice.offer().status() != events::OFFER_STATUS_CREATED) return;
  const auto offered = line_.find(notice.offer().escalation_id());
  if (offered == line_.end()) return;
  const auto agent = offers_.agents().find(notice.agent_id());
  // What timers find is not known exactly from outside: records of their batch may come before or after them.
  if (offered->second.waits && !cause->due.has_value() && agent != offers_.agents().end()) {
    for (const auto& [id, other] : line_) {
      if (id == offered->first || !other.waits || !Could(agent->second, other, kCoolDown) || !IsBefore(other, offered->second))
        continue;
      verdicts_.Wrong(
          Check::kBestChoice,
          absl::StrCat(notice.agent_id(), " is offered ", offered->first, ", and could take ", id, ", which comes before it"),
          SubjectOf(id));
    }
  }
  offered->second.waits = false;
}

void LineObserver::AfterWrite() {
  if (!std::exchange(dispatcher_wrote_, false)) return;
  Take(committed_ - 1);
  for (const auto& [id, waiting] : line_) {
    if (!waiting.waits || !waiting.work.has_escalation() || offers_.IsWithSomebody(id)) continue;
    for (const auto& [agent_id, agent] : offers_.agents()) {
      if (agent.in_use() >= agent.session.capacity() || !Could(agent, waiting, kRest)) continue;
      verdicts_.Wrong(Check::kNoIdleMatch, absl::StrCat(agent_id, " stands free beside ", id), SubjectOf(id));
    }
  }
}

}  // namespace touchstone::simulation
