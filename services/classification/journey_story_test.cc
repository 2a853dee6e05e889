// Journeys as stories, under the retail pack: what arrives when, what is found, and what is told of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/limits.h"
#include "services/classification/pack_loader.h"
#include "services/classification/testing/told.h"

namespace touchstone::classification {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::vector<Line> kLateParcel = {
    {"Mon 09:00", "order.purchased", {.order = "A", .promise = "Thu 18:00"}},
    {"Fri 09:00", "contact.started", {.order = "A", .topic = "delivery"}},
};

TEST(Strikes, FiveComplaintsAboutOneParcelAreOneStrike) {
  Story story = Told({
      {"Mon 09:00", "order.purchased", {.order = "A", .promise = "Thu 18:00"}},
      {"Fri 09:00", "contact.started", {.order = "A", .topic = "delivery"}},
      {"Fri 11:00", "contact.started", {.order = "A", .topic = "delivery"}},
      {"Fri 12:00", "contact.started", {.order = "A", .topic = "delivery"}},
      {"Fri 15:00", "contact.started", {.order = "A", .topic = "delivery"}},
  });
  EXPECT_THAT(story, HasStrikes(1));
  EXPECT_THAT(story, HasMoment("third.promise-broken", "Thu 18:00"));
  EXPECT_THAT(story, HasNoMoment("second.first-order-delight"));
}

TEST(Strikes, CrossingsAreToldOnceEachAndArmedAgainBelow) {
  Story story = Told(kLateParcel);
  EXPECT_THAT(story.told(), Contains("crossed 1").Times(1));
  story.Tell({{"Fri 10:00", "complaint.resolved", {.order = "A", .outcome = "succeeded"}}});
  EXPECT_THAT(story, HasStrikes(0));
  story.Tell({{"Sat 09:00", "order.purchased", {.order = "B", .promise = "Sun 18:00"}}, {"week 2 Mon 09:00", "(time passes)"}});
  EXPECT_THAT(story, HasStrikes(1));
  EXPECT_THAT(story.told(), Contains("crossed 1").Times(2));
}

TEST(Strikes, AnIncidentPaidInFullIsOver) {
  Story story = Told(kLateParcel);
  story.Tell({{"Fri 10:00", "complaint.resolved", {.order = "A", .outcome = "succeeded"}},
              {"Sat 09:00", "contact.started", {.order = "A", .topic = "delivery"}}});
  EXPECT_THAT(story, HasStrikes(1));
}

TEST(Strikes, ARecoveryElsewherePaysNothing) {
  Story story = Told(kLateParcel);
  story.Tell({{"Fri 10:00", "complaint.resolved", {.order = "B", .outcome = "succeeded"}}});
  EXPECT_THAT(story, HasStrikes(1));
}

TEST(Strikes, EndWithTheirLifetimeAndTheDigestSaysSo) {
  Story story = Told(kLateParcel);
  EXPECT_EQ(story.digest().strike_hundredths(), 100);
  story.Tell({{"day 400", "(time passes)"}});
  EXPECT_THAT(story, HasStrikes(0));
  EXPECT_EQ(story.digest().strike_hundredths(), 0);
}

TEST(Late, ADeliveryThatArrivesLateWithdrawsTheBrokenPromise) {
  Story story = Told(kLateParcel);
  EXPECT_THAT(story, HasMoment("third.promise-broken", "Thu 18:00"));
  story.Tell({{"Thu 12:00", "order.delivered", {.order = "A", .arrives = "Fri 10:00"}}});
  EXPECT_THAT(story, HasNoMoment("third.promise-broken"));
  EXPECT_THAT(story, HasMoment("third.promise-kept", "Thu 12:00"));
  EXPECT_THAT(story, HasStrikes(0));
  EXPECT_THAT(story.told(), Contains("withdrawn third.promise-broken"));
}

TEST(Late, WhatIsFoundAnewIsNotToldTwice) {
  Story story = Told(kLateParcel);
  story.Tell({{"Tue 09:00", "order.handed_over", {.order = "A", .arrives = "Fri 10:00"}}});
  EXPECT_THAT(story.told(), Contains("found third.promise-broken").Times(1));
  EXPECT_THAT(story.told(), Contains("crossed 1").Times(1));
}

TEST(Late, AnEarlierContactMakesTheRepeatAndChangesItsWords) {
  Story story =
      Told({{"Mon 09:00", "contact.started", {.topic = "invoice"}}, {"Wed 09:00", "contact.started", {.topic = "invoice"}}});
  ASSERT_THAT(story, HasMoment("interim.repeat-contact", "Wed 09:00"));
  story.Tell({{"Tue 09:00", "contact.started", {.topic = "invoice", .arrives = "Thu 09:00"}}});
  EXPECT_THAT(story, HasMoment("interim.repeat-contact", "Tue 09:00"));
  EXPECT_THAT(story.told(), Contains("changed interim.repeat-contact").Times(1));
  EXPECT_EQ(story.moments().back().says(), "contacted us 3 times in a week about invoice");
  std::vector<std::string> shown;
  const events::v1::JourneyDigest digest = story.digest();
  for (const events::v1::MomentOfTruth& moment : digest.last_moments()) shown.push_back(moment.id());
  std::vector<std::string> all;
  for (const events::v1::MomentOfTruth& moment : story.moments()) all.push_back(moment.id());
  EXPECT_THAT(shown, testing::UnorderedElementsAreArray(all)) << "each as it is now, and none twice";
}

// A broken promise long ago, seven parcels in time since, and a review of the time before that comes to be known only now.
std::vector<events::v1::StrikeCrossing> CrossedByAnOldStrike(const std::string& import_id) {
  Story story = Told({{"Mon 09:00", "order.purchased", {.order = "A", .promise = "Thu 18:00"}}});
  for (const char* order : {"B", "C", "D", "E", "F", "G", "H"}) {
    story.Tell({{"week 2 Mon 09:00", "order.purchased", {.order = order, .promise = "week 2 Thu 18:00"}}});
  }
  for (const char* order : {"B", "C", "D", "E", "F", "G", "H"}) {
    story.Tell({{"week 2 Wed 09:00", "order.delivered", {.order = order}}});
  }
  story.Tell({{"Tue 09:00",
               "review.posted",
               {.id = "review", .order = "Z", .stars = 1, .import_id = import_id, .arrives = "week 2 Thu 09:00"}}});
  if (!import_id.empty()) story.EndImport(import_id);
  std::vector<events::v1::StrikeCrossing> crossings;
  for (const events::v1::JourneyEvent& event : story.driver().events()) {
    if (!event.has_strike_crossing()) continue;
    crossings.push_back(event.strike_crossing());
    for (const events::v1::MomentOfTruth& shown : event.journey().last_moments()) {
      EXPECT_TRUE(crossings.size() == 1 || shown.id() != crossings.back().strike().moment_id()) << "the digest shows it anyhow";
    }
  }
  return crossings;
}

TEST(Late, ACrossingCarriesItsMomentAndWhatCameLate) {
  const std::vector<events::v1::StrikeCrossing> crossings = CrossedByAnOldStrike("");
  ASSERT_THAT(crossings, SizeIs(2));
  EXPECT_EQ(crossings[0].moment().rule(), "third.promise-broken");
  EXPECT_FALSE(crossings[0].has_late_evidence());
  EXPECT_EQ(crossings[1].strikes(), 2);
  EXPECT_EQ(crossings[1].moment().id(), crossings[1].strike().moment_id());
  EXPECT_EQ(crossings[1].moment().rule(), "third.promise-broken");
  EXPECT_EQ(crossings[1].late_evidence().id(), "review");
}

TEST(Imports, WhatTheyMakeCrossIsNoLateNews) {
  const std::vector<events::v1::StrikeCrossing> crossings = CrossedByAnOldStrike("history");
  ASSERT_THAT(crossings, SizeIs(2));
  EXPECT_EQ(crossings[1].moment().rule(), "third.promise-broken");
  EXPECT_FALSE(crossings[1].has_late_evidence());
}

TEST(Repeats, AreDroppedAndOtherContentIsFlagged) {
  Story story = Told({{"Mon 09:00", "site.visited", {.id = "x"}},
                      {"Mon 09:00", "site.visited", {.id = "x", .arrives = "Mon 10:00"}},
                      {"Mon 09:00", "site.visited", {.id = "x", .import_id = "again", .arrives = "Mon 10:00"}}});
  EXPECT_EQ(story.digest().touchpoint_count(), 1);
  EXPECT_THAT(story.driver().dead_letters(), IsEmpty());
  story.Tell({{"Mon 09:00", "product.viewed", {.id = "x", .arrives = "Mon 11:00"}}});
  EXPECT_EQ(story.digest().touchpoint_count(), 1);
  EXPECT_THAT(story.driver().dead_letters(), ElementsAre("CONFLICTING_CONTENT"));
}

TEST(Ahead, WhatIsStatedForLaterIsFoldedWhenItsTimeComes) {
  Story story = Told({{"Mon 20:00", "site.visited", {.arrives = "Mon 09:00"}}});
  EXPECT_EQ(story.digest().touchpoint_count(), 0);
  EXPECT_THAT(story.moments(), IsEmpty());
  story.Tell({{"Mon 21:00", "(time passes)"}});
  EXPECT_EQ(story.digest().touchpoint_count(), 1);
  EXPECT_THAT(story, HasMoment("first.contact", "Mon 20:00"));
}

TEST(Imports, DeadlinesLongPastWaitForTheEnd) {
  const std::string now = "week 30 Mon 09:00";
  Story story =
      Told({{"Mon 09:00", "order.purchased", {.order = "A", .promise = "Thu 18:00", .import_id = "h", .arrives = now}}});
  EXPECT_THAT(story, HasNoMoment("third.promise-broken"));
  story.Tell({{"Wed 09:00", "order.delivered", {.order = "A", .import_id = "h", .arrives = now}},
              {"Fri 09:00", "order.purchased", {.order = "B", .promise = "Sat 18:00", .import_id = "h", .arrives = now}}});
  EXPECT_THAT(story, HasNoMoment("third.promise-broken"));
  story.EndImport("h");
  EXPECT_THAT(story, HasMoment("third.promise-broken", "Sat 18:00"));
  EXPECT_THAT(story.told(), Not(Contains("withdrawn third.promise-broken")));
}

TEST(Imports, OneThatFallsSilentHasEnded) {
  Story story = Told(
      {{"Mon 09:00", "order.purchased", {.order = "A", .promise = "Thu 18:00", .import_id = "h", .arrives = "week 30 Mon 09:00"}},
       {"week 30 Mon 20:00", "(time passes)"}});
  EXPECT_THAT(story, HasNoMoment("third.promise-broken"));
  story.Tell({{"week 30 Tue 10:00", "(time passes)"}});
  EXPECT_THAT(story, HasMoment("third.promise-broken", "Thu 18:00"));
}

TEST(Echo, WhatWeCauseConcludesNothing) {
  Story story = Told({{"Mon 09:00", "contact.started", {.topic = "x", .ours = true}},
                      {"Mon 10:00", "contact.started", {.topic = "x", .ours = true}}});
  EXPECT_THAT(story.moments(), IsEmpty());
  EXPECT_EQ(story.digest().stage(), events::v1::STAGE_UNSPECIFIED);
  EXPECT_EQ(story.digest().touchpoint_count(), 2);
}

TEST(Stages, TellTheirChangesAndGoBack) {
  Story story = Told({{"Mon 09:00", "product.viewed"},
                      {"Tue 09:00", "order.purchased", {.order = "A"}},
                      {"Wed 09:00", "order.delivered", {.order = "A"}},
                      {"week 9 Mon 09:00", "product.compared"}});
  EXPECT_EQ(story.digest().stage(), events::v1::STAGE_CONSIDERATION);
  EXPECT_THAT(story.head().fold().stages(), SizeIs(4));
  EXPECT_THAT(story.told(), Contains("stage PURCHASE").Times(1));
  events::v1::Stage stood = events::v1::STAGE_UNSPECIFIED;
  for (const events::v1::JourneyEvent& event : story.driver().events()) {
    if (!event.has_stage_changed()) continue;
    EXPECT_EQ(event.stage_changed().from_stage(), stood);
    stood = event.stage_changed().to_stage();
    EXPECT_EQ(event.journey().stage(), stood) << "who hears of it sees the journey as it is then";
    EXPECT_GT(event.journey().touchpoint_count(), 0);
  }
  EXPECT_EQ(stood, events::v1::STAGE_CONSIDERATION);
}

TEST(Digest, IsBoundedAndShowsThePromises) {
  Story story = Told({{"Mon 09:00", "order.purchased", {.order = "A", .promise = "Thu 18:00"}}});
  for (int i = 0; i < 20; ++i) story.Tell({{"Mon 10:00", "contact.started", {.id = absl::StrCat("c", i), .topic = "x"}}});
  const events::v1::JourneyDigest digest = story.digest();
  EXPECT_THAT(digest.last_moments(), SizeIs(kLastMoments));
  EXPECT_THAT(digest.last_touchpoints(), SizeIs(kLastTouchpoints));
  ASSERT_THAT(digest.promises(), SizeIs(1));
  EXPECT_FALSE(digest.promises(0).broken());
  story.Tell({{"Fri 10:00", "(time passes)"}});
  EXPECT_TRUE(story.digest().promises(0).broken());
}

TEST(Cap, TheOldestBecomeTheBaseAndTheRestGoesOn) {
  Story story;
  for (int i = 0; i < kKeptTouchpointsMax + 10; ++i) {
    story.Tell({{absl::StrCat("day ", i / 24, " ", i % 24 < 10 ? "0" : "", i % 24, ":00"), "product.viewed"}});
  }
  EXPECT_EQ(story.head().kept_count(), kKeptTouchpointsMax + 10 - kDropChunk);
  EXPECT_EQ(story.digest().touchpoint_count(), kKeptTouchpointsMax + 10);
  ASSERT_TRUE(story.head().has_base_point());
  // What is older than all that is kept is counted, and nothing else.
  story.Tell({{"day 1", "site.visited", {.arrives = "day 90"}}});
  EXPECT_EQ(story.head().too_late_count(), 1);
  EXPECT_EQ(story.digest().touchpoint_count(), kKeptTouchpointsMax + 10);
  // A late one that is not so old is placed: the base and what is kept give the same journey as before, and one more.
  story.Tell({{"day 60", "site.visited", {.arrives = "day 90"}}});
  EXPECT_EQ(story.digest().touchpoint_count(), kKeptTouchpointsMax + 11);
  EXPECT_THAT(story, HasMoment("first.contact", "Mon 00:00"));
  EXPECT_EQ(story.driver().MomentsTold(Story::kName).size(), story.moments().size());
}

TEST(Age, WhatIsFarBehindTheNewestBecomesTheBase) {
  Story story =
      Told({{"Mon 09:00", "order.purchased", {.order = "A"}}, {"day 300", "site.visited"}, {"day 420", "site.visited"}});
  EXPECT_EQ(story.head().kept_count(), 2);
  EXPECT_EQ(story.digest().touchpoint_count(), 3);
  EXPECT_EQ(story.digest().stage(), events::v1::STAGE_PURCHASE);
  story.Tell({{"day 1", "site.visited", {.arrives = "day 421"}}, {"day 200", "site.visited", {.arrives = "day 421"}}});
  EXPECT_EQ(story.digest().touchpoint_count(), 5);
}

TEST(Age, OfMomentsFromBeforeTheNewestStayReadable) {
  Story story;
  for (int i = 0; i < kFrozenMomentsMax + 20; ++i) {
    const std::string order = absl::StrCat(i);
    const std::string day = absl::StrCat("day ", 1 + i / 24, " ", absl::Dec(i % 24, absl::kZeroPad2));
    story.Tell({{day + ":00", "order.purchased", {.order = order, .promise = day + ":59"}},
                {day + ":30", "order.delivered", {.order = order}}});
  }
  ASSERT_GT(story.moments().size(), static_cast<size_t>(kFrozenMomentsMax));
  story.Tell({{"day 460", "site.visited"}});
  const std::vector<events::v1::MomentOfTruth> moments = story.moments();
  EXPECT_EQ(moments.size(), static_cast<size_t>(kFrozenMomentsMax));
  EXPECT_GT(absl::FromUnixSeconds(moments.front().occur_time().seconds()), Story::At("day 1 00:30")) << "the oldest go";
}

// Two ways to come to other rules: the next touchpoint, and being asked to.
TEST(Refold, UnderOtherRulesSaysWhatThoseSay) {
  for (const bool asked : {false, true}) {
    Story story = Told({{"Mon 09:00", "order.purchased", {.order = "A", .promise = "Thu 18:00"}},
                        {"Wed 09:00", "order.delivered", {.order = "A"}}});
    ASSERT_THAT(story, HasMoment("second.first-order-delight", "Wed 09:00"));
    const absl::StatusOr<std::shared_ptr<const Pack>> core = LoadPack("deploy/packs/core");
    ASSERT_TRUE(core.ok()) << core.status();
    story.driver().Restart(*core);
    if (asked) {
      story.driver().Refold(Story::kName);
    } else {
      story.Tell({{"Wed 10:00", "site.visited"}});
    }
    EXPECT_THAT(story, HasNoMoment("second.first-order-delight")) << asked;
    EXPECT_THAT(story.told(), Contains("withdrawn second.first-order-delight").Times(1)) << asked;
    EXPECT_EQ(story.head().pack_fingerprint(), (*core)->fingerprint());
  }
}

TEST(Refold, OnRequestChangesNothing) {
  Story story = Told(kLateParcel);
  const std::vector<std::string> told = story.told();
  const std::string before = story.head().fold().SerializeAsString();
  story.driver().Refold(Story::kName);
  EXPECT_EQ(story.told(), told);
  EXPECT_EQ(story.head().fold().SerializeAsString(), before);
}

TEST(ContactPoints, ANameByItsKeyAloneLeavesTheAddressAsItWas) {
  Story story = Told({{"Mon 09:00", "site.visited"}});
  events::v1::Touchpoint stated;
  stated.set_id("1");
  stated.set_source("shop");
  stated.set_type("site.visited");
  *stated.mutable_occur_time() = clock::ToProto(story.driver().now());
  events::v1::Name& name = *stated.add_names();
  name.set_kind(events::v1::NAME_KIND_EMAIL);
  name.set_value("a@b.c");
  name.set_key("email:1");
  story.driver().Arrive(stated);
  // A send of ours, as outreach tells it.
  stated.set_id("2");
  stated.set_source("touchstone.outreach");
  stated.set_type("outreach.requested");
  stated.mutable_names(0)->clear_value();
  story.driver().Arrive(stated);
  const events::v1::JourneyDigest digest = story.driver().DigestOf("email:1");
  ASSERT_EQ(digest.contact_points_size(), 1);
  EXPECT_EQ(digest.contact_points(0).address(), "a@b.c");
}

TEST(Budget, AUsualTouchpointWritesThreeKeys) {
  Story story = Told({{"Mon 09:00", "site.visited"}});
  story.driver().TakePutCount();
  story.Tell({{"Mon 09:05", "site.visited"}});
  EXPECT_EQ(story.driver().TakePutCount(), 3);
}

}  // namespace
}  // namespace touchstone::classification
