#include "services/classification/testing/naive_retail.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace touchstone::classification::naive {

namespace events = touchstone::events::v1;

namespace {

constexpr int64_t kYear = 365 * kDay;

bool IsOneOf(const std::string& type, std::initializer_list<const char*> types) {
  for (const char* each : types) {
    if (type == each) return true;
  }
  return false;
}

OnScene When(OnFact of) {
  return [of = std::move(of)](const Fact& fact, const Before&) { return of(fact); };
}
OnFact IsType(const char* type) {
  return [type](const Fact& fact) { return fact.type == type; };
}
std::string Nothing(const Fact&) { return ""; }
std::string Strand(const Fact& fact) { return fact.order; }
std::string Topic(const Fact& fact) { return fact.topic; }

bool IsFirstHand(const Fact& fact) { return !fact.external; }
bool IsWell(const Fact& fact) { return !fact.failed && !fact.abandoned; }
bool IsFirstUse(const Fact& fact) { return IsOneOf(fact.type, {"product.used", "product.activated"}); }
bool IsUseFailed(const Fact& fact) { return fact.type == "product.used" && fact.failed; }
bool IsInboundContact(const Fact& fact) { return fact.type == "contact.started" && !fact.outbound; }
bool IsResearch(const Fact& fact) {
  return IsOneOf(fact.type, {"review.read", "product.compared", "product.viewed", "search.made"});
}
bool IsTold(const Fact& fact) { return IsOneOf(fact.type, {"review.posted", "post.shared"}); }
bool IsRecommended(const Fact& fact) {
  return fact.type == "referral.made" || (IsTold(fact) && (fact.stars >= 4 || fact.sentiment >= 0.4));
}
bool IsFailedDelivery(const Fact& fact) { return fact.type == "delivery.attempted" && fact.failed; }

Strike ByStrand(int weight, int64_t within = 30 * kDay) { return {weight, Strike::kByStrand, within, kYear}; }
Strike ByTouchpoint(int weight) { return {weight, Strike::kByTouchpoint, 30 * kDay, kYear}; }

Rule RuleOf(const char* id, OnScene when) { return Rule{.id = id, .when = std::move(when)}; }

void AddFirstRules(std::vector<Rule>& rules) {
  Rule warned = RuleOf("less.warned-by-others", [](const Fact& fact, const Before& before) {
    return fact.type == "content.seen" && fact.external && before.first_hand == 0 && fact.sentiment < 0;
  });
  warned.first = {{[](const Fact& fact) { return fact.type == "content.seen" && fact.sentiment < 0; }, Nothing}};
  Rule comparing =
      RuleOf("zero.comparing", [](const Fact& fact, const Before& before) { return IsResearch(fact) && before.purchases == 0; });
  comparing.count = {{IsResearch, Nothing, 7 * kDay, 3, true}};
  Rule contact =
      RuleOf("first.contact", When([](const Fact& fact) { return IsFirstHand(fact) && IsWell(fact) && fact.sentiment > -0.3; }));
  contact.first = {{IsFirstHand, Nothing}};
  Rule bad = RuleOf("first.bad-impression",
                    When([](const Fact& fact) { return IsFirstHand(fact) && (!IsWell(fact) || fact.sentiment <= -0.3); }));
  bad.first = {{IsFirstHand, Nothing}};
  bad.strike = {ByStrand(50)};
  rules.insert(rules.end(), {warned, comparing, contact, bad});
}

void AddUseRules(std::vector<Rule>& rules) {
  Rule first_use = RuleOf("second.first-use", When([](const Fact& fact) { return IsFirstUse(fact) && !fact.failed; }));
  first_use.first = {{IsFirstUse, Strand}};
  Rule fails = RuleOf("second.use-fails", When(IsUseFailed));
  fails.count = {{IsUseFailed, Strand, 3 * kDay, 2}};
  fails.strike = {ByStrand(100, 14 * kDay)};
  Rule delight = RuleOf("second.first-order-delight", [](const Fact& fact, const Before& before) {
    return fact.type == "order.delivered" && !fact.failed && before.promises_broken == 0;
  });
  delight.first = {{IsType("order.delivered"), Nothing}};
  rules.insert(rules.end(), {first_use, fails, delight});
}

void AddDeskRules(std::vector<Rule>& rules) {
  const OnFact about = [](const Fact& fact) { return IsInboundContact(fact) && !fact.topic.empty(); };
  Rule repeat = RuleOf("interim.repeat-contact", When(about));
  repeat.count = {{about, Topic, 7 * kDay, 2}};
  repeat.strike = {ByStrand(100)};
  Rule left =
      RuleOf("interim.selfservice-left", When([](const Fact& fact) { return fact.type == "contact.started" && fact.spoken; }));
  left.count = {{[](const Fact& fact) {
                   return IsOneOf(fact.type, {"help.viewed", "selfservice.used"}) && !IsWell(fact);
                 },
                 Nothing, 24 * kHour, 1}};
  Rule last = RuleOf("interim.last-chance", When(IsInboundContact));
  last.strikes = 2;
  Rule solved =
      RuleOf("interim.solved-at-once",
             When([](const Fact& fact) { return fact.type == "contact.ended" && fact.succeeded && fact.sentiment >= 0.3; }));
  Rule unanswered = RuleOf("third.complaint-unanswered", When(IsType("complaint.made")));
  unanswered.absence = {{[](const Fact& fact) {
                           return IsOneOf(fact.type, {"complaint.resolved", "contact.ended"}) || fact.outbound;
                         },
                         true, 3 * kDay}};
  unanswered.strike = {ByStrand(100)};
  rules.insert(rules.end(), {repeat, left, last, solved, unanswered});
}

void AddOrderRules(std::vector<Rule>& rules) {
  Rule cart = RuleOf("zero.cart-left", When(IsType("cart.filled")));
  cart.absence = {{[](const Fact& fact) {
                     return IsOneOf(fact.type, {"order.purchased", "cart.filled", "cart.emptied"});
                   },
                   false, 24 * kHour}};
  Rule broken = RuleOf("third.promise-broken", When([](const Fact& fact) { return !fact.promise.empty(); }));
  broken.absence = {{nullptr, true, 0}};
  broken.strike = {ByStrand(100)};
  Rule kept = RuleOf("third.promise-kept", [](const Fact& fact, const Before& before) {
    return IsOneOf(fact.type, {"order.delivered", "refund.paid"}) && !fact.failed && before.promises_open > 0 &&
           before.promises_broken == 0;
  });
  Rule twice = RuleOf("third.delivery-fails-twice", When(IsFailedDelivery));
  twice.count = {{IsFailedDelivery, Strand, 10 * kDay, 2}};
  twice.strike = {ByStrand(100)};
  Rule damaged = RuleOf("third.damaged", [](const Fact& fact, const Before& before) {
    return IsOneOf(fact.type, {"complaint.made", "order.returned"}) && fact.topic == "damage" && before.strand_touchpoints > 0;
  });
  damaged.strike = {ByStrand(100, 60 * kDay)};
  Rule refund = RuleOf("third.refund-slow", When(IsType("order.returned")));
  refund.absence = {{IsType("refund.paid"), true, 14 * kDay}};
  refund.strike = {ByStrand(100, 60 * kDay)};
  Rule returns = RuleOf("third.returns-again", When(IsType("order.returned")));
  returns.count = {{IsType("order.returned"), Nothing, 60 * kDay, 3}};
  Rule silent = RuleOf("third.loyal-and-silent", When(IsType("order.purchased")));
  silent.stages = {kLoyalty, kRecommendation};
  silent.absence = {{IsType("order.purchased"), false, 180 * kDay}};
  rules.insert(rules.end(), {cart, broken, kept, twice, damaged, refund, returns, silent});
}

void AddVoiceRules(std::vector<Rule>& rules) {
  Rule contradicted = RuleOf("third.score-contradicted", [](const Fact& fact, const Before& before) {
    return fact.nps >= 0 && before.last_nps >= 0 && before.last_nps - fact.nps >= 4;
  });
  contradicted.strike = {ByTouchpoint(100)};
  Rule detractor = RuleOf("third.detractor", [](const Fact& fact, const Before& before) {
    return (fact.nps >= 0 && fact.nps <= 6 && before.last_nps < 0) || (fact.csat > 0 && fact.csat <= 2 && before.purchases >= 1);
  });
  detractor.strike = {ByStrand(50)};
  Rule warns = RuleOf("ultimate.warns-others", When([](const Fact& fact) {
                        return IsTold(fact) && ((fact.stars > 0 && fact.stars <= 2) || fact.sentiment <= -0.4);
                      }));
  warns.strike = {ByStrand(100, 60 * kDay)};
  Rule recommends = RuleOf("ultimate.recommends", When(IsRecommended));
  recommends.stages = {kPurchase, kExperience, kLoyalty, kRecommendation};
  Rule with_strikes = RuleOf("ultimate.warns-with-strikes",
                             When([](const Fact& fact) { return fact.type == "review.posted" && fact.stars == 1; }));
  with_strikes.strikes = 1;
  rules.insert(rules.end(), {contradicted, detractor, warns, recommends, with_strikes});
}

std::vector<StageRule> Stages() {
  const auto types = [](std::initializer_list<const char*> list) {
    const std::vector<std::string> all(list.begin(), list.end());
    return [all](const Fact& fact, const Before&) { return std::find(all.begin(), all.end(), fact.type) != all.end(); };
  };
  return {
      {kConsideration, types({"cart.abandoned"})},
      {kExperience, types({"order.pickup_ready", "order.cancelled"})},
      {kRecommendation, When(IsRecommended)},
      {kLoyalty,
       [](const Fact& fact, const Before& before) {
         return IsOneOf(fact.type, {"subscription.renewed", "loyalty.joined"}) ||
                (fact.type == "order.purchased" && before.purchases >= 1);
       }},
      {kPurchase, types({"order.purchased", "contract.signed"})},
      {kExperience,
       [](const Fact& fact, const Before& before) {
         return IsOneOf(fact.type, {"order.handed_over", "order.delivered", "order.returned", "product.used", "product.activated",
                                    "complaint.made", "refund.paid"}) ||
                (fact.type == "contact.started" && before.purchases >= 1);
       }},
      {kConsideration,
       [](const Fact& fact, const Before& before) {
         return IsOneOf(fact.type, {"product.compared", "review.read", "cart.filled", "quote.requested"}) ||
                (IsOneOf(fact.type, {"product.viewed", "help.viewed", "contact.started"}) && before.purchases == 0);
       }},
      {kDiscovery,
       [](const Fact& fact, const Before& before) {
         return IsOneOf(fact.type, {"ad.clicked", "search.made", "content.seen", "site.visited", "newsletter.subscribed"}) &&
                (before.stage == kNoStage || before.stage == kDiscovery);
       }},
  };
}

}  // namespace

