#pragma once

#include <memory>
#include <vector>

#include "services/classification/domain/pack.h"
#include "services/classification/testing/naive_journey.h"

namespace touchstone::classification::naive {

// Small packs told twice: in YAML for the domain, in C++ for the naive journey. Every clause there is, is in one of them.
struct TwinPack {
  std::shared_ptr<const Pack> pack;
  Rules rules;
};

std::vector<TwinPack> TwinPacks();

}  // namespace touchstone::classification::naive
