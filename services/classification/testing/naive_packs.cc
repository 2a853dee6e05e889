#include "services/classification/testing/naive_packs.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/invariant.h"
#include "services/classification/pack_loader.h"

namespace touchstone::classification::naive {
namespace {

std::shared_ptr<const Pack> FromText(const std::string& pack, const std::string& stages, const std::string& moments) {
  const auto read = [&](const std::string& path) -> absl::StatusOr<std::string> {
    if (absl::EndsWith(path, "pack.yaml")) return pack;
    return absl::EndsWith(path, "stages.yaml") ? stages : moments;
  };
  auto loaded = LoadPack("twin", read);
  INVARIANT(loaded.ok(), loaded.status().ToString());
  return *std::move(loaded);
}

OnFact IsType(std::string type) {
  return [type = std::move(type)](const Fact& fact) { return fact.type == type; };
}

OnScene When(OnFact of) {
  return [of = std::move(of)](const Fact& fact, const Before&) { return of(fact); };
}

std::string Topic(const Fact& fact) { return fact.topic; }
std::string Order(const Fact& fact) { return fact.order; }
std::string Type(const Fact& fact) { return fact.type; }

// Contacts, promises, absences: what a shop asks for.
TwinPack Desk() {
  TwinPack twin;
  twin.pack = FromText(R"(
pack: desk
version: 1
strands: [order]
promises:
- {what: delivery, kept_by: touchpoint.type == "order.delivered"}
- {what: callback, kept_by: touchpoint.type == "contact.ended"}
)",
                       R"(
stages:
- {stage: loyalty, when: touchpoint.type == "order.purchased" && journey.purchase_count >= 1}
- {stage: purchase, when: touchpoint.type == "order.purchased"}
- {stage: experience, when: 'touchpoint.type in ["order.delivered", "contact.started"] && journey.purchase_count > 0'}
- {stage: consideration, when: touchpoint.type == "product.viewed" && journey.stage != Stage.PURCHASE}
)",
                       R"(
moments:
- id: repeat
  kind: interim
  when: touchpoint.type == "contact.started"
  if: {count: {of: touchpoint.type == "contact.started", by: touchpoint.topic, within: 7d, at_least: 2}}
  polarity: disappointment
  severity: 60
  strike: {weight: 100, incident: strand, within: 10d}
  says: "{{count}} times about {{topic}}"
- id: broken
  kind: third
  when: has(touchpoint.promise)
  if: {absence: {until: promise}}
  polarity: disappointment
  severity: 70
  strike: {weight: 100, incident: strand, within: 30d, lifetime: 20d}
  says: "{{what}} did not come"
- id: silent
  kind: third
  when: touchpoint.type == "order.purchased"
  if: {absence: {no: touchpoint.type.startsWith("order."), for: 5d, by: none}}
  polarity: neutral
  severity: 20
  says: "silent"
- id: unanswered
  kind: third
  echo: true
  when: touchpoint.type == "contact.started" && touchpoint.outcome == Outcome.FAILED
  if: {absence: {no: touchpoint.type == "contact.ended", for: 36h}}
  polarity: disappointment
  severity: 30
  strike: {weight: 50}
  says: "nobody came back about {{topic}}"
- id: first-hand
  kind: first
  when: touchpoint.direction != Direction.EXTERNAL && journey.first_hand_count == 0
  polarity: neutral
  severity: 5
  says: "first"
- id: first-of-order
  kind: second
  when: touchpoint.type == "order.delivered" && strand.touchpoint_count > 1
  if: {first: {of: touchpoint.type == "order.delivered", by: strand}}
  polarity: delight
  severity: 10
  says: "the first parcel"
recoveries:
- {id: sorry, when: touchpoint.type == "refund.paid", credit: 70, echo: true}
)");
  const OnFact contact = IsType("contact.started");
  const OnFact delivered = IsType("order.delivered");
  twin.rules.kept_by = {{"delivery", delivered}, {"callback", IsType("contact.ended")}};
  twin.rules.stages = {
      {kLoyalty, [](const Fact& fact, const Before& before) { return fact.type == "order.purchased" && before.purchases >= 1; }},
      {kPurchase, When(IsType("order.purchased"))},
      {kExperience,
       [](const Fact& fact, const Before& before) {
         return (fact.type == "order.delivered" || fact.type == "contact.started") && before.purchases > 0;
       }},
      {kConsideration,
       [](const Fact& fact, const Before& before) { return fact.type == "product.viewed" && before.stage != kPurchase; }},
  };
  Rule repeat{.id = "repeat", .when = When(contact)};
  repeat.count = {{contact, Topic, 7 * kDay, 2}};
  repeat.strike = {{100, Strike::kByStrand, 10 * kDay, 365 * kDay}};
  Rule broken{.id = "broken", .when = [](const Fact& fact, const Before&) { return !fact.promise.empty(); }};
  broken.absence = {{nullptr, true, 0}};
  broken.strike = {{100, Strike::kByStrand, 30 * kDay, 20 * kDay}};
  Rule silent{.id = "silent", .when = When(IsType("order.purchased"))};
  silent.absence = {{[](const Fact& fact) { return fact.type.rfind("order.", 0) == 0; }, false, 5 * kDay}};
  Rule unanswered{.id = "unanswered",
                  .when = [](const Fact& fact, const Before&) { return fact.type == "contact.started" && fact.failed; },
                  .echo = true};
  unanswered.absence = {{IsType("contact.ended"), true, 36 * kHour}};
  unanswered.strike = {{50, Strike::kByTouchpoint, 30 * kDay, 365 * kDay}};
  Rule first_hand{.id = "first-hand",
                  .when = [](const Fact& fact, const Before& before) { return !fact.external && before.first_hand == 0; }};
  Rule first_of_order{.id = "first-of-order", .when = [](const Fact& fact, const Before& before) {
                        return fact.type == "order.delivered" && before.strand_touchpoints > 1;
                      }};
  first_of_order.first = {{delivered, Order}};
  twin.rules.moments = {repeat, broken, silent, unanswered, first_hand, first_of_order};
  twin.rules.recoveries = {{When(IsType("refund.paid")), 70, true}};
  return twin;
}

