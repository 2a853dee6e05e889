#include "tests/simulation/observers/offer_observer.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/simulation/observers/cause.h"

namespace touchstone::simulation {

namespace events = touchstone::events::v1;

namespace {

bool IsOpen(const events::Offer& offer) {
  return offer.status() == events::OFFER_STATUS_CREATED || offer.status() == events::OFFER_STATUS_DELIVERED;
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

}  // namespace

void OfferObserver::Wrong(Check check, const std::string& what, const std::string& escalation) {
  verdicts_.Wrong(check, what, SubjectOf(escalation));
}

void OfferObserver::OnDispatch(const Seen& seen, const events::DispatchMessage& message) {
  if (!message.has_signal() || !message.signal().has_accepted()) return;
  accepts_.try_emplace({message.signal().accepted().offer_id(), message.signal().session_id()},
                       Accept{seen.position.offset, seen.record.append_time});
}

void OfferObserver::OnNotice(const Seen& seen, const events::DesktopNotice& notice) {
  if (notice.sequence() != 0) {
    int64_t& sequence = sequences_[notice.agent_id()];
    // An agent who was gone for a day is forgotten, and counted anew.
    const bool is_anew = notice.sequence() == 1 && notice.session_id() > agents_[notice.agent_id()].session.id() &&
                         agents_[notice.agent_id()].session.status() == events::SESSION_STATUS_DISCONNECTED;
    if (notice.sequence() != sequence + 1 && !is_anew) {
      verdicts_.Wrong(Check::kVersionsRise,
                      absl::StrCat("notice ", notice.sequence(), " of ", notice.agent_id(), " follows upon ", sequence));
    }
    sequence = notice.sequence();
  }
  if (notice.has_offer()) OnOffer(seen, notice.offer());
  if (notice.has_escalation()) OnWork(notice.agent_id(), notice.escalation());
  if (notice.has_session()) OnSession(notice.session());
}

void OfferObserver::OnOffer(const Seen& seen, const events::Offer& offer) {
  if (ended_offers_.contains(offer.id()))
    return Wrong(Check::kOfferEndsOnce, absl::StrCat("offer ", offer.id(), " is told of after its end"), offer.escalation_id());
  const bool is_known = open_offers_.contains(offer.id());
  if (!IsOpen(offer)) return OnOfferEnd(seen, offer);
  if (!is_known) OnNewOffer(offer);
  open_offers_[offer.id()] = offer;
}

void OfferObserver::OnNewOffer(const events::Offer& offer) {
  const std::string& escalation = offer.escalation_id();
  if (open_offer_of_.contains(escalation))
    Wrong(Check::kOneOpenOffer, absl::StrCat(escalation, " has a second open offer"), escalation);
  if (owner_of_.contains(escalation))
    Wrong(Check::kOneOpenOffer, absl::StrCat(escalation, " is offered while ", owner_of_[escalation], " owns it"), escalation);
  open_offer_of_[escalation] = offer.id();
  Agent& agent = agents_[offer.agent_id()];
  ++agent.offered;
  if (agent.in_use() > agent.session.capacity())
    Wrong(Check::kCapacityKept, absl::StrCat(offer.agent_id(), " is offered more than fits"), escalation);
  if (agent.session.status() != events::SESSION_STATUS_CONNECTED ||
      agent.session.availability() != events::AVAILABILITY_AVAILABLE || offer.session_id() != agent.session.id()) {
    Wrong(Check::kOfferedWhileThere,
          absl::StrCat(offer.agent_id(), " is offered ", escalation, " at session ", offer.session_id(), ", and is not there"),
          escalation);
  }
}

void OfferObserver::OnOfferEnd(const Seen& seen, const events::Offer& offer) {
  const std::string& escalation = offer.escalation_id();
  if (open_offers_.erase(offer.id()) == 0) {
    Wrong(Check::kOfferEndsOnce, absl::StrCat("offer ", offer.id(), " ends before it began"), escalation);
  } else {
    --agents_[offer.agent_id()].offered;
  }
  open_offer_of_.erase(escalation);
  ended_offers_.insert(offer.id());
  accepted_by_.erase(escalation);
  if (offer.status() == events::OFFER_STATUS_ACCEPTED) {
    accepted_by_[escalation] = offer.agent_id();
    return;
  }
  if (offer.status() == events::OFFER_STATUS_TIMED_OUT && seen.now < TimeOf(offer.answer_deadline())) {
    Wrong(Check::kTimerNotEarly, absl::StrCat("offer ", offer.id(), " is timed out before its deadline"), escalation);
  }
  const auto accept = accepts_.find({offer.id(), offer.session_id()});
  const std::optional<Cause> cause = CauseOf(seen.record.id);
  if (accept == accepts_.end() || !cause.has_value()) return;
  // A record appended at a deadline meets it.
  const bool was_first =
      cause->due.has_value() ? accept->second.append_time <= *cause->due : accept->second.offset < cause->offset;
  if (!was_first) return;
  Wrong(cause->due.has_value() ? Check::kAnswerBeforeDeadline : Check::kAcceptCounts,
        absl::StrCat("offer ", offer.id(), " is ", events::OfferStatus_Name(offer.status()), " (", offer.reason(),
                     "), though it was accepted before, at offset ", accept->second.offset),
        escalation);
}

void OfferObserver::OnWork(const std::string& agent_id, const events::Escalation& escalation) {
  const std::string& id = escalation.id();
  const auto owner = owner_of_.find(id);
  if (escalation.status() == events::ESCALATION_STATUS_ASSIGNED) {
    const auto accepted = accepted_by_.find(id);
    if (owner != owner_of_.end() && owner->second != agent_id) {
      Wrong(Check::kOneOwner, absl::StrCat(id, " has two owners, ", owner->second, " and ", agent_id), id);
    } else if (owner == owner_of_.end() && (accepted == accepted_by_.end() || accepted->second != agent_id)) {
      Wrong(Check::kOwnerAccepted, absl::StrCat(id, " is given to ", agent_id, ", who accepted no offer of it"), id);
    }
    owner_of_[id] = agent_id;
    agents_[agent_id].owned.insert(id);
    return;
  }
  if (escalation.status() == events::ESCALATION_STATUS_CANCELLED && absl::StrContains(escalation.change(), "system:"))
    Wrong(Check::kOwnerAccepted, absl::StrCat(id, " is taken from ", agent_id, " by nobody with a name"), id);
  if (owner == owner_of_.end() || owner->second != agent_id) {
    Wrong(Check::kOneOwner, absl::StrCat(agent_id, " loses ", id, " that is not theirs"), id);
    return;
  }
  owner_of_.erase(owner);
  agents_[agent_id].owned.erase(id);
}

void OfferObserver::OnSession(const events::DesktopSession& session) {
  Agent& agent = agents_[session.agent_id()];
  const auto wrong = [&](absl::string_view what) {
    verdicts_.Wrong(Check::kUnitsAddUp, absl::StrCat("session ", session.id(), " of ", session.agent_id(), ": ", what));
  };
  if (session.id() < agent.session.id()) {
    verdicts_.Wrong(Check::kOfferedWhileThere, absl::StrCat(session.agent_id(), " goes back to session ", session.id()));
  }
  agent.session = session;
  if (session.in_use() != agent.in_use()) wrong(absl::StrCat("said to use ", session.in_use(), ", told of ", agent.in_use()));
  const std::set<std::string> held(session.held_escalation_ids().begin(), session.held_escalation_ids().end());
  if (held != agent.owned) wrong("holds other work than it was told of");
  if (session.status() != events::SESSION_STATUS_CONNECTED && agent.offered > 0) wrong("is not there, and something is offered");
  if (session.status() == events::SESSION_STATUS_DISCONNECTED && !held.empty()) wrong("is gone and keeps work");
}

void OfferObserver::AtRest(absl::Time now) {
  for (const auto& [id, offer] : open_offers_)
    Wrong(Check::kOfferEndsOnce, absl::StrCat("offer ", id, " never ends"), offer.escalation_id());
}

}  // namespace touchstone::simulation
