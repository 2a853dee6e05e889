#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/observers/observer.h"
#include "tests/simulation/verdicts.h"

namespace touchstone::simulation {

// What agents are told (offers.v1), held to routing.md 1, 3 and 4: who is offered what, who owns it, how much fits, how offers
// end.
class OfferObserver : public Observer {
 public:
  explicit OfferObserver(Verdicts& verdicts) : verdicts_(verdicts) {}

  void OnNotice(const Seen& seen, const events::v1::DesktopNotice& notice) override;
  void OnDispatch(const Seen& seen, const events::v1::DispatchMessage& message) override;
  void AtRest(absl::Time now) override;

  // An agent as its notices have it.
  struct Agent {
    events::v1::DesktopSession session;
    std::set<std::string> owned;
    int offered = 0;

    int in_use() const { return static_cast<int>(owned.size()) + offered; }
  };
  const std::map<std::string, Agent>& agents() const { return agents_; }
  // Whether somebody has it, or is offered it.
  bool IsWithSomebody(const std::string& escalation) const {
    return open_offer_of_.contains(escalation) || owner_of_.contains(escalation);
  }

 private:
  struct Accept {
    int64_t offset = 0;
    absl::Time append_time;
  };

  void OnOffer(const Seen& seen, const events::v1::Offer& offer);
  void OnNewOffer(const events::v1::Offer& offer);
  void OnOfferEnd(const Seen& seen, const events::v1::Offer& offer);
  void OnWork(const std::string& agent_id, const events::v1::Escalation& escalation);
  void OnSession(const events::v1::DesktopSession& session);
  void Wrong(Check check, const std::string& what, const std::string& escalation);

  Verdicts& verdicts_;
  std::map<std::string, events::v1::Offer> open_offers_;
  std::set<std::string> ended_offers_;
  std::map<std::string, std::string> open_offer_of_;
  std::map<std::string, std::string> owner_of_;
  // Who accepted the last offer of it, if that is how it ended.
  std::map<std::string, std::string> accepted_by_;
  std::map<std::string, Agent> agents_;
  std::map<std::string, int64_t> sequences_;
  // The first accept of (offer, session) in the inbox.
  std::map<std::pair<std::string, int64_t>, Accept> accepts_;
};

}  // namespace touchstone::simulation
