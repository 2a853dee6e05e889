#include "services/routing/testing/routing_observer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;

namespace {

// As StoryPolicy says it.
constexpr absl::Duration kRest = absl::Seconds(10);

bool IsOpen(const events::Escalation& escalation) {
  return escalation.status() == events::ESCALATION_STATUS_QUEUED || escalation.status() == events::ESCALATION_STATUS_OFFERED ||
         escalation.status() == events::ESCALATION_STATUS_ASSIGNED;
}

bool IsOpen(const events::Offer& offer) {
  return offer.status() == events::OFFER_STATUS_CREATED || offer.status() == events::OFFER_STATUS_DELIVERED;
}

}  // namespace

void RoutingObserver::Observe() {
  for (; notices_read_ < house_.notices().size(); ++notices_read_) OnNotice(house_.notices()[notices_read_]);
  for (; case_messages_read_ < house_.case_messages().size(); ++case_messages_read_) {
    const events::CaseMessage& message = house_.case_messages()[case_messages_read_];
    if (message.has_decision()) OnDecision(message.decision());
  }
  for (; changes_read_ < house_.changes().size(); ++changes_read_) OnChange(house_.changes()[changes_read_]);
}

void RoutingObserver::OnNotice(const events::DesktopNotice& notice) {
  if (notice.sequence() != 0) {
    int64_t& sequence = sequences_[notice.agent_id()];
    if (notice.sequence() != sequence + 1) Fault(absl::StrCat("notices of ", notice.agent_id(), " are not counted one by one"));
    sequence = notice.sequence();
  }
  if (notice.has_offer()) OnOffer(notice.offer());
  if (notice.has_escalation()) OnWork(notice.agent_id(), notice.escalation());
  if (notice.has_session()) OnSession(notice.session());
}

void RoutingObserver::OnOffer(const events::Offer& offer) {
  const std::string& escalation = offer.escalation_id();
  if (ended_offers_.contains(offer.id())) return Fault(absl::StrCat("offer ", offer.id(), " is told of after its end"));
  const bool known = open_offers_.contains(offer.id());
  if (IsOpen(offer)) {
    if (known && offer.escalation().version() < open_offers_[offer.id()].escalation().version()) {
      Fault(absl::StrCat("offer ", offer.id(), " goes back to an older state of its escalation"));
    }
    open_offers_[offer.id()] = offer;
    if (known) return;
    if (open_offer_of_.contains(escalation)) Fault(absl::StrCat(escalation, " has a second open offer"));
    if (owner_of_.contains(escalation)) Fault(absl::StrCat(escalation, " is offered while ", owner_of_[escalation], " owns it"));
    open_offer_of_[escalation] = offer.id();
    const events::DesktopSession& session = agents_[offer.agent_id()].session;
    if (InUse(offer.agent_id()) > session.capacity()) Fault(absl::StrCat(offer.agent_id(), " is offered more than fits"));
    if (session.status() != events::SESSION_STATUS_CONNECTED || session.availability() != events::AVAILABILITY_AVAILABLE) {
      Fault(absl::StrCat(offer.agent_id(), " is offered work without being there"));
    }
    if (offer.session_id() != session.id()) Fault(absl::StrCat(offer.agent_id(), " is offered work at an old session"));
    return;
  }
  if (!known) Fault(absl::StrCat("offer ", offer.id(), " ends before it began"));
  open_offers_.erase(offer.id());
  open_offer_of_.erase(escalation);
  ended_offers_.insert(offer.id());
  ++offer_ends_[offer.status()];
  accepted_by_.erase(escalation);
  if (offer.status() == events::OFFER_STATUS_ACCEPTED) accepted_by_[escalation] = offer.agent_id();
}

void RoutingObserver::OnWork(const std::string& agent_id, const events::Escalation& escalation) {
  const std::string& id = escalation.id();
  if (escalation.status() == events::ESCALATION_STATUS_ASSIGNED) {
    auto owner = owner_of_.find(id);
    if (owner != owner_of_.end() && owner->second != agent_id) {
      Fault(absl::StrCat(id, " has two owners, ", owner->second, " and ", agent_id));
    }
    auto accepted = accepted_by_.find(id);
    if (owner == owner_of_.end() && (accepted == accepted_by_.end() || accepted->second != agent_id)) {
      Fault(absl::StrCat(id, " is given to ", agent_id, ", who accepted no offer of it"));
    }
    owner_of_[id] = agent_id;
    agents_[agent_id].owned.insert(id);
    return;
  }
  if (escalation.status() == events::ESCALATION_STATUS_CANCELLED && absl::StrContains(escalation.change(), "system:")) {
    Fault(absl::StrCat(id, " is taken from ", agent_id, " by nobody with a name"));
  }
  if (!owner_of_.contains(id) || owner_of_[id] != agent_id) Fault(absl::StrCat(agent_id, " loses ", id, " that is not theirs"));
  owner_of_.erase(id);
  agents_[agent_id].owned.erase(id);
}

