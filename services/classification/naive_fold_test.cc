// The journey task against the naive journey, over seeded worlds: touchpoints late, doubled, with other content, ahead of
// their time, imported, and a clock that fires deadlines between them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/clock/proto_time.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/strike_ledger.h"
#include "services/classification/story_time.h"
#include "services/classification/testing/journey_driver.h"
#include "services/classification/testing/journey_map.h"
#include "services/classification/testing/naive_journey.h"
#include "services/classification/testing/naive_packs.h"

namespace touchstone::classification {
namespace {

using naive::Fact;
using naive::kDay;
using naive::kHour;

constexpr char kName[] = "customer:1";
constexpr char kImport[] = "history";
// 2026-03-02, a Monday.
constexpr int64_t kStart = 1'772'409'600 * naive::kSecond;
constexpr int kWorldsByDefault = 300;
constexpr int kPromisesOfAnOrder = 6;

class World {
 public:
  explicit World(uint64_t seed) : random_(seed) {
    imported_ = Below(12) == 0;
    const int count = 30 + Below(171);
    // Some worlds are dense, so that times collide.
    const int64_t grid = Below(2) == 0 ? kHour : kHour / 4;
    const int64_t days = 10 + Below(50);
    for (int i = 0; i < count; ++i) {
      const int64_t time = kStart + Below(static_cast<int>(days * kDay / grid)) * grid;
      facts_.push_back(RandomFact(i, time, grid));
    }
    PlanArrivals();
  }

  bool imported() const { return imported_; }
  const std::vector<std::pair<int64_t, Fact>>& arrivals() const { return arrivals_; }
  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint64_t>(limit)); }

 private:
  Fact RandomFact(int index, int64_t time, int64_t grid) {
    static const auto& types =
        *new std::vector<std::string>{"order.purchased", "order.delivered", "contact.started", "contact.started",
                                      "contact.ended",   "product.viewed",  "refund.paid",     "survey.answered"};
    Fact fact;
    fact.time = time;
    fact.source = Below(3) == 0 ? "crm" : "shop";
    fact.id = absl::StrCat("t", index);
    fact.type = types[static_cast<size_t>(Below(static_cast<int>(types.size())))];
    if (Below(4) > 0) fact.topic = absl::StrCat("topic", Below(3));
    if (Below(3) > 0) fact.order = absl::StrCat("O", Below(5));
    fact.external = Below(6) == 0;
    fact.ours = Below(10) == 0;
    fact.failed = Below(5) == 0;
    if (fact.type == "survey.answered") fact.nps = Below(11);
    if (Below(4) == 0) fact.sentiment = (Below(21) - 10) / 10.0;
    const bool promises = fact.type == "order.purchased" ? Below(2) == 0 : Below(25) == 0;
    if (promises && promises_[fact.order] < kPromisesOfAnOrder) {
      ++promises_[fact.order];
      fact.promise = Below(3) == 0 ? "callback" : Below(6) == 0 ? "a miracle" : "delivery";
      fact.until = time + (Below(12) - 1) * (Below(2) == 0 ? kDay / 2 : grid);
    }
    return fact;
  }

  // Most come a little after they happened; a third late, again, or both; a few ahead of the clock.
  void PlanArrivals() {
    for (const Fact& fact : facts_) {
      const int64_t promptly = fact.time + Below(60) * naive::kSecond;
      const int kind = Below(100);
      const int64_t late = fact.time + Below(10 * 24) * kHour;
      const int64_t early = fact.time - Below(12) * kHour;
      arrivals_.emplace_back(kind < 22 ? late : kind < 26 ? early : promptly, fact);
      if (Below(8) == 0) arrivals_.emplace_back(promptly + Below(6 * 24) * kHour, fact);
      if (Below(40) == 0) {
        Fact other = fact;
        other.topic = "another";
        arrivals_.emplace_back(promptly + (1 + Below(6 * 24)) * kHour, other);
      }
    }
    if (imported_) std::shuffle(arrivals_.begin(), arrivals_.end(), random_);
    std::stable_sort(arrivals_.begin(), arrivals_.end(),
                     [&](const auto& a, const auto& b) { return !imported_ && a.first < b.first; });
    if (!imported_) return;
    for (auto& [time, fact] : arrivals_) time = kStart + 90 * kDay;
  }

  std::mt19937_64 random_;
  bool imported_ = false;
  std::vector<Fact> facts_;
  std::map<std::string, int> promises_;
  std::vector<std::pair<int64_t, Fact>> arrivals_;
};

