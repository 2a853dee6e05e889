#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/simulation/observers/observer.h"
#include "tests/simulation/verdicts.h"

namespace touchstone::simulation {

// Escalations as escalations.v1 tells them, held to routing.md 2: one open for a customer, none lost, none left behind.
class CaseObserver : public Observer {
 public:
  explicit CaseObserver(Verdicts& verdicts) : verdicts_(verdicts) {}

  void OnWrite(const eventlog::DurableWrite& write, absl::Time now) override;
  void OnJourneyEvent(const Seen& seen, const events::v1::JourneyEvent& event) override;
  void OnEscalation(const Seen& seen, const events::v1::Escalation& escalation) override;
  void AtRest(absl::Time now) override;

  // How many are open now.
  int64_t open_count() const { return open_count_; }
  int64_t count() const { return static_cast<int64_t>(latest_.size()); }

 private:
  // A moment that is told of and calls for a person.
  struct Calling {
    int32_t partition = 0;
    int64_t offset = 0;
    absl::Time occur_time;
    bool called_throughout = true;
    bool is_held = false;
    // When the case had heard of it.
    absl::Time heard = absl::InfiniteFuture();
  };
  void OnMoment(const Seen& seen, const events::v1::MomentOfTruth& moment);

  Verdicts& verdicts_;
  std::map<std::string, events::v1::Escalation> latest_;
  int64_t open_count_ = 0;
  std::map<std::string, std::string> open_of_;
  std::map<std::string, Calling> calling_;
};

}  // namespace touchstone::simulation
