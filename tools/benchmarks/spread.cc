#include "tools/benchmarks/spread.h"

#include <algorithm>
#include <cmath>

#include "common/status/invariant.h"

namespace touchstone::benchmarks {

Spread SpreadOf(std::vector<double> rounds) {
  INVARIANT(!rounds.empty(), "a figure has at least one round");
  std::sort(rounds.begin(), rounds.end());
  const size_t middle = rounds.size() / 2;
  const double median = rounds.size() % 2 == 1 ? rounds[middle] : (rounds[middle - 1] + rounds[middle]) / 2;
  return {median, rounds.front(), rounds.back()};
}

double Percentile(std::vector<double> values, double share) {
  INVARIANT(!values.empty(), "a percentile is of at least one value");
  const double rank = std::ceil(share * static_cast<double>(values.size()));
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(std::clamp(rank, 1.0, static_cast<double>(values.size()))) - 1;
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

}  // namespace touchstone::benchmarks