// Strikes that come and go, and rules that ask for them, for scores and for stages.
TwinPack Scores() {
  TwinPack twin;
  twin.pack = FromText(R"(
pack: scores
version: 2
strands: [order]
promises:
- {what: delivery, kept_by: touchpoint.type == "order.delivered" && touchpoint.outcome != Outcome.FAILED}
)",
                       R"(
stages:
- {stage: recommendation, when: touchpoint.sentiment > 0.5}
- {stage: experience, when: strand.touchpoint_count >= 2}
- {stage: discovery, when: touchpoint.direction == Direction.EXTERNAL && journey.days_since_last < 1.5}
)",
                       R"(
moments:
- id: contradicted
  kind: third
  when: touchpoint.survey.kind == SurveyKind.NPS && has(journey.last_nps) && journey.last_nps - touchpoint.survey.score >= 4
  polarity: disappointment
  severity: 75
  strike: {weight: 120, incident: topic, within: 3d, lifetime: 9d}
  says: "{{score}}"
- id: bad-word
  kind: ultimate
  when: touchpoint.sentiment < -0.5
  if: {stage: [recommendation, experience]}
  polarity: disappointment
  severity: 40
  strike: {weight: 60, incident: topic, within: 6d, lifetime: 4d}
  says: "bad word"
- id: last-chance
  kind: interim
  when: touchpoint.type == "contact.started"
  if: {strikes: {at_least: 1}}
  polarity: neutral
  severity: 90
  says: "again"
- id: heap
  kind: interim
  when: 'true'
  if: {count: {of: touchpoint.outcome == Outcome.FAILED, by: type, within: 4d, at_least: 3, once: true}}
  polarity: disappointment
  severity: 10
  strike: {weight: 30, incident: strand, within: 1d, lifetime: 2d}
  says: "{{count}}"
- id: late
  kind: third
  when: strand.promises_broken > 0 && strand.promises_open == 0 && touchpoint.type == "order.delivered"
  polarity: disappointment
  severity: 10
  says: "late"
- id: quiet-after-strikes
  kind: third
  when: touchpoint.type == "contact.ended"
  if:
    strikes: {at_least: 1}
    absence: {no: 'touchpoint.type in ["contact.started", "contact.ended"]', for: 30h, by: none}
  polarity: neutral
  severity: 10
  says: "quiet"
recoveries:
- {id: refund, when: touchpoint.type == "refund.paid", credit: 100}
- {id: kind-word, when: touchpoint.sentiment > 0.7, credit: 40}
)");
  twin.rules.kept_by = {{"delivery", [](const Fact& fact) { return fact.type == "order.delivered" && !fact.failed; }}};
  twin.rules.stages = {
      {kRecommendation, [](const Fact& fact, const Before&) { return fact.sentiment > 0.5; }},
      {kExperience, [](const Fact&, const Before& before) { return before.strand_touchpoints >= 2; }},
      {kDiscovery, [](const Fact& fact, const Before& before) { return fact.external && before.days_since_last < 1.5; }},
  };
  Rule contradicted{.id = "contradicted", .when = [](const Fact& fact, const Before& before) {
                      return fact.nps >= 0 && before.last_nps >= 0 && before.last_nps - fact.nps >= 4;
                    }};
  contradicted.strike = {{120, Strike::kByTopic, 3 * kDay, 9 * kDay}};
  Rule bad_word{.id = "bad-word", .when = [](const Fact& fact, const Before&) { return fact.sentiment < -0.5; }};
  bad_word.stages = {kRecommendation, kExperience};
  bad_word.strike = {{60, Strike::kByTopic, 6 * kDay, 4 * kDay}};
  Rule last_chance{.id = "last-chance", .when = When(IsType("contact.started")), .strikes = 1};
  Rule heap{.id = "heap", .when = [](const Fact&, const Before&) { return true; }};
  heap.count = {{[](const Fact& fact) { return fact.failed; }, Type, 4 * kDay, 3, true}};
  heap.strike = {{30, Strike::kByStrand, kDay, 2 * kDay}};
  Rule late{.id = "late", .when = [](const Fact& fact, const Before& before) {
              return before.promises_broken > 0 && before.promises_open == 0 && fact.type == "order.delivered";
            }};
  Rule quiet{.id = "quiet-after-strikes", .when = When(IsType("contact.ended")), .strikes = 1};
  quiet.absence = {
      {[](const Fact& fact) { return fact.type == "contact.started" || fact.type == "contact.ended"; }, false, 30 * kHour}};
  twin.rules.moments = {contradicted, bad_word, last_chance, heap, late, quiet};
  twin.rules.recoveries = {{When(IsType("refund.paid")), 100, false},
                           {[](const Fact& fact, const Before&) { return fact.sentiment > 0.7; }, 40, false}};
  return twin;
}

}  // namespace

std::vector<TwinPack> TwinPacks() {
  std::vector<TwinPack> twins;
  twins.push_back(Desk());
  twins.push_back(Scores());
  return twins;
}

}  // namespace touchstone::classification::naive
