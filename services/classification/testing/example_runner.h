#pragma once

#include <memory>
#include <string>
#include <vector>

#include "services/classification/domain/pack.h"
#include "services/classification/pack_examples.h"

namespace touchstone::classification {

// What of an example's expectation a pack does not meet, in words, with a map of the journey; empty: all is met.
std::string Unmet(const Example& example, std::shared_ptr<const Pack> pack);

}  // namespace touchstone::classification