events::v1::Touchpoint TouchpointOf(const Fact& fact, bool imported) {
  events::v1::Touchpoint to;
  to.set_source(fact.source);
  to.set_id(fact.id);
  to.set_type(fact.type);
  to.set_topic(fact.topic);
  *to.mutable_occur_time() = TimestampOf(fact.time);
  events::v1::Name& name = *to.add_names();
  name.set_kind(events::v1::NAME_KIND_CUSTOMER);
  name.set_value("1");
  name.set_key(kName);
  if (fact.external) to.set_direction(events::v1::DIRECTION_EXTERNAL);
  if (fact.ours) to.mutable_caused_by()->set_depth(1);
  if (fact.failed) to.set_outcome(events::v1::OUTCOME_FAILED);
  if (fact.sentiment != 0) to.set_sentiment(fact.sentiment);
  if (fact.nps >= 0) {
    to.mutable_survey()->set_kind(events::v1::SURVEY_KIND_NPS);
    to.mutable_survey()->set_score(fact.nps);
  }
  if (!fact.order.empty()) {
    events::v1::Correlation& order = *to.add_correlations();
    order.set_kind(events::v1::CORRELATION_KIND_ORDER);
    order.set_id(fact.order);
  }
  if (!fact.promise.empty()) {
    to.mutable_promise()->set_what(fact.promise);
    *to.mutable_promise()->mutable_until_time() = TimestampOf(fact.until);
  }
  if (imported) to.set_import_id(kImport);
  return to;
}

// What of a moment the naive journey says too. A count stands in the sentence of the rules that count.
std::string LineOf(const naive::Moment& moment) {
  return absl::StrCat(StoryTimeText(TimeOf(moment.time) - TimeOf(kStart)), " ", moment.rule, " by ", moment.trigger, " in stage ",
                      moment.stage);
}

naive::Moment PlainOf(const events::v1::MomentOfTruth& moment) {
  naive::Moment plain;
  plain.rule = moment.rule();
  plain.time = Nanos(moment.occur_time());
  plain.trigger = absl::StrCat(moment.trigger().source(), "/", moment.trigger().id());
  plain.stage = static_cast<naive::Stage>(moment.stage());
  int count = 0;
  if (absl::SimpleAtoi(moment.says().substr(0, moment.says().find(' ')), &count) && moment.rule() != "contradicted")
    plain.count = count;
  return plain;
}

naive::Result ResultOf(const JourneyDriver& driver) {
  naive::Result result;
  for (const events::v1::MomentOfTruth& moment : driver.MomentsOf(kName)) result.moments.push_back(PlainOf(moment));
  std::sort(result.moments.begin(), result.moments.end());
  const state::v1::Head head = driver.HeadOf(kName);
  for (const state::v1::StageEntry& entry : head.fold().stages())
    result.stages.push_back(static_cast<naive::Stage>(entry.stage()));
  for (const state::v1::Incident& incident : head.fold().incidents()) result.hundredths += CountOf(incident, Nanos(driver.now()));
  result.touchpoints = static_cast<int>(head.fold().journey().touchpoint_count());
  for (const state::v1::StrandEntry& strand : head.fold().strands()) {
    if (strand.promises().empty()) continue;
    std::vector<int>& counts = result.promises[strand.facts().id()];
    counts.resize(3);
    for (const state::v1::PromiseEntry& promise : strand.promises()) {
      const bool open = promise.status() == state::v1::PromiseEntry::STATUS_OPEN;
      ++counts[open ? 0 : promise.status() == state::v1::PromiseEntry::STATUS_KEPT ? 1 : 2];
    }
  }
  return result;
}

