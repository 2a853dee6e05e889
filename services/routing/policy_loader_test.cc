#include "services/routing/policy_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace touchstone::routing {
namespace {

namespace events = touchstone::events::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

events::MomentOfTruth Disappointment(int severity, absl::string_view rule = "some.rule") {
  events::MomentOfTruth moment;
  moment.set_kind(events::MOMENT_KIND_THIRD);
  moment.set_polarity(events::POLARITY_DISAPPOINTMENT);
  moment.set_severity(severity);
  moment.set_rule(std::string(rule));
  return moment;
}

std::string ErrorOf(absl::string_view yaml) {
  return std::string(CompileRoutingPolicy({{"routing.yaml", std::string(yaml)}}).status().message());
}

TEST(ShippedPolicies, CallForAPersonWhereTheySayAndNowhereElse) {
  const absl::StatusOr<RoutingPolicy> policy = LoadRoutingPolicy({"deploy/packs/core", "deploy/packs/retail"});
  ASSERT_TRUE(policy.ok()) << policy.status().message();
  const events::JourneyDigest journey;
  EXPECT_EQ(policy->FindCall(Disappointment(59), journey), nullptr);
  ASSERT_NE(policy->FindCall(Disappointment(60), journey), nullptr);
  EXPECT_EQ(policy->FindCall(Disappointment(60), journey)->id, "core.grave-disappointment");
  EXPECT_EQ(policy->FindCall(Disappointment(55, "third.delivery-fails-twice"), journey)->id, "retail.order-gone-wrong");
  events::MomentOfTruth promise = Disappointment(70, "third.promise-broken");
  EXPECT_EQ(policy->FindCall(promise, journey)->id, "core.grave-disappointment") << "of a callback, say";
  promise.mutable_strand()->set_kind(events::CORRELATION_KIND_ORDER);
  EXPECT_EQ(policy->FindCall(promise, journey)->id, "retail.order-gone-wrong");
  events::JourneyDigest struck;
  struck.set_strike_hundredths(200);
  EXPECT_EQ(policy->FindCall(Disappointment(60), struck)->id, "core.last-chance");
  promise.set_severity(60);
  EXPECT_EQ(policy->FindCall(promise, struck)->id, "retail.order-gone-wrong") << "who knows about it still comes first";
  EXPECT_EQ(policy->SeverityOf(promise, struck), 85) << "and the last chance still raises it";
  EXPECT_EQ(policy->SeverityOf(Disappointment(92), struck), 92);
  events::MomentOfTruth delight = Disappointment(90);
  delight.set_polarity(events::POLARITY_DELIGHT);
  EXPECT_EQ(policy->FindCall(delight, journey), nullptr);
  EXPECT_EQ(policy->FindCrossing(1), nullptr);
  EXPECT_EQ(policy->FindCrossing(2)->id, "core.second-strike");
  EXPECT_THAT(policy->FindCrossing(3)->skills, ElementsAre("retention")) << "the later pack's rule is tried first";
}

TEST(PolicyLoader, LaterPacksHoldWhereTheySaySomething) {
  const absl::StatusOr<RoutingPolicy> policy =
      CompileRoutingPolicy({{"a", "act_within: 2d\noffers: {cool_down: 5m}\n"}, {"b", "offers: {answer_within: 40s}\n"}});
  ASSERT_TRUE(policy.ok()) << policy.status().message();
  EXPECT_EQ(policy->act_within, absl::Hours(48));
  EXPECT_EQ(policy->cool_down, absl::Minutes(5));
  EXPECT_EQ(policy->answer_within, absl::Seconds(40));
  EXPECT_EQ(policy->pool, "service-desk");
}

TEST(PolicyLoader, AnErrorInAConditionIsShownWhereItStands) {
  const std::string error = ErrorOf("calls:\n- id: a\n  when: moment.severty > 3\n");
  EXPECT_THAT(error, HasSubstr("routing.yaml:3:"));
  EXPECT_THAT(error, HasSubstr("severity"));
  EXPECT_THAT(error, HasSubstr("^"));
}

TEST(PolicyLoader, ARuleThatNoPackHasIsShownWhereItIsAskedFor) {
  const std::vector<PolicyText> texts = {
      {"routing.yaml", "calls:\n- {id: a, when: 'moment.rule in [\"third.kept\", \"third.brokn\"]'}\n"}};
  EXPECT_TRUE(CompileRoutingPolicy(texts).ok()) << "where the rules are not known";
  EXPECT_TRUE(CompileRoutingPolicy(texts, {"third.brokn", "third.kept"}).ok());
  EXPECT_THAT(CompileRoutingPolicy(texts, {"third.broken", "third.kept"}).status().message(),
              HasSubstr("routing.yaml:2:48: no pack has a rule 'third.brokn'; did you mean 'third.broken'?"));
}

TEST(PolicyLoader, EverySectionIsChecked) {
  EXPECT_THAT(ErrorOf("callz: []\n"), HasSubstr("callz"));
  EXPECT_THAT(ErrorOf("calls:\n- when: 'true'\n"), HasSubstr("id: is required"));
  EXPECT_THAT(ErrorOf("calls:\n- id: a\n"), HasSubstr("when: is required"));
  EXPECT_THAT(ErrorOf("calls:\n- id: a\n  when: moment.severity\n"), HasSubstr("bool"));
  EXPECT_THAT(ErrorOf("crossings:\n- {id: a, strikes: 4, severity: 90}\n"), HasSubstr("must be 1, 2 or 3"));
  EXPECT_THAT(ErrorOf("crossings:\n- {id: a, strikes: 3, severity: 90}\n- {id: b, strikes: 3, severity: 90}\n"),
              HasSubstr("never reached"));
  EXPECT_THAT(ErrorOf("crossings:\n- {id: a, strikes: 3, severity: 90}\n- {id: a, strikes: 2, severity: 90}\n"),
              HasSubstr("there twice"));
  EXPECT_THAT(ErrorOf("offers: {deliver_within: 0s}\n"), HasSubstr("longer than nothing"));
  EXPECT_THAT(ErrorOf("offers: {answer_within: 1s}\n"), HasSubstr("longer than deliver_within"));
  EXPECT_THAT(ErrorOf("sessions: {orphan_raise: 101}\n"), HasSubstr("0 to 100"));
  EXPECT_THAT(ErrorOf("sessions: {lease: 10s}\n"), HasSubstr("an instance renews it every 5s"));
  EXPECT_EQ(ErrorOf("sessions: {lease: 11s}\n"), "");
}

TEST(PolicyLoader, AFolderWithoutAPolicyIsNoPolicy) {
  EXPECT_EQ(LoadRoutingPolicy({"deploy/packs/nowhere"}).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace touchstone::routing
