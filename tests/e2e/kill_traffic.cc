#include "tests/e2e/kill_traffic.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"

namespace touchstone::e2e {
namespace {

namespace events = touchstone::events::v1;

constexpr absl::Duration kBetween = absl::Minutes(150);
// Of the promise that is kept or broken, and of one that is not due before the test is over.
constexpr absl::Duration kShortPromise = absl::Hours(8);
constexpr absl::Duration kLongPromise = absl::Hours(240);
constexpr int kOrdered = 4;

struct Step {
  const char* type;
  const char* topic = "";
  events::Channel channel = events::CHANNEL_WEB;
};

// What customers do where their story says nothing else: nothing in it is worth a person's time.
constexpr Step kEveryday[kTouchpointsPerCustomer] = {
    {"site.visited"}, {"search.made"},       {"product.viewed"}, {"site.visited"}, {"order.purchased"},
    {"site.visited"}, {"newsletter.opened"}, {"site.visited"},   {"app.opened"},   {"product.viewed"},
    {"site.visited"}, {"newsletter.opened"}, {"app.opened"},     {"site.visited"}, {"app.opened"},
};

Step StepOf(int story, int step) {
  const bool delivered = story == kContent || story == kDamaged;
  if (step == 6 && delivered) return {"order.delivered", "", events::CHANNEL_POST};
  if (step == kTouchpointsPerCustomer - 1 && story == kToldLate) return {"order.delivered", "", events::CHANNEL_POST};
  if (step == 8 && story == kDamaged) return {"complaint.made", "damage", events::CHANNEL_EMAIL};
  if ((step == 7 || step == 9) && story == kAskedTwice) return {"contact.started", "invoice", events::CHANNEL_PHONE};
  if (story == kCartLeft && step == 3) return {"cart.filled"};
  if (story == kCartLeft && step == kOrdered) return {"site.visited"};
  return kEveryday[step];
}

absl::Duration TimeOf(int story, int step) {
  // In time, and told last.
  if (story == kToldLate && step == kTouchpointsPerCustomer - 1) return kBetween * kOrdered + absl::Hours(6);
  return kBetween * step;
}

events::Touchpoint TouchpointOf(int number, int step, absl::Time begin) {
  const int story = number % kStoryCount;
  const Step what = StepOf(story, step);
  const absl::Time at = begin + TimeOf(story, step) + absl::Seconds(number % 3000);
  events::Touchpoint touchpoint;
  touchpoint.set_id(absl::StrCat(number, "-", step));
  touchpoint.set_source("e2e");
  touchpoint.set_type(what.type);
  touchpoint.set_topic(what.topic);
  touchpoint.set_channel(what.channel);
  touchpoint.set_direction(events::DIRECTION_INBOUND);
  *touchpoint.mutable_occur_time() = clock::ToProto(at);
  events::Name& customer = *touchpoint.add_names();
  customer.set_kind(events::NAME_KIND_CUSTOMER);
  customer.set_value(CustomerName(number));
  events::Name& email = *touchpoint.add_names();
  email.set_kind(events::NAME_KIND_EMAIL);
  email.set_value(EmailOf(number));
  if (step >= kOrdered && story != kCartLeft && story != kAskedTwice) {
    events::Correlation& order = *touchpoint.add_correlations();
    order.set_kind(events::CORRELATION_KIND_ORDER);
    order.set_id(absl::StrCat("order-", number));
  }
  if (touchpoint.type() == "order.purchased" && story != kAskedTwice) {
    const bool soon = story == kLetDown || story == kToldLate;
    touchpoint.mutable_promise()->set_what("delivery");
    *touchpoint.mutable_promise()->mutable_until_time() = clock::ToProto(at + (soon ? kShortPromise : kLongPromise));
  }
  return touchpoint;
}

}  // namespace

std::string CustomerName(int number) { return absl::StrCat("e2e-", number); }

std::string EmailOf(int number) { return absl::StrCat("customer-", number, "@example.com"); }

KillTraffic::Place KillTraffic::PlaceOf(size_t index) const {
  const int whole = at_once_ * kTouchpointsPerCustomer;
  const int first = static_cast<int>(index) / whole * at_once_;
  const int within = static_cast<int>(index) % whole;
  const int telling = std::min(at_once_, customers_ - first);
  return {first + within % telling, within / telling};
}

events::Touchpoint KillTraffic::At(size_t index) const {
  const Place place = PlaceOf(index);
  return TouchpointOf(place.number, place.step, begin_);
}

}  // namespace touchstone::e2e
