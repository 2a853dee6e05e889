// Journeys at the limits of what is kept of them (domain/limits.h): what goes, and in which order what is due at once is told.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "services/classification/domain/limits.h"
#include "services/classification/pack_loader.h"
#include "services/classification/testing/told.h"

namespace touchstone::classification {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::SizeIs;

// Each promise that is broken is a moment of each of the rules.
std::shared_ptr<const Pack> BrokenPromises(const std::vector<std::string>& rules) {
  std::string moments = "moments:\n";
  for (const std::string& rule : rules) {
    absl::StrAppend(&moments, "- {id: ", rule, ", kind: third, when: has(touchpoint.promise), if: {absence: {until: promise}}, ",
                    "polarity: disappointment, severity: 70, says: late}\n");
  }
  const auto read = [&](const std::string& path) -> absl::StatusOr<std::string> {
    if (absl::EndsWith(path, "moments.yaml")) return moments;
    if (absl::EndsWith(path, "stages.yaml")) {
      return std::string(
          "stages:\n- {stage: purchase, when: touchpoint.type == \"order.purchased\"}\n"
          "- {stage: consideration, when: touchpoint.type == \"product.viewed\"}\n");
    }
    return std::string(
        "pack: promises\nversion: 1\nstrands: [order]\n"
        "promises: [{what: delivery, kept_by: touchpoint.type == \"order.delivered\"}]\n");
  };
  const auto pack = LoadPack("promises", read);
  EXPECT_TRUE(pack.ok()) << pack.status();
  return *pack;
}

// `rule trigger` of each moment found, as it was told.
std::vector<std::string> Found(const Story& story) {
  std::vector<std::string> found;
  for (const events::v1::JourneyEvent& event : story.driver().events()) {
    const events::v1::MomentOfTruth& moment = event.moment_found().moment();
    if (event.has_moment_found()) found.push_back(absl::StrCat(moment.rule(), " ", moment.trigger().id()));
  }
  return found;
}

TEST(Waits, OfOneInstantFireByTheirRulesAndThenByTheirTriggers) {
  Story story(BrokenPromises({"b", "a"}));
  story.Tell({{"Mon 09:00", "order.purchased", {.id = "z", .order = "1", .promise = "Thu 18:00"}},
              {"Mon 10:00", "order.purchased", {.id = "y", .order = "2", .promise = "Thu 18:00"}},
              {"Mon 11:00", "order.purchased", {.id = "x", .order = "3", .promise = "Thu 17:00"}},
              {"Fri 09:00", "(time passes)"}});
  EXPECT_THAT(Found(story), ElementsAre("a x", "b x", "a y", "a z", "b y", "b z"));
}

TEST(Waits, OfTooManyTheOneThatWouldFireLastGoes) {
  Story story(BrokenPromises({"broken"}));
  for (int i = 0; i < kWaitsMax; ++i) {
    const std::string until = i == 5 ? "week 3 Mon 09:00" : "week 2 Mon 09:00";
    story.Tell({{"Mon 09:00", "order.purchased", {.id = absl::StrCat("t", i), .order = "A", .promise = until}}});
  }
  EXPECT_THAT(story.head().fold().waits(), SizeIs(kWaitsMax));
  story.Tell({{"Tue 09:00", "order.purchased", {.id = "new", .order = "A", .promise = "week 2 Mon 08:00"}},
              {"week 4 Mon 09:00", "(time passes)"}});
  EXPECT_THAT(Found(story), SizeIs(kWaitsMax));
  EXPECT_THAT(Found(story), Contains("broken new"));
  EXPECT_THAT(Found(story), Not(Contains("broken t5")));
}

TEST(Waits, OfTooManyOfOneInstantTheOneOfTheLastTriggerGoes) {
  Story story(BrokenPromises({"broken"}));
  for (int i = 0; i <= kWaitsMax; ++i) {
    const std::string id = absl::StrCat("t", absl::Dec(i, absl::kZeroPad2));
    story.Tell({{absl::StrCat("Mon 09:", absl::Dec(i % 60, absl::kZeroPad2)),
                 "order.purchased",
                 {.id = id, .order = "A", .promise = "Thu 18:00", .arrives = "Mon 12:00"}}});
  }
  story.Tell({{"Fri 09:00", "(time passes)"}});
  EXPECT_THAT(Found(story), SizeIs(kWaitsMax));
  EXPECT_THAT(Found(story), Contains("broken t00"));
  EXPECT_THAT(Found(story), Not(Contains(absl::StrCat("broken t", kWaitsMax))));
}

TEST(Stages, OfTooManySpansTheOldestGoes) {
  Story story(BrokenPromises({"broken"}));
  for (int i = 0; i <= kStagesMax; ++i) {
    story.Tell({{absl::StrCat("day ", 1 + i), i % 2 == 0 ? "product.viewed" : "order.purchased", {.id = absl::StrCat("t", i)}}});
  }
  const state::v1::FoldState fold = story.head().fold();
  ASSERT_THAT(fold.stages(), SizeIs(kStagesMax));
  EXPECT_EQ(fold.stages(0).evidence().id(), "t1");
  EXPECT_EQ(fold.stages(kStagesMax - 1).evidence().id(), absl::StrCat("t", kStagesMax));
}

TEST(Promises, OfTooManyOfAStrandTheOldestThatIsNotOpenGoes) {
  Story story(BrokenPromises({"broken"}));
  for (int i = 0; i < kPromisesPerStrandMax; ++i) {
    const std::string until = i == 2 ? "Tue 09:00" : absl::StrCat("day ", 100 + i);
    story.Tell({{"Mon 09:00", "order.purchased", {.id = absl::StrCat("t", i), .order = "A", .promise = until}}});
  }
  const auto dues = [&] {
    std::vector<int64_t> dues;
    const state::v1::Head head = story.head();
    for (const state::v1::PromiseEntry& promise : head.fold().strands(0).promises()) dues.push_back(promise.due_ns());
    return dues;
  };
  const auto at = [](const std::string& text) { return absl::ToUnixNanos(Story::At(text)); };
  ASSERT_THAT(dues(), SizeIs(kPromisesPerStrandMax));
  story.Tell({{"Wed 09:00", "order.purchased", {.id = "new", .order = "A", .promise = "day 200"}}});
  EXPECT_THAT(dues(), SizeIs(kPromisesPerStrandMax));
  EXPECT_THAT(dues(), Not(Contains(at("Tue 09:00")))) << "it was broken";
  EXPECT_THAT(dues(), Contains(at("day 100")));
  // Where all are open, the oldest; it is not counted among the open ones any more.
  story.Tell({{"Wed 10:00", "order.purchased", {.id = "newer", .order = "A", .promise = "day 201"}}});
  EXPECT_THAT(dues(), Not(Contains(at("day 100"))));
  EXPECT_EQ(story.head().fold().strands(0).facts().promises_open(), kPromisesPerStrandMax);
}

// A touchpoint of somebody at an e-mail address.
events::v1::Touchpoint StatedBy(const std::string& id, int address, absl::Time now) {
  events::v1::Touchpoint touchpoint;
  touchpoint.set_id(id);
  touchpoint.set_source("shop");
  touchpoint.set_type("site.visited");
  *touchpoint.mutable_occur_time() = clock::ToProto(now);
  events::v1::Name& customer = *touchpoint.add_names();
  customer.set_kind(events::v1::NAME_KIND_CUSTOMER);
  customer.set_key(Story::kName);
  events::v1::Name& email = *touchpoint.add_names();
  email.set_kind(events::v1::NAME_KIND_EMAIL);
  email.set_value(absl::StrCat("a", address, "@b.c"));
  email.set_key(absl::StrCat("email:", address));
  return touchpoint;
}

TEST(ContactPoints, OfTooManyTheOneStatedLongestAgoGoes) {
  Story story;
  story.Tell({{"Mon 09:00", "site.visited"}});
  const auto state = [&](int number, int address) {
    story.Tell({{absl::StrCat("Tue 09:", absl::Dec(number, absl::kZeroPad2)), "(time passes)"}});
    story.driver().Arrive(StatedBy(absl::StrCat("c", number), address, story.driver().now()));
  };
  for (int i = 0; i < kContactPointsMax; ++i) state(i, i);
  // Stated again, it is the newest.
  state(20, 0);
  state(21, 100);
  std::vector<std::string> keys;
  const state::v1::Head head = story.head();
  for (const events::v1::ContactPoint& point : head.fold().contact_points()) keys.push_back(point.address_key());
  ASSERT_THAT(keys, SizeIs(kContactPointsMax));
  EXPECT_THAT(keys, Contains("email:0"));
  EXPECT_THAT(keys, Contains("email:100"));
  EXPECT_THAT(keys, Not(Contains("email:1")));
}

events::v1::Touchpoint Purchase(int customer, const std::string& import_id) {
  events::v1::Touchpoint touchpoint;
  touchpoint.set_id(absl::StrCat("bought-", customer));
  touchpoint.set_source("shop");
  touchpoint.set_type("order.purchased");
  touchpoint.set_import_id(import_id);
  *touchpoint.mutable_occur_time() = clock::ToProto(Story::At("Mon 09:00"));
  touchpoint.mutable_promise()->set_what("delivery");
  *touchpoint.mutable_promise()->mutable_until_time() = clock::ToProto(Story::At("Thu 18:00"));
  events::v1::Name& name = *touchpoint.add_names();
  name.set_kind(events::v1::NAME_KIND_CUSTOMER);
  name.set_key(absl::StrCat("customer:", customer));
  return touchpoint;
}

TEST(Imports, WhenOneEndsAllItsCustomersAreConcludedHoweverMany) {
  constexpr int kCustomers = 2 * kConcludedPerStep + 1;
  JourneyDriver driver(BrokenPromises({"broken"}));
  driver.AdvanceTo(Story::At("week 30 Mon 09:00"));
  for (int i = 0; i < kCustomers; ++i) driver.Arrive(Purchase(i, "h"));
  const auto found = [&driver] {
    std::map<std::string, int> found;
    for (const events::v1::JourneyEvent& event : driver.events()) {
      if (event.has_moment_found()) ++found[event.subject()];
    }
    return found;
  };
  EXPECT_THAT(found(), SizeIs(0));
  driver.EndImport("h");
  EXPECT_THAT(found(), SizeIs(kCustomers));
  for (const auto& [subject, count] : found()) EXPECT_EQ(count, 1) << subject;
}

// One customer, in an import each: `count` of them.
Story InImports(int count) {
  Story story(BrokenPromises({"broken"}));
  for (int i = 0; i < count; ++i) {
    story.Tell({{"Mon 09:00",
                 "order.purchased",
                 {.order = "A", .promise = "Thu 18:00", .import_id = absl::StrCat("h", i), .arrives = "week 30 Mon 09:00"}}});
  }
  return story;
}

TEST(Imports, AllThatTouchAJourneyKeepItsDeadlinesWaiting) {
  Story story = InImports(kOpenImportsMax);
  for (int i = 1; i < kOpenImportsMax; ++i) story.EndImport(absl::StrCat("h", i));
  EXPECT_THAT(Found(story), SizeIs(0));
  story.EndImport("h0");
  EXPECT_THAT(Found(story), SizeIs(kOpenImportsMax));
}

TEST(Imports, OfTooManyTheOldestKeepsNothingWaiting) {
  Story story = InImports(kOpenImportsMax + 1);
  EXPECT_THAT(story.head().imports(), SizeIs(kOpenImportsMax));
  EXPECT_THAT(story.head().imports(), Not(Contains("h0")));
  for (int i = 1; i < kOpenImportsMax; ++i) story.EndImport(absl::StrCat("h", i));
  EXPECT_THAT(Found(story), SizeIs(0));
  story.EndImport(absl::StrCat("h", kOpenImportsMax));
  EXPECT_THAT(Found(story), SizeIs(kOpenImportsMax + 1)) << "the first was not waited for";
  story.EndImport("h0");
  EXPECT_THAT(Found(story), SizeIs(kOpenImportsMax + 1));
}

}  // namespace
}  // namespace touchstone::classification
