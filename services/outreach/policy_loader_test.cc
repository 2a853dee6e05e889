#include "services/outreach/policy_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kCore[] = R"(pack: core
time_zones: [Europe/Berlin]
quiet_hours: {from: "21:00", to: "08:00"}
subject_cap: {at_most: 3, within: 7d, classes: [feedback, marketing]}
consent_required: [marketing]
templates:
- id: sorry
  defaults: {moment.says: it went wrong}
  variants:
  - {language: en, title: Sorry, body: "Dear customer, {{moment.says}}."}
plays:
- id: apologize
  class: service
  when: moment.severity >= 60
  act_within: 1d
  reentry: {after: 30d}
  steps:
  - wait: {for: 2h}
  - wait: {until: "10:00"}
  - send: {id: mail, channels: [email, sms], template: sorry, expire_after: 1d}
)";

std::vector<std::string> Ids(const OutreachPolicy& policy) {
  std::vector<std::string> ids;
  for (const Play& play : policy.planner->plays) ids.push_back(play.id);
  return ids;
}

TEST(PolicyLoader, APlayIsWhatItSays) {
  const absl::StatusOr<OutreachPolicy> policy = CompileOutreachPolicy({{"core.yaml", kCore}});
  ASSERT_TRUE(policy.ok()) << policy.status();
  ASSERT_THAT(Ids(*policy), ElementsAre("apologize"));
  const Play& play = policy->planner->plays[0];
  EXPECT_EQ(play.outreach_class, events::OUTREACH_CLASS_SERVICE);
  EXPECT_EQ(play.act_within, absl::Hours(24));
  EXPECT_EQ(play.reentry.not_within, absl::Hours(24 * 30));
  EXPECT_FALSE(play.consent_required);
  ASSERT_EQ(play.steps.size(), 1);
  EXPECT_EQ(play.steps[0].waits.size(), 2);
  EXPECT_EQ(play.steps[0].waits[0].span, absl::Hours(2));
  EXPECT_EQ(play.steps[0].waits[1].until_minute_of_day, 600);
  EXPECT_THAT(play.steps[0].channels, ElementsAre(events::CHANNEL_EMAIL, events::CHANNEL_SMS));
  EXPECT_EQ(play.steps[0].expire_after, absl::Hours(24));
  events::MomentOfTruth moment;
  moment.set_severity(60);
  EXPECT_TRUE(play.matches(moment, {}));
  moment.set_severity(59);
  EXPECT_FALSE(play.matches(moment, {}));
  EXPECT_EQ(policy->planner->subject_cap.at_most, 3);
}

TEST(PolicyLoader, ALaterPackStandsOverCoreAndItsPlaysComeFirst) {
  const absl::StatusOr<OutreachPolicy> policy = CompileOutreachPolicy({{"core.yaml", kCore}, {"shop.yaml", R"(pack: shop
subject_cap: {at_most: 1, within: 1d, classes: [marketing]}
on_complained: withdraw_class
plays:
- id: offer
  class: marketing
  when: "true"
  steps: [{send: {id: mail, channels: [email], template: sorry}}]
)"}});
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_THAT(Ids(*policy), ElementsAre("offer", "apologize"));
  EXPECT_TRUE(policy->planner->plays[0].consent_required);
  EXPECT_EQ(policy->planner->subject_cap.at_most, 1);
  EXPECT_EQ(policy->gate->on_complained, Objection::kWithdrawClass);
  EXPECT_EQ(policy->planner->quiet_hours.from_minute(), 21 * 60);
}

TEST(PolicyLoader, ARuleThatNoPackHasIsShownWhereItIsAskedFor) {
  const std::vector<PolicyText> texts = {
      {"core.yaml", absl::StrReplaceAll(kCore, {{"moment.severity >= 60", "moment.rule == 'zero.cart-lost'"}})}};
  EXPECT_TRUE(CompileOutreachPolicy(texts).ok()) << "where the rules are not known";
  EXPECT_TRUE(CompileOutreachPolicy(texts, {"zero.cart-lost"}).ok());
  EXPECT_THAT(CompileOutreachPolicy(texts, {"zero.cart-left"}).status().message(),
              HasSubstr("core.yaml:14:24: no pack has a rule 'zero.cart-lost'; did you mean 'zero.cart-left'?"));
}

TEST(PolicyLoader, ALanguageIsATag) {
  const std::string text = absl::StrReplaceAll(kCore, {{"language: en", "language: xx_1"}});
  EXPECT_THAT(CompileOutreachPolicy({{"core.yaml", text}}).status().message(),
              HasSubstr("core.yaml:10:16: is no BCP 47 tag, as in pt-BR"));
}

TEST(PolicyLoader, ThePacksThatShipAreRight) {
  const absl::StatusOr<OutreachPolicy> policy = LoadOutreachPolicy({"deploy/packs/core", "deploy/packs/retail"});
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_THAT(Ids(*policy), ::testing::IsSupersetOf({"core.promise-broken", "retail.cart-left"}));
  EXPECT_EQ(policy->planner->candidate_time_zones[0], "America/Sao_Paulo");
  for (const Play& play : policy->planner->plays) {
    EXPECT_EQ(play.consent_required, play.outreach_class == events::OUTREACH_CLASS_MARKETING) << play.id;
  }
  EXPECT_EQ(LoadOutreachPolicy({"deploy/packs/none"}).status().code(), absl::StatusCode::kNotFound);
}

struct Mistake {
  const char* right;
  const char* wrong;
  // With the place.
  const char* error;
};

class PolicyMistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(PolicyMistake, IsShownWhereItStands) {
  const std::string text = absl::StrReplaceAll(kCore, {{GetParam().right, GetParam().wrong}});
  ASSERT_NE(text, kCore);
  const absl::Status status = CompileOutreachPolicy({{"core.yaml", text}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Each, PolicyMistake,
    ::testing::Values(
        Mistake{"moment.severity >= 60", "moment.severty >= 60", "core.yaml:14:16"},
        Mistake{"moment.severity >= 60", "moment.severity", "core.yaml:14:"},
        Mistake{"{{moment.says}}", "{{moment.sais}}", "core.yaml:10:"},
        Mistake{"{{moment.says}}", "{{moment.question}}", "has no default"},
        Mistake{"{{moment.says}}", "{{moment.says", "'{{' without a '}}'"},
        Mistake{"template: sorry", "template: sory", "core.yaml:20:"},
        Mistake{"class: service", "class: servce", "core.yaml:13:"}, Mistake{"  class: service\n", "", "has no class"},
        Mistake{"{until: \"10:00\"}", "{until: \"25:00\"}", "core.yaml:19:19"},
        Mistake{"{for: 2h}", "{for: 2h, until: \"10:00\"}", "either `for`"},
        Mistake{"wait: {for: 2h}", "wait: {for: 91d}", "core.yaml:18:"}, Mistake{"id: mail, ", "", "core.yaml:20:"},
        Mistake{"Europe/Berlin", "Europe/Bermuda", "core.yaml:2:14"}, Mistake{"time_zones: [Europe/Berlin]\n", "", "time_zones"},
        Mistake{"[Europe/Berlin]", "[Europe/Berlin, Pacific/Auckland, America/Los_Angeles]", "fewer zones"},
        Mistake{"at_most: 3", "at_most: 0", "core.yaml:4:"}, Mistake{"act_within: 1d", "act_within: 31d", "core.yaml:15:"},
        Mistake{"  - send: {id: mail, channels: [email, sms], template: sorry, expire_after: 1d}\n", "", "sends nothing"}));

}  // namespace
}  // namespace touchstone::outreach
