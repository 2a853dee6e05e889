#pragma once

#include <vector>

namespace touchstone::benchmarks {

// A figure over several rounds.
struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};

// Of one value or more; crashes where there is none.
Spread SpreadOf(std::vector<double> rounds);

// The smallest value that at least `share` (0 to 1) of all values are not above. Of one value or more.
double Percentile(std::vector<double> values, double share);

}  // namespace touchstone::benchmarks
