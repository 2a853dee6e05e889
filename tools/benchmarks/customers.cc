#include "tools/benchmarks/customers.h"

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/clock/proto_time.h"

namespace touchstone::benchmarks {
namespace {

namespace events = touchstone::events::v1;

// What belongs to a step besides its type.
enum Trait : unsigned {
  kPlain = 0,
  kOrder = 1u << 0,
  kOutbound = 1u << 1,
  kFails = 1u << 2,
  kSucceeds = 1u << 3,
  kPromises = 1u << 4,
  kAboutDelivery = 1u << 5,
  kAboutProduct = 1u << 6,
  kContent = 1u << 7,
  kWords = 1u << 8,
  kTwoStars = 1u << 9,
  kPromoter = 1u << 10,
};

struct Step {
  const char* type;
  events::Channel channel;
  unsigned traits = kPlain;
};

constexpr Step kBrowsing[] = {
    {"site.visited", events::CHANNEL_WEB},
    {"newsletter.opened", events::CHANNEL_EMAIL},
    {"search.made", events::CHANNEL_SEARCH},
    {"site.visited", events::CHANNEL_WEB},
    {"product.viewed", events::CHANNEL_APP, kAboutProduct},
    {"product.compared", events::CHANNEL_WEB, kAboutProduct},
    {"site.visited", events::CHANNEL_APP},
    {"cart.filled", events::CHANNEL_APP},
    {"site.visited", events::CHANNEL_WEB},
};
constexpr Step kBuying[] = {
    {"site.visited", events::CHANNEL_WEB},
    {"cart.filled", events::CHANNEL_WEB},
    {"order.purchased", events::CHANNEL_WEB, kOrder | kPromises},
    {"order.paid", events::CHANNEL_SYSTEM, kOrder | kSucceeds},
    {"order.handed_over", events::CHANNEL_SYSTEM, kOrder | kOutbound},
    {"parcel.tracked", events::CHANNEL_APP, kOrder | kAboutDelivery},
    {"order.delivered", events::CHANNEL_SYSTEM, kOrder | kOutbound | kSucceeds},
    {"app.opened", events::CHANNEL_APP},
    {"product.used", events::CHANNEL_APP, kSucceeds},
    {"app.opened", events::CHANNEL_APP},
};
constexpr Step kAsking[] = {
    {"site.visited", events::CHANNEL_WEB},
    {"help.viewed", events::CHANNEL_WEB, kSucceeds},
    {"contact.started", events::CHANNEL_CHAT, kAboutProduct | kWords},
    {"contact.answered", events::CHANNEL_CHAT, kAboutProduct | kOutbound | kWords},
    {"contact.ended", events::CHANNEL_CHAT, kAboutProduct | kSucceeds | kContent},
    {"app.opened", events::CHANNEL_APP},
};
constexpr Step kGoneWrong[] = {
    {"order.purchased", events::CHANNEL_APP, kOrder | kPromises},
    {"order.handed_over", events::CHANNEL_SYSTEM, kOrder | kOutbound},
    {"delivery.attempted", events::CHANNEL_SYSTEM, kOrder | kOutbound | kFails},
    {"contact.started", events::CHANNEL_PHONE, kOrder | kAboutDelivery | kWords},
    {"contact.ended", events::CHANNEL_PHONE, kOrder | kAboutDelivery | kFails},
    {"contact.started", events::CHANNEL_PHONE, kOrder | kAboutDelivery | kWords},
    {"contact.ended", events::CHANNEL_PHONE, kOrder | kAboutDelivery | kSucceeds},
    {"complaint.made", events::CHANNEL_EMAIL, kOrder | kAboutDelivery | kWords},
    {"refund.paid", events::CHANNEL_SYSTEM, kOrder | kOutbound | kSucceeds},
    {"review.posted", events::CHANNEL_REVIEW_SITE, kOrder | kTwoStars | kWords},
};
constexpr Step kStaying[] = {
    {"newsletter.opened", events::CHANNEL_EMAIL},
    {"site.visited", events::CHANNEL_WEB},
    {"survey.answered", events::CHANNEL_EMAIL, kPromoter},
    {"app.opened", events::CHANNEL_APP},
    {"loyalty.joined", events::CHANNEL_APP},
    {"site.visited", events::CHANNEL_WEB},
};

struct Story {
  absl::Span<const Step> steps;
  // How often it is told, of 100.
  size_t weight;
};
constexpr Story kStories[] = {{kBrowsing, 30}, {kBuying, 40}, {kAsking, 14}, {kGoneWrong, 4}, {kStaying, 12}};

constexpr int kStoriesOfACustomer = 3;
constexpr absl::Duration kPromised = absl::Hours(72);
constexpr char kWordsSaid[] =
    "Hello, I have been looking at my order and am not sure about the day it will be here, since I am away from Thursday. "
    "Could you let me know whether a neighbour can take it? Thank you and kind regards.";

void AddTraits(const Step& step, int64_t order, absl::Time occur_time, events::Touchpoint& touchpoint) {
  const auto has = [&](Trait trait) { return (step.traits & trait) != 0; };
  touchpoint.set_direction(has(kOutbound) ? events::DIRECTION_OUTBOUND : events::DIRECTION_INBOUND);
  if (has(kOrder)) {
    events::Correlation& correlation = *touchpoint.add_correlations();
    correlation.set_kind(events::CORRELATION_KIND_ORDER);
    correlation.set_id(absl::StrCat("O-", order));
  }
  if (has(kFails)) touchpoint.set_outcome(events::OUTCOME_FAILED);
  if (has(kSucceeds)) touchpoint.set_outcome(events::OUTCOME_SUCCEEDED);
  if (has(kPromises)) {
    touchpoint.mutable_promise()->set_what("delivery");
    *touchpoint.mutable_promise()->mutable_until_time() = clock::ToProto(occur_time + kPromised);
    touchpoint.mutable_money()->set_currency_code("EUR");
    touchpoint.mutable_money()->set_units(20 + order % 100);
  }
  if (has(kAboutDelivery)) touchpoint.set_topic("delivery");
  if (has(kAboutProduct)) touchpoint.set_topic("product");
  if (has(kContent)) touchpoint.set_sentiment(0.6);
  if (has(kWords)) touchpoint.set_text(kWordsSaid);
  if (has(kTwoStars)) touchpoint.set_stars(2);
  if (has(kPromoter)) {
    touchpoint.mutable_survey()->set_kind(events::SURVEY_KIND_NPS);
    touchpoint.mutable_survey()->set_score(9);
  }
}

}  // namespace

Customers::Customers(uint64_t seed, int touchpoints_each)
    : touchpoints_each_(touchpoints_each), random_(seed), tellers_(kAtOnce) {
  for (Teller& teller : tellers_) {
    BeginCustomer(teller);
    // Else all would begin at once.
    teller.step = Below(kStories[teller.story].steps.size());
  }
}

void Customers::BeginCustomer(Teller& teller) {
  teller.customer = customer_count_++;
  teller.stories_told = 0;
  teller.touchpoints_told = 0;
  BeginStory(teller);
}

void Customers::BeginStory(Teller& teller) {
  size_t drawn = Below(100);
  teller.story = 0;
  while (drawn >= kStories[teller.story].weight) drawn -= kStories[teller.story++].weight;
  teller.step = 0;
  teller.order = order_count_++;
}

events::Touchpoint Customers::Next(absl::Time occur_time) {
  Teller& teller = tellers_[static_cast<size_t>(count_) % tellers_.size()];
  const Step& step = kStories[teller.story].steps[teller.step];
  events::Touchpoint touchpoint;
  touchpoint.set_id(absl::StrCat(kIdPrefix, count_++));
  touchpoint.set_source("shop.web");
  touchpoint.set_type(step.type);
  events::Name& name = *touchpoint.add_names();
  name.set_kind(events::NAME_KIND_CUSTOMER);
  name.set_value(absl::StrCat(teller.customer));
  if (teller.customer % 2 == 0) {
    events::Name& email = *touchpoint.add_names();
    email.set_kind(events::NAME_KIND_EMAIL);
    email.set_value(absl::StrCat("customer-", teller.customer, "@example.com"));
  }
  touchpoint.set_channel(step.channel);
  *touchpoint.mutable_occur_time() = clock::ToProto(occur_time);
  AddTraits(step, teller.order, occur_time, touchpoint);
  (*touchpoint.mutable_attributes())["device"].set_text(teller.customer % 3 == 0 ? "phone" : "desktop");
  (*touchpoint.mutable_attributes())["visit"].set_integer(teller.stories_told + 1);

  if (++teller.touchpoints_told == touchpoints_each_) {
    BeginCustomer(teller);
    return touchpoint;
  }
  if (++teller.step == kStories[teller.story].steps.size()) {
    ++teller.stories_told<kStoriesOfACustomer || touchpoints_each_> 0 ? BeginStory(teller) : BeginCustomer(teller);
  }
  return touchpoint;
}

}  // namespace touchstone::benchmarks
