#include "services/classification/journey_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "services/classification/moment_page.h"
#include "services/classification/pack_loader.h"
#include "services/classification/testing/told.h"

namespace touchstone::classification {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class JourneyView : public testing::Test {
 protected:
  v1::Journey Journey() const {
    const auto journey = ViewOfJourney(*pack_, story_.driver().state(), Story::kName, story_.driver().now());
    EXPECT_TRUE(journey.ok() && journey->has_value());
    return **journey;
  }

  v1::ExplainMomentResponse Explain(const std::string& rule) const {
    for (const auto& moment : story_.moments()) {
      if (moment.rule() != rule) continue;
      const auto explained = ExplanationOf(*pack_, story_.driver().state(), Story::kName, moment.id());
      EXPECT_TRUE(explained.ok() && explained->has_value());
      return **explained;
    }
    ADD_FAILURE() << "no moment of " << rule;
    return {};
  }

  std::shared_ptr<const Pack> pack_ = *LoadPack("deploy/packs/retail");
  Story story_ = Told({
      {"Mon 09:00", "order.purchased", {.order = "A", .promise = "Thu 18:00"}},
      {"Fri 09:00", "contact.started", {.order = "A", .topic = "delivery"}},
      {"Fri 15:00", "contact.started", {.order = "A", .topic = "delivery"}},
      {"Sat 09:00", "complaint.resolved", {.order = "A", .outcome = "succeeded"}},
  });
};

TEST_F(JourneyView, ShowsTouchpointsWithWhatTheyMadeTrue) {
  const v1::Journey journey = Journey();
  ASSERT_THAT(journey.touchpoints(), SizeIs(4));
  EXPECT_EQ(journey.touchpoints(0).stage(), events::v1::STAGE_PURCHASE);
  EXPECT_THAT(journey.touchpoints(0).moment_ids(), SizeIs(2));
  EXPECT_THAT(journey.touchpoints(2).moment_ids(), SizeIs(1));
  EXPECT_THAT(journey.stages(), SizeIs(2));
  ASSERT_THAT(journey.strands(), SizeIs(1));
  EXPECT_EQ(journey.strands(0).key().id(), "A");
  EXPECT_TRUE(journey.strands(0).promises(0).broken());
}

TEST_F(JourneyView, TheLedgerSaysWhatCountsAndWhy) {
  const v1::Ledger ledger = Journey().ledger();
  EXPECT_EQ(ledger.hundredths(), 0);
  ASSERT_THAT(ledger.entries(), SizeIs(3));
  EXPECT_EQ(ledger.entries(0).counted_hundredths(), 0);
  EXPECT_THAT(ledger.entries(0).why(), HasSubstr("100 paid back"));
  EXPECT_THAT(ledger.entries(1).why(), HasSubstr("an incident counts once"));
  EXPECT_EQ(ledger.entries(2).counted_hundredths(), -100);
}

TEST_F(JourneyView, ACountIsExplainedByItsClauses) {
  const v1::ExplainMomentResponse explained = Explain("interim.repeat-contact");
  std::map<std::string, v1::Clause> clauses;
  for (const v1::Clause& clause : explained.clauses()) clauses[clause.clause()] = clause;
  EXPECT_TRUE(clauses["when"].held());
  EXPECT_EQ(clauses["when"].saw(),
            "touchpoint.type = \"contact.started\"; touchpoint.type == \"contact.started\" is true; "
            "touchpoint.direction = 0 (DIRECTION_UNSPECIFIED); touchpoint.direction != Direction.OUTBOUND is true; "
            "touchpoint.topic = \"delivery\"; touchpoint.topic != \"\" is true");
  EXPECT_TRUE(clauses["if.count"].held());
  EXPECT_EQ(clauses["if.count"].saw(), "counted 2");
  EXPECT_THAT(explained.evidence(), SizeIs(2));
  EXPECT_THAT(explained.rule_text(), HasSubstr("id: interim.repeat-contact"));
  EXPECT_THAT(explained.rule_location(), HasSubstr("moments.yaml:"));
  EXPECT_EQ(explained.strike().incident(), "strand/order:A");
  EXPECT_THAT(explained.words(), HasSubstr("contacted us 2 times in a week about delivery"));
}

TEST_F(JourneyView, AnAbsenceIsExplainedByItsWait) {
  const v1::ExplainMomentResponse explained = Explain("third.promise-broken");
  ASSERT_THAT(explained.clauses(), SizeIs(2));
  EXPECT_EQ(explained.clauses(1).clause(), "if.absence");
  EXPECT_THAT(explained.clauses(1).saw(), HasSubstr("waits until 2026-03-05 18:00:00 UTC; nothing ended the wait by then"));
}

TEST_F(JourneyView, AnUnknownMomentIsNothing) {
  const auto explained = ExplanationOf(*pack_, story_.driver().state(), Story::kName, "customer:1~aaaaaaaaaaaaaaaaaaaaaaaaaa");
  ASSERT_TRUE(explained.ok());
  EXPECT_FALSE(explained->has_value());
}

TEST_F(JourneyView, MomentsComeInPagesInOrderOfTime) {
  const auto first = MomentQuery::Of(Story::kName, 2, "")->Page(story_.driver().state());
  ASSERT_TRUE(first.ok() && first->has_value());
  ASSERT_THAT((*first)->moments(), SizeIs(2));
  EXPECT_EQ((*first)->moments(0).rule(), "first.contact");
  const auto rest = MomentQuery::Of(Story::kName, 2, (*first)->next_page_token())->Page(story_.driver().state());
  ASSERT_THAT((*rest)->moments(), SizeIs(1));
  EXPECT_EQ((*rest)->moments(0).rule(), "interim.repeat-contact");
  EXPECT_EQ((*rest)->next_page_token(), "");
  EXPECT_EQ(MomentQuery::Of("customer:2", 2, (*first)->next_page_token()).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(MomentQuery::Of(Story::kName, -1, "").status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace touchstone::classification
