#include "services/classification/testing/told.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/status/invariant.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/strike_ledger.h"
#include "services/classification/pack_loader.h"
#include "services/classification/story_time.h"
#include "services/classification/testing/journey_map.h"

namespace touchstone::classification {
namespace {

const absl::Time kFirstMonday = absl::FromUnixSeconds(1'772'409'600);  // 2026-03-02.

std::shared_ptr<const Pack> Retail() {
  static const auto& pack = *new absl::StatusOr<std::shared_ptr<const Pack>>(LoadPack("deploy/packs/retail"));
  INVARIANT(pack.ok(), pack.status().ToString());
  return *pack;
}

events::v1::Touchpoint TouchpointOf(const Line& line, const std::string& id) {
  events::v1::Touchpoint touchpoint;
  touchpoint.set_id(line.details.id.empty() ? id : line.details.id);
  touchpoint.set_source("test");
  touchpoint.set_type(line.type);
  touchpoint.set_channel(events::v1::CHANNEL_PHONE);
  touchpoint.set_topic(line.details.topic);
  touchpoint.set_import_id(line.details.import_id);
  *touchpoint.mutable_occur_time() = clock::ToProto(Story::At(line.at));
  events::v1::Name& name = *touchpoint.add_names();
  name.set_kind(events::v1::NAME_KIND_CUSTOMER);
  name.set_value("1");
  name.set_key(Story::kName);
  if (!line.details.order.empty()) {
    events::v1::Correlation& order = *touchpoint.add_correlations();
    order.set_kind(events::v1::CORRELATION_KIND_ORDER);
    order.set_id(line.details.order);
  }
  if (!line.details.promise.empty()) {
    touchpoint.mutable_promise()->set_what("delivery");
    *touchpoint.mutable_promise()->mutable_until_time() = clock::ToProto(Story::At(line.details.promise));
  }
  if (line.details.outcome == "failed") touchpoint.set_outcome(events::v1::OUTCOME_FAILED);
  if (line.details.outcome == "succeeded") touchpoint.set_outcome(events::v1::OUTCOME_SUCCEEDED);
  if (line.details.nps >= 0) {
    touchpoint.mutable_survey()->set_kind(events::v1::SURVEY_KIND_NPS);
    touchpoint.mutable_survey()->set_score(line.details.nps);
  }
  if (line.details.stars > 0) touchpoint.set_stars(line.details.stars);
  if (line.details.ours) touchpoint.mutable_caused_by()->set_depth(1);
  return touchpoint;
}

std::string ShortOf(const events::v1::JourneyEvent& event) {
  if (event.has_moment_found()) return absl::StrCat("found ", event.moment_found().moment().rule());
  if (event.has_moment_changed()) return absl::StrCat("changed ", event.moment_changed().moment().rule());
  if (event.has_moment_withdrawn()) return absl::StrCat("withdrawn ", event.moment_withdrawn().moment().rule());
  if (event.has_strike_crossing()) return absl::StrCat("crossed ", event.strike_crossing().strikes());
  return absl::StrCat("stage ", events::v1::Stage_Name(event.stage_changed().to_stage()).substr(sizeof("STAGE_") - 1));
}

}  // namespace

Story::Story() : Story(Retail()) {}

Story::Story(std::shared_ptr<const Pack> pack) : driver_(std::move(pack)) {}

absl::Time Story::At(const std::string& text) {
  const absl::StatusOr<absl::Duration> time = ParseStoryTime(text);
  INVARIANT(time.ok(), absl::StrCat("'", text, "' ", time.status().message()));
  return kFirstMonday + *time;
}

Story& Story::Tell(const std::vector<Line>& lines) {
  for (const Line& line : lines) {
    driver_.AdvanceTo(At(line.details.arrives.empty() ? line.at : line.details.arrives));
    const std::string id = absl::StrCat("t", next_id_++);
    if (line.type != "(time passes)") driver_.Arrive(TouchpointOf(line, id));
  }
  return *this;
}

Story& Story::EndImport(const std::string& import_id) {
  driver_.EndImport(import_id);
  return *this;
}

int Story::hundredths() const {
  int sum = 0;
  const state::v1::Head head = driver_.HeadOf(kName);
  for (const state::v1::Incident& incident : head.fold().incidents()) sum += CountOf(incident, Nanos(driver_.now()));
  return sum;
}

std::vector<std::string> Story::told() const {
  std::vector<std::string> told;
  for (const events::v1::JourneyEvent& event : driver_.events()) told.push_back(ShortOf(event));
  return told;
}

std::string Story::Map() const { return MapOf(driver_, kName, kFirstMonday); }

}  // namespace touchstone::classification
