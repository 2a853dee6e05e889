#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/routing/testing/routing_house.h"

namespace touchstone::routing {

// Somebody outside who reads what routing writes, and nothing else, and holds it to what must always be true (routing.md). It
// shares no code with what it watches.
class RoutingObserver {
 public:
  explicit RoutingObserver(const RoutingHouse& house) : house_(house) {}

  // Reads on, and checks every record as it comes.
  void Observe();
  // Checks what must hold when nothing is left to do now.
  void AtRest();

  // What was found wrong.
  const std::vector<std::string>& faults() const { return faults_; }
  // Offers made so far, and how they ended: that the watched did something worth watching.
  const std::map<events::v1::OfferStatus, int>& offer_ends() const { return offer_ends_; }
  const std::map<std::string, events::v1::Escalation>& escalations() const { return escalations_; }
  // Open offers, by id.
  const std::map<std::string, events::v1::Offer>& open_offers() const { return open_offers_; }

 private:
  struct Agent {
    events::v1::DesktopSession session;
    std::set<std::string> owned;
  };

  void Fault(std::string what) { faults_.push_back(std::move(what)); }
  void OnNotice(const events::v1::DesktopNotice& notice);
  void OnOffer(const events::v1::Offer& offer);
  void OnWork(const std::string& agent_id, const events::v1::Escalation& escalation);
  void OnSession(const events::v1::DesktopSession& session);
  void OnChange(const events::v1::Escalation& escalation);
  void OnDecision(const events::v1::PoolDecision& decision);
  int InUse(const std::string& agent_id) const;
  // Whether the agent might be offered it at all.
  bool Could(const Agent& agent, const events::v1::Escalation& escalation) const;

  const RoutingHouse& house_;
  size_t notices_read_ = 0;
  size_t changes_read_ = 0;
  size_t case_messages_read_ = 0;
  std::vector<std::string> faults_;

  // Offers: who is open, who has ended.
  std::map<std::string, events::v1::Offer> open_offers_;
  std::set<std::string> ended_offers_;
  std::map<events::v1::OfferStatus, int> offer_ends_;
  std::map<std::string, std::string> open_offer_of_;
  // Who owns what.
  std::map<std::string, std::string> owner_of_;
  // Who accepted the last offer of it, if that is how it ended.
  std::map<std::string, std::string> accepted_by_;
  std::map<std::string, Agent> agents_;
  // When an agent was last left out of a work.
  std::map<std::pair<std::string, std::string>, absl::Time> left_out_at_;
  std::map<std::string, events::v1::Escalation> escalations_;
  std::map<std::string, std::string> open_of_subject_;
  std::map<std::string, int64_t> sequences_;
};

}  // namespace touchstone::routing
