#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::benchmarks {

// Customers of a shop that never was: an endless, seeded sequence of their touchpoints in the words of the retail pack.
// Stories of browsing, buying, asking and, now and then, of a delivery gone wrong are told by many customers at once, so that
// touchpoints of one customer lie far apart; about a fifth of all touchpoints make a moment of truth, one in a hundred calls for
// a person. The same seed gives the same sequence. Not thread-safe.
class Customers {
 public:
  // Customers whose stories are being told at one time: this many touchpoints lie between two of one customer.
  static constexpr size_t kAtOnce = 2000;

  // `touchpoints_each`: after so many a customer's place is taken by a new one, also in the middle of a story; 0: after three
  // stories.
  explicit Customers(uint64_t seed, int touchpoints_each = 0);

  // The next touchpoint; its id is `ID_PREFIX` and the number of touchpoints before it. Times may not fall.
  events::v1::Touchpoint Next(absl::Time occur_time);

  int64_t count() const { return count_; }

  static constexpr char kIdPrefix[] = "b-";

 private:
  struct Teller {
    int64_t customer = 0;
    int64_t order = 0;
    size_t story = 0;
    size_t step = 0;
    int stories_told = 0;
    int touchpoints_told = 0;
  };

  void BeginStory(Teller& teller);
  void BeginCustomer(Teller& teller);
  size_t Below(size_t limit) { return static_cast<size_t>(random_() % limit); }

  const int touchpoints_each_;
  std::mt19937_64 random_;
  std::vector<Teller> tellers_;
  int64_t count_ = 0;
  int64_t customer_count_ = 0;
  int64_t order_count_ = 0;
};

}  // namespace touchstone::benchmarks
