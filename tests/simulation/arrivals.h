#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/simulation/fault_plan.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::simulation {

// A touchpoint, and when it comes to us.
struct Arrival {
  absl::Time time;
  std::string key;
  events::v1::Touchpoint touchpoint;
};

struct Crowd {
  // In order of time.
  std::vector<Arrival> arrivals;
  std::set<std::string> customers;
};

// Customers of the retail pack's examples, chosen by `chance`, around `present`: their touchpoints arrive as they happen, some
// late, some twice. Of `only`, where it is not empty, the others stay away.
Crowd CrowdAround(absl::Time present, int customers, const std::set<std::string>& only, std::mt19937_64& chance,
                  FaultPlan& faults);

}  // namespace touchstone::simulation
