#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "services/classification/domain/pack.h"
#include "tests/simulation/observers/observer.h"
#include "tests/simulation/verdicts.h"

namespace touchstone::simulation {

// Moments as journey-events.v1 tells them: each step must follow from the one before, and what they add up to must be what an
// undisturbed run, and a naive fold, find in the same touchpoints.
class JourneyObserver : public Observer {
 public:
  JourneyObserver(std::shared_ptr<const classification::Pack> pack, Verdicts& verdicts)
      : pack_(std::move(pack)), verdicts_(verdicts) {}

  void OnTouchpoint(const Seen& seen, const events::v1::Touchpoint& touchpoint) override;
  void OnJourneyEvent(const Seen& seen, const events::v1::JourneyEvent& event) override;
  void OnDigest(const Seen& seen, const events::v1::JourneyDigest& digest) override;
  void AtRest(absl::Time now) override;

  int64_t moment_count() const;

 private:
  struct Journey {
    // As they were told; by id.
    std::map<std::string, events::v1::MomentOfTruth> moments;
    events::v1::JourneyDigest digest;
    // In the order of the log, without repeats.
    std::vector<events::v1::Touchpoint> touchpoints;
    std::set<std::string> touchpoint_ids;
  };

  void CheckUndisturbed(const std::string& subject, const Journey& journey, absl::Time now);
  void CheckNaive(const std::string& subject, const Journey& journey, absl::Time now);

  const std::shared_ptr<const classification::Pack> pack_;
  Verdicts& verdicts_;
  std::map<std::string, Journey> journeys_;
};

}  // namespace touchstone::simulation
