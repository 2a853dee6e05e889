#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::e2e {

// What happens to a customer of the traffic; customer n has story n % kStoryCount. In each, at most one moment asks for a
// person, so that which escalation is opened does not depend on when something arrives.
enum Story {
  // Ordered, told when it comes, had it in time.
  kContent,
  // Ordered with a promise that nobody kept.
  kLetDown,
  // Had it damaged.
  kDamaged,
  // Asked the same thing twice.
  kAskedTwice,
  // Had it in time, but that is told after everything else: whether a broken promise is found first depends on the hour.
  kToldLate,
  // Filled a cart and left it.
  kCartLeft,
  kStoryCount,
};

inline constexpr int kTouchpointsPerCustomer = 15;

// The value of the name by which customer `number` goes.
std::string CustomerName(int number);
std::string EmailOf(int number);

// `customers` stories, all of them within 40 hours from `begin` on, told by `at_once` customers in turn before the next begin: a
// touchpoint and the one before it are seldom of one customer. In the order in which they are sent: that of time, but for what is
// told late. The same arguments give the same touchpoints. A value.
class KillTraffic {
 public:
  KillTraffic(int customers, absl::Time begin, int at_once = 60) : customers_(customers), begin_(begin), at_once_(at_once) {}

  size_t size() const { return static_cast<size_t>(customers_) * kTouchpointsPerCustomer; }
  events::v1::Touchpoint At(size_t index) const;

  // Whose touchpoint it is, and which of theirs; its id is `number-step`.
  struct Place {
    int number = 0;
    int step = 0;
  };
  Place PlaceOf(size_t index) const;

 private:
  int customers_;
  absl::Time begin_;
  int at_once_;
};

}  // namespace touchstone::e2e
