#pragma once

#include <map>
#include <string>

#include "services/classification/testing/naive_journey.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::e2e {

// The rules of the retail pack, and of what it extends, that can hold for the touchpoints of kill_traffic.h, told once more for
// the naive journey. One that is missing here, and finds something, is found out: what the two find must be equal.
struct NaiveRetail {
  classification::naive::Rules rules;
  // Of rules that state the stage of their moments.
  std::map<std::string, classification::naive::Stage> stated_stages;
};
NaiveRetail RetailForTheTraffic();

classification::naive::Fact FactOf(const events::v1::Touchpoint& touchpoint);

}  // namespace touchstone::e2e
