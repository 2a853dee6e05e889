#pragma once

#include "services/classification/testing/naive_journey.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::classification::naive {

// The packs core and retail, told once more in C++: what a simulation of the whole suite is held to.
Rules RetailRules();

// A touchpoint as the naive journey has it; its strand by the packs' `strands`: the order, else the case.
Fact FactOf(const events::v1::Touchpoint& touchpoint);

}  // namespace touchstone::classification::naive
