#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/observers/observer.h"
#include "tests/simulation/observers/offer_observer.h"
#include "tests/simulation/verdicts.h"

namespace touchstone::simulation {

// The dispatcher's line as its inbox and its decisions tell it, held to routing.md 5: after each commit nobody who could take it
// stands beside a waiting escalation, and what is offered is the first in line of what that agent could take.
class LineObserver : public Observer {
 public:
  // `offers` outlives it, and is told of each record before it.
  LineObserver(const OfferObserver& offers, Verdicts& verdicts) : offers_(offers), verdicts_(verdicts) {}

  void OnWrite(const eventlog::DurableWrite& write, absl::Time now) override;
  void OnDispatch(const Seen& seen, const events::v1::DispatchMessage& message) override;
  void OnCase(const Seen& seen, const events::v1::CaseMessage& message) override;
  void OnNotice(const Seen& seen, const events::v1::DesktopNotice& notice) override;
  void AfterWrite() override;

 private:
  struct Arrived {
    absl::Time append_time;
    // Empty: no work.
    events::v1::Work work;
  };
  struct Waiting {
    events::v1::Work work;
    int raise = 0;
    bool waits = true;

    int severity() const { return std::min(100, work.escalation().severity() + raise); }
  };

  // Takes the inbox into account up to and with this offset.
  void Take(int64_t offset);
  bool Could(const OfferObserver::Agent& agent, const Waiting& waiting, absl::Duration rest) const;
  bool IsBefore(const Waiting& a, const Waiting& b) const;

  const OfferObserver& offers_;
  Verdicts& verdicts_;
  // The pool's partition of dispatch.v1, by offset.
  std::vector<Arrived> inbox_;
  int64_t taken_ = 0;
  int64_t committed_ = 0;
  bool dispatcher_wrote_ = false;
  // Of what was taken: how late it is.
  absl::Time clock_ = absl::InfinitePast();
  std::map<std::string, Waiting> line_;
  // When an agent was last left out of a work.
  std::map<std::pair<std::string, std::string>, absl::Time> left_out_at_;
};

}  // namespace touchstone::simulation
