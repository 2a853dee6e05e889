#include "tests/e2e/soak.d/naive_retail.h"

#include <utility>

namespace touchstone::e2e {
namespace {

using namespace classification::naive;  // The page's words: Rule, Fact, Before.

OnFact IsType(std::string type) {
  return [type = std::move(type)](const Fact& fact) { return fact.type == type; };
}

OnFact Either(OnFact a, OnFact b) {
  return [a = std::move(a), b = std::move(b)](const Fact& fact) { return a(fact) || b(fact); };
}

OnScene When(OnFact of) {
  return [of = std::move(of)](const Fact& fact, const Before&) { return of(fact); };
}

std::string Nothing(const Fact&) { return ""; }
std::string Topic(const Fact& fact) { return fact.topic; }

std::vector<StageRule> Stages() {
  const OnFact purchased = IsType("order.purchased"), contact = IsType("contact.started"), viewed = IsType("product.viewed");
  return {
      {kLoyalty, [=](const Fact& fact, const Before& before) { return purchased(fact) && before.purchases >= 1; }},
      {kPurchase, When(purchased)},
      {kExperience,
       [=](const Fact& fact, const Before& before) {
         return fact.type == "order.delivered" || fact.type == "complaint.made" || (contact(fact) && before.purchases >= 1);
       }},
      {kConsideration,
       [=](const Fact& fact, const Before& before) {
         return fact.type == "cart.filled" || ((viewed(fact) || contact(fact)) && before.purchases == 0);
       }},
      {kDiscovery,
       [](const Fact& fact, const Before& before) {
         return (fact.type == "search.made" || fact.type == "site.visited") &&
                (before.stage == kNoStage || before.stage == kDiscovery);
       }},
  };
}

std::vector<Rule> BeforeThePurchase() {
  const OnFact looked = Either(IsType("product.viewed"), IsType("search.made"));
  Rule comparing{.id = "zero.comparing",
                 .when = [=](const Fact& fact, const Before& before) { return looked(fact) && before.purchases == 0; }};
  comparing.count = {{looked, Nothing, 7 * kDay, 3, true}};
  Rule cart_left{.id = "zero.cart-left", .when = When(IsType("cart.filled"))};
  cart_left.absence = {{Either(IsType("order.purchased"), IsType("cart.filled")), false, 24 * kHour}};
  const OnFact first_hand = [](const Fact& fact) { return !fact.external; };
  Rule contact{.id = "first.contact", .when = When(first_hand)};
  contact.first = {{first_hand, Nothing}};
  return {comparing, cart_left, contact};
}

std::vector<Rule> Afterwards() {
  const OnFact delivered = IsType("order.delivered"), complaint = IsType("complaint.made");
  Rule delight{.id = "second.first-order-delight",
               .when = [=](const Fact& fact, const Before& before) { return delivered(fact) && before.promises_broken == 0; }};
  delight.first = {{delivered, Nothing}};
  const OnFact asked = [](const Fact& fact) { return fact.type == "contact.started" && !fact.topic.empty(); };
  Rule repeat{.id = "interim.repeat-contact", .when = When(asked)};
  repeat.count = {{asked, Topic, 7 * kDay, 2}};
  repeat.strike = {{100, Strike::kByStrand, 30 * kDay, 365 * kDay}};
  Rule last_chance{.id = "interim.last-chance", .when = When(IsType("contact.started")), .strikes = 2};
  Rule broken{.id = "third.promise-broken", .when = [](const Fact& fact, const Before&) { return !fact.promise.empty(); }};
  broken.absence = {{nullptr, true, 0}};
  broken.strike = {{100, Strike::kByStrand, 30 * kDay, 365 * kDay}};
  Rule kept{.id = "third.promise-kept", .when = [=](const Fact& fact, const Before& before) {
              return delivered(fact) && before.promises_open > 0 && before.promises_broken == 0;
            }};
  Rule damaged{.id = "third.damaged", .when = [=](const Fact& fact, const Before& before) {
                 return complaint(fact) && fact.topic == "damage" && before.strand_touchpoints > 0;
               }};
  damaged.strike = {{100, Strike::kByStrand, 60 * kDay, 365 * kDay}};
  Rule unanswered{.id = "third.complaint-unanswered", .when = When(complaint)};
  unanswered.absence = {{Either(IsType("complaint.resolved"), IsType("contact.ended")), true, 3 * kDay}};
  unanswered.strike = {{100, Strike::kByStrand, 30 * kDay, 365 * kDay}};
  return {delight, repeat, last_chance, broken, kept, damaged, unanswered};
}

}  // namespace

NaiveRetail RetailForTheTraffic() {
  NaiveRetail retail;
  retail.rules.stages = Stages();
  retail.rules.moments = BeforeThePurchase();
  for (Rule& rule : Afterwards()) retail.rules.moments.push_back(std::move(rule));
  retail.rules.kept_by = {{"delivery", IsType("order.delivered")}};
  retail.stated_stages = {
      {"zero.cart-left", kConsideration}, {"second.first-order-delight", kExperience}, {"third.damaged", kExperience}};
  return retail;
}

Fact FactOf(const events::v1::Touchpoint& touchpoint) {
  const auto nanos = [](const google::protobuf::Timestamp& time) { return time.seconds() * kSecond + time.nanos(); };
  Fact fact;
  fact.time = nanos(touchpoint.occur_time());
  fact.source = touchpoint.source();
  fact.id = touchpoint.id();
  fact.type = touchpoint.type();
  fact.topic = touchpoint.topic();
  if (touchpoint.correlations_size() > 0) fact.order = touchpoint.correlations(0).id();
  fact.promise = touchpoint.promise().what();
  fact.until = nanos(touchpoint.promise().until_time());
  return fact;
}

}  // namespace touchstone::e2e
