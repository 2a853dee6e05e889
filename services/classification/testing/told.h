#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "services/classification/testing/journey_driver.h"

// Tests that read as stories: what happened, in the order it arrived, and what is found.
namespace touchstone::classification {

struct Details {
  std::string id = {};
  std::string order = {};
  // Until when, of a delivery.
  std::string promise = {};
  std::string topic = {};
  std::string outcome = {};  // `failed`, `succeeded`.
  int nps = -1;
  int stars = 0;
  bool ours = false;
  std::string import_id = {};
  // When it arrives; empty: when it happens, or with the one before where that is later.
  std::string arrives = {};
};

struct Line {
  std::string at;
  // `(time passes)` only moves the clock.
  std::string type;
  Details details = {};
};

// One customer's journey, as the journey task tells it under the retail pack.
class Story {
 public:
  Story();
  explicit Story(std::shared_ptr<const Pack> pack);

  Story& Tell(const std::vector<Line>& lines);
  Story& EndImport(const std::string& import_id);

  JourneyDriver& driver() { return driver_; }
  const JourneyDriver& driver() const { return driver_; }
  std::vector<events::v1::MomentOfTruth> moments() const { return driver_.MomentsOf(kName); }
  int hundredths() const;
  events::v1::JourneyDigest digest() const { return driver_.DigestOf(kName); }
  // What was told, in short and in order: `found third.promise-broken`, `crossed 1`, `stage PURCHASE`.
  std::vector<std::string> told() const;
  state::v1::Head head() const { return driver_.HeadOf(kName); }
  std::string Map() const;

  static absl::Time At(const std::string& text);
  static constexpr char kName[] = "customer:1";

 private:
  JourneyDriver driver_;
  int next_id_ = 1;
};

inline Story Told(const std::vector<Line>& lines) { return std::move(Story().Tell(lines)); }

// A failing matcher shows the journey as a map.
inline void PrintTo(const Story& story, std::ostream* out) { *out << "\n" << story.Map(); }

MATCHER_P(HasHundredths, hundredths, "") {
  *result_listener << "which has " << arg.hundredths() << " hundredths";
  return arg.hundredths() == hundredths;
}

MATCHER_P(HasStrikes, strikes, "") {
  *result_listener << "which has " << arg.hundredths() << " hundredths";
  return arg.hundredths() == strikes * 100;
}

MATCHER_P2(HasMoment, rule, at, "") {
  for (const auto& moment : arg.moments()) {
    if (moment.rule() == rule && absl::FromUnixSeconds(moment.occur_time().seconds()) == Story::At(at)) return true;
  }
  return false;
}

MATCHER_P(HasNoMoment, rule, "") {
  for (const auto& moment : arg.moments()) {
    if (moment.rule() == rule) return false;
  }
  return true;
}

}  // namespace touchstone::classification