Rules RetailRules() {
  Rules rules;
  rules.kept_by = {
      {"delivery", [](const Fact& fact) { return fact.type == "order.delivered" && !fact.failed; }},
      {"callback", [](const Fact& fact) { return fact.type == "contact.started" && fact.outbound; }},
      {"refund", IsType("refund.paid")},
  };
  rules.stages = Stages();
  AddFirstRules(rules.moments);
  AddUseRules(rules.moments);
  AddDeskRules(rules.moments);
  AddOrderRules(rules.moments);
  AddVoiceRules(rules.moments);
  rules.recoveries = {
      {When([](const Fact& fact) { return fact.type == "complaint.resolved" && fact.succeeded; }), 100},
      {When([](const Fact& fact) { return fact.type == "review.answered" && fact.outbound; }), 50},
      {When([](const Fact& fact) {
         return fact.type == "escalation.resolved" && fact.source == "touchstone.routing" && fact.succeeded;
       }),
       100, true},
      {[](const Fact& fact, const Before& before) { return fact.type == "refund.paid" && before.promises_broken > 0; }, 50},
  };
  return rules;
}

Fact FactOf(const events::Touchpoint& touchpoint) {
  Fact fact;
  fact.time = touchpoint.occur_time().seconds() * kSecond + touchpoint.occur_time().nanos();
  fact.source = touchpoint.source();
  fact.id = touchpoint.id();
  fact.type = touchpoint.type();
  fact.topic = touchpoint.topic();
  for (const events::CorrelationKind kind : {events::CORRELATION_KIND_ORDER, events::CORRELATION_KIND_CASE}) {
    for (const events::Correlation& each : touchpoint.correlations()) {
      if (fact.order.empty() && each.kind() == kind) fact.order = std::to_string(kind) + "/" + each.id();
    }
  }
  fact.external = touchpoint.direction() == events::DIRECTION_EXTERNAL;
  fact.outbound = touchpoint.direction() == events::DIRECTION_OUTBOUND;
  fact.spoken = touchpoint.channel() == events::CHANNEL_PHONE || touchpoint.channel() == events::CHANNEL_CHAT;
  fact.ours = touchpoint.has_caused_by();
  fact.failed = touchpoint.outcome() == events::OUTCOME_FAILED;
  fact.abandoned = touchpoint.outcome() == events::OUTCOME_ABANDONED;
  fact.succeeded = touchpoint.outcome() == events::OUTCOME_SUCCEEDED;
  if (touchpoint.survey().kind() == events::SURVEY_KIND_NPS) fact.nps = touchpoint.survey().score();
  if (touchpoint.survey().kind() == events::SURVEY_KIND_CSAT) fact.csat = touchpoint.survey().score();
  fact.stars = touchpoint.stars();
  fact.sentiment = touchpoint.sentiment();
  fact.promise = touchpoint.promise().what();
  fact.until = touchpoint.promise().until_time().seconds() * kSecond + touchpoint.promise().until_time().nanos();
  return fact;
}

}  // namespace touchstone::classification::naive