std::string Difference(const naive::Result& journey, const naive::Result& naive) {
  std::string text;
  for (const naive::Moment& moment : journey.moments) {
    if (std::find(naive.moments.begin(), naive.moments.end(), moment) == naive.moments.end()) {
      absl::StrAppend(&text, "only found: ", LineOf(moment), "\n");
    }
  }
  for (const naive::Moment& moment : naive.moments) {
    if (std::find(journey.moments.begin(), journey.moments.end(), moment) == journey.moments.end()) {
      absl::StrAppend(&text, "not found: ", LineOf(moment), "\n");
    }
  }
  if (journey.moments.size() != naive.moments.size())
    absl::StrAppend(&text, journey.moments.size(), " moments, not ", naive.moments.size(), "\n");
  const auto stages = [](const naive::Result& one) {
    return absl::StrJoin(one.stages.end() - std::min<size_t>(one.stages.size(), 32), one.stages.end(), " ");
  };
  if (stages(journey) != stages(naive)) absl::StrAppend(&text, "stages ", stages(journey), ", not ", stages(naive), "\n");
  if (journey.hundredths != naive.hundredths)
    absl::StrAppend(&text, journey.hundredths, " hundredths, not ", naive.hundredths, "\n");
  if (journey.touchpoints != naive.touchpoints)
    absl::StrAppend(&text, journey.touchpoints, " touchpoints, not ", naive.touchpoints, "\n");
  if (journey.promises != naive.promises) absl::StrAppend(&text, "promises differ\n");
  return text;
}

// The first of each (source, id), as they arrived.
class Accepted {
 public:
  bool Take(const Fact& fact) {
    if (!seen_.insert({fact.source, fact.id}).second) return false;
    facts_.push_back(fact);
    return true;
  }
  const std::vector<Fact>& facts() const { return facts_; }

 private:
  std::set<std::pair<std::string, std::string>> seen_;
  std::vector<Fact> facts_;
};

class NaiveFold : public ::testing::Test {
 protected:
  // Empty where all is equal.
  std::string Run(uint64_t seed) {
    World world(seed);
    const naive::TwinPack& twin = twins_[seed % twins_.size()];
    JourneyDriver driver(twin.pack);
    Accepted accepted;
    const size_t look_at = static_cast<size_t>(world.Below(static_cast<int>(world.arrivals().size())));
    for (size_t i = 0; i < world.arrivals().size(); ++i) {
      const auto& [time, fact] = world.arrivals()[i];
      driver.AdvanceTo(TimeOf(time));
      driver.Arrive(TouchpointOf(fact, world.imported()));
      accepted.Take(fact);
      if (i != look_at || world.imported()) continue;
      const std::string early = Compare(driver, accepted, twin);
      if (!early.empty()) return absl::StrCat("after arrival ", i, ":\n", early);
    }
    if (world.imported()) driver.EndImport(kImport);
    driver.AdvanceTo(driver.now() + absl::Hours(world.Below(20 * 24)));
    std::string late = Compare(driver, accepted, twin);
    if (late.empty() && !SameTold(driver)) late = "what was told does not add up to what is held\n";
    return late;
  }

  static std::string Compare(JourneyDriver& driver, const Accepted& accepted, const naive::TwinPack& twin) {
    // A timer fires when its time has passed, which at the very instant it has not.
    driver.AdvanceTo(driver.now() + absl::Seconds(1));
    naive::Result naive = naive::JourneyOf(accepted.facts(), Nanos(driver.now()), twin.rules);
    const std::string difference = Difference(ResultOf(driver), naive);
    return difference.empty() ? "" : absl::StrCat(difference, MapOf(driver, kName, TimeOf(kStart)));
  }

  static bool SameTold(const JourneyDriver& driver) {
    const auto lines = [](const std::vector<events::v1::MomentOfTruth>& moments) {
      return absl::StrJoin(moments, "\n", [](std::string* out, const auto& moment) { out->append(moment.SerializeAsString()); });
    };
    return lines(driver.MomentsOf(kName)) == lines(driver.MomentsTold(kName));
  }

  const std::vector<naive::TwinPack> twins_ = naive::TwinPacks();
};

TEST_F(NaiveFold, IsEqual) {
  int worlds = kWorldsByDefault;
  // TOUCHSTONE_WORLDS=10000 is what a release is held to; TOUCHSTONE_WORLD=638 begins with that one.
  if (const char* asked = std::getenv("TOUCHSTONE_WORLDS")) {
    ASSERT_TRUE(absl::SimpleAtoi(asked, &worlds)) << asked;
  }
  int first = 0;
  if (const char* asked = std::getenv("TOUCHSTONE_WORLD")) {
    ASSERT_TRUE(absl::SimpleAtoi(asked, &first)) << asked;
  }
  for (int seed = first; seed < std::max(worlds, first + 1); ++seed) {
    const std::string difference = Run(static_cast<uint64_t>(seed));
    ASSERT_TRUE(difference.empty()) << "world " << seed << ":\n" << difference;
  }
}

}  // namespace
}  // namespace touchstone::classification
