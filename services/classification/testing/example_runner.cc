#include "services/classification/testing/example_runner.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/strike_ledger.h"
#include "services/classification/story_time.h"
#include "services/classification/testing/journey_driver.h"
#include "services/classification/testing/journey_map.h"

namespace touchstone::classification {
namespace {

const absl::Time kPresent = absl::FromUnixSeconds(1'772'409'600);  // 2026-03-02.

std::string NameOf(const Example& example) { return absl::StrCat("customer:", example.customer); }

void TellStory(const Example& example, JourneyDriver& driver) {
  for (events::v1::Touchpoint& touchpoint : PlacedAt(example, kPresent)) {
    touchpoint.mutable_names(0)->set_key(NameOf(example));
    driver.AdvanceTo(clock::TimeFrom(touchpoint.occur_time()));
    driver.Arrive(touchpoint);
  }
  driver.AdvanceTo(kPresent);
}

std::string Differences(const Example& example, const JourneyDriver& driver) {
  std::string differences;
  const std::string name = NameOf(example);
  std::vector<std::string> expected;
  for (const ExpectedMoment& moment : example.moments) {
    expected.push_back(absl::StrCat(moment.rule, " at ", StoryTimeText(example.present + moment.offset)));
  }
  std::vector<std::string> found;
  for (const events::v1::MomentOfTruth& moment : driver.MomentsOf(name)) {
    found.push_back(
        absl::StrCat(moment.rule(), " at ", StoryTimeText(clock::TimeFrom(moment.occur_time()) - kPresent + example.present)));
    if (std::find(example.not_found.begin(), example.not_found.end(), moment.rule()) != example.not_found.end()) {
      absl::StrAppend(&differences, "must not be found: ", found.back(), "\n");
    }
  }
  for (const std::string& one : expected) {
    if (std::find(found.begin(), found.end(), one) == found.end()) absl::StrAppend(&differences, "not found: ", one, "\n");
  }
  for (const std::string& one : found) {
    if (std::find(expected.begin(), expected.end(), one) == expected.end())
      absl::StrAppend(&differences, "not expected: ", one, "\n");
  }
  const state::v1::Head head = driver.HeadOf(name);
  if (head.fold().journey().stage() != example.stage) {
    absl::StrAppend(&differences, "stands in ", events::v1::Stage_Name(head.fold().journey().stage()), ", not in ",
                    events::v1::Stage_Name(example.stage), "\n");
  }
  int hundredths = 0;
  for (const state::v1::Incident& incident : head.fold().incidents()) hundredths += CountOf(incident, Nanos(kPresent));
  if (hundredths != example.strike_hundredths) {
    absl::StrAppend(&differences, "has ", hundredths, " hundredths of a strike, not ", example.strike_hundredths, "\n");
  }
  return differences;
}

}  // namespace

std::string Unmet(const Example& example, std::shared_ptr<const Pack> pack) {
  JourneyDriver driver(std::move(pack));
  TellStory(example, driver);
  const std::string differences = Differences(example, driver);
  if (differences.empty()) return "";
  return absl::StrCat(example.customer, ":\n", differences, MapOf(driver, NameOf(example), kPresent - example.present));
}

}  // namespace touchstone::classification