void RoutingObserver::OnSession(const events::DesktopSession& session) {
  Agent& agent = agents_[session.agent_id()];
  if (session.id() < agent.session.id()) Fault(absl::StrCat(session.agent_id(), " goes back to an older session"));
  agent.session = session;
  if (session.in_use() != InUse(session.agent_id())) {
    Fault(absl::StrCat(session.agent_id(), " is said to use ", session.in_use(), ", the log gives ", InUse(session.agent_id())));
  }
  if (session.status() != events::SESSION_STATUS_CONNECTED && session.in_use() > static_cast<int>(agent.owned.size())) {
    Fault(absl::StrCat(session.agent_id(), " is not there, and something is still offered"));
  }
  const std::set<std::string> held(session.held_escalation_ids().begin(), session.held_escalation_ids().end());
  if (held != agent.owned) Fault(absl::StrCat(session.agent_id(), " is told of other work than the log gives"));
  if (session.status() == events::SESSION_STATUS_DISCONNECTED && !held.empty()) {
    Fault(absl::StrCat(session.agent_id(), " is gone and keeps work"));
  }
}

void RoutingObserver::OnDecision(const events::PoolDecision& decision) {
  if (!decision.has_requeued() || decision.requeued().orphaned()) return;
  const std::string& reason = decision.requeued().reason();
  if (absl::StartsWith(reason, "declined") || absl::StartsWith(reason, "not answered") ||
      absl::StartsWith(reason, "not delivered")) {
    left_out_at_[{decision.escalation_id(), decision.agent_id()}] = clock::TimeFrom(decision.decide_time());
  }
}

void RoutingObserver::OnChange(const events::Escalation& escalation) {
  events::Escalation& known = escalations_[escalation.id()];
  if (escalation.version() != known.version() + 1) Fault(absl::StrCat(escalation.id(), " skips a version"));
  if (known.version() > 0 && !IsOpen(known) && escalation.status() != known.status()) {
    Fault(absl::StrCat(escalation.id(), " changes its state after its end"));
  }
  std::string& open = open_of_subject_[escalation.subject()];
  if (IsOpen(escalation)) {
    if (!open.empty() && open != escalation.id()) Fault(absl::StrCat(escalation.subject(), " has two open escalations"));
    open = escalation.id();
  } else if (open == escalation.id()) {
    open.clear();
  }
  known = escalation;
}

int RoutingObserver::InUse(const std::string& agent_id) const {
  int count = 0;
  for (const auto& [id, offer] : open_offers_) count += offer.agent_id() == agent_id;
  for (const auto& [escalation, owner] : owner_of_) count += owner == agent_id;
  return count;
}

bool RoutingObserver::Could(const Agent& agent, const events::Escalation& escalation) const {
  const events::DesktopSession& session = agent.session;
  if (session.status() != events::SESSION_STATUS_CONNECTED || session.availability() != events::AVAILABILITY_AVAILABLE)
    return false;
  if (InUse(session.agent_id()) >= session.capacity()) return false;
  return std::all_of(escalation.skills().begin(), escalation.skills().end(), [&](const std::string& skill) {
    return std::count(session.skills().begin(), session.skills().end(), skill) > 0;
  });
}

void RoutingObserver::AtRest() {
  for (const auto& [id, escalation] : escalations_) {
    const bool offered = open_offer_of_.contains(id);
    const bool owned = owner_of_.contains(id);
    const events::EscalationStatus expected = owned     ? events::ESCALATION_STATUS_ASSIGNED
                                              : offered ? events::ESCALATION_STATUS_OFFERED
                                                        : events::ESCALATION_STATUS_QUEUED;
    if (!IsOpen(escalation)) {
      if (offered || owned) Fault(absl::StrCat(id, " is closed, and somebody still has it"));
      continue;
    }
    if (escalation.status() != expected) Fault(absl::StrCat(id, " is not as its pool has it"));
    if (expected != events::ESCALATION_STATUS_QUEUED) continue;
    for (const auto& [agent_id, agent] : agents_) {
      if (!Could(agent, escalation)) continue;
      auto left_out = left_out_at_.find({id, agent_id});
      if (left_out != left_out_at_.end() && house_.now() < left_out->second + kRest) continue;
      Fault(absl::StrCat(agent_id, " stands free beside ", id));
    }
  }
}

}  // namespace touchstone::routing
