// What the dispatcher tells desktops and cases.
#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/ids/id.h"
#include "services/routing/domain/dispatcher.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;

events::DesktopNotice& Dispatcher::AddNotice(PoolAgent& agent, Step& step) {
  state::v1::AgentState& state = agent.state;
  state.set_notice_sequence(state.notice_sequence() + 1);
  step.effects.agents.insert(state.agent_id());
  events::DesktopNotice& notice = step.effects.notices.emplace_back();
  notice.set_id(absl::StrCat(pool_, "~", state.session_id(), "~", state.notice_sequence()));
  notice.set_pool(pool_);
  notice.set_agent_id(state.agent_id());
  notice.set_session_id(state.session_id());
  notice.set_sequence(state.notice_sequence());
  return notice;
}

void Dispatcher::TellSession(PoolAgent& agent, Step& step) {
  const state::v1::AgentState& state = agent.state;
  events::DesktopSession& session = *AddNotice(agent, step).mutable_session();
  session.set_id(state.session_id());
  session.set_agent_id(state.agent_id());
  session.set_pool(pool_);
  session.set_status(state.status());
  session.set_availability(state.availability());
  session.set_availability_reason(state.availability_reason());
  session.set_capacity(state.capacity());
  session.set_in_use(agent.in_use());
  *session.mutable_skills() = state.skills();
  session.set_instance(state.instance());
  session.set_resumed_session_id(state.resumed_session_id());
  for (const std::string& escalation_id : agent.owned()) session.add_held_escalation_ids(escalation_id);
}

void Dispatcher::TellWork(PoolAgent& agent, const PoolWork& work, events::EscalationStatus status, absl::string_view change,
                          Step& step) {
  events::Escalation& escalation = *AddNotice(agent, step).mutable_escalation();
  escalation = work.state.work().escalation();
  escalation.set_status(status);
  escalation.set_agent_id(agent.state.agent_id());
  escalation.set_change(std::string(change));
}

void Dispatcher::TellOffer(const events::Offer& offer, Step& step) {
  if (PoolAgent* agent = parts_.FindAgent(offer.agent_id())) *AddNotice(*agent, step).mutable_offer() = offer;
}

void Dispatcher::Refuse(const events::DesktopSignal& signal, absl::string_view reason, absl::string_view message, Step& step) {
  events::DesktopNotice* notice;
  if (PoolAgent* agent = parts_.FindAgent(signal.agent_id())) {
    notice = &AddNotice(*agent, step);
  } else {
    notice = &step.effects.notices.emplace_back();
    notice->set_id(absl::StrCat(pool_, "~refused~", signal.signal_id()));
    notice->set_pool(pool_);
    notice->set_agent_id(signal.agent_id());
  }
  // To the session that said it, which need not be the agent's newest.
  notice->set_session_id(signal.session_id());
  events::SignalRefused& refused = *notice->mutable_refused();
  refused.set_signal_id(signal.signal_id());
  refused.set_reason(std::string(reason));
  refused.set_message(std::string(message));
}

events::PoolDecision& Dispatcher::Decide(const PoolWork& work, absl::string_view agent_id, Step& step) {
  events::CaseMessage& message = step.effects.decisions.emplace_back();
  message.set_subject(work.state.work().escalation().subject());
  events::PoolDecision& decision = *message.mutable_decision();
  decision.set_escalation_id(work.id());
  decision.set_work_version(work.state.work().version());
  decision.set_pool(pool_);
  decision.set_agent_id(std::string(agent_id));
  *decision.mutable_decide_time() = clock::ToProto(step.now);
  return decision;
}

void Dispatcher::AnswerClosed(const std::string& escalation_id, int64_t version, Step& step) {
  const absl::StatusOr<absl::string_view> subject = ids::OwnerOf(escalation_id);
  if (!subject.ok()) return;  // No id of ours: there is no case to tell.
  events::CaseMessage& message = step.effects.decisions.emplace_back();
  message.set_subject(std::string(*subject));
  events::PoolDecision& decision = *message.mutable_decision();
  decision.set_escalation_id(escalation_id);
  decision.set_work_version(version);
  decision.set_pool(pool_);
  *decision.mutable_decide_time() = clock::ToProto(step.now);
  decision.mutable_closed();
}

}  // namespace touchstone::routing
