#include "services/classification/testing/journey_map.h"

#include <limits>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/status/invariant.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/journey_store.h"
#include "services/classification/story_time.h"

namespace touchstone::classification {
namespace {

std::string TouchpointLine(const events::v1::Touchpoint& touchpoint) {
  std::string line = touchpoint.type();
  for (const events::v1::Correlation& correlation : touchpoint.correlations())
    absl::StrAppend(&line, " [", correlation.id(), "]");
  if (!touchpoint.topic().empty()) absl::StrAppend(&line, " about ", touchpoint.topic());
  if (touchpoint.outcome() != events::v1::OUTCOME_UNSPECIFIED) {
    absl::StrAppend(&line, " ", events::v1::Outcome_Name(touchpoint.outcome()));
  }
  return line;
}

std::string MomentLine(const events::v1::MomentOfTruth& moment) {
  return absl::StrCat("  * ", moment.rule(), " (", events::v1::Polarity_Name(moment.polarity()), " ", moment.severity(),
                      "): ", moment.says());
}

}  // namespace

std::string MapOf(const JourneyDriver& driver, absl::string_view name, absl::Time first_monday) {
  std::multimap<int64_t, std::string> lines;
  const absl::Status read =
      ReadTouchpoints(driver.state(), name, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(),
                      [&](absl::string_view, const events::v1::Touchpoint& touchpoint) {
                        lines.emplace(Nanos(touchpoint.occur_time()), TouchpointLine(touchpoint));
                        return true;
                      });
  INVARIANT(read.ok(), read.ToString());
  const state::v1::Head head = driver.HeadOf(name);
  for (const state::v1::StageEntry& entry : head.fold().stages()) {
    lines.emplace(Nanos(entry.evidence().occur_time()), absl::StrCat("  = ", events::v1::Stage_Name(entry.stage())));
  }
  for (const events::v1::MomentOfTruth& moment : driver.MomentsOf(name))
    lines.emplace(Nanos(moment.occur_time()), MomentLine(moment));
  std::string map = absl::StrCat(name, "\n");
  for (const auto& [time_ns, line] : lines) {
    absl::StrAppend(&map, "  ", StoryTimeText(TimeOf(time_ns) - first_monday), "  ", line, "\n");
  }
  for (const state::v1::Incident& incident : head.fold().incidents()) {
    absl::StrAppend(&map, "  strikes of ", incident.key(), ":");
    for (const state::v1::StrikeEntry& strike : incident.strikes())
      absl::StrAppend(&map, " ", strike.weight_hundredths(), " (", strike.rule(), ")");
    if (incident.paid_hundredths() > 0) absl::StrAppend(&map, ", paid back ", incident.paid_hundredths());
    absl::StrAppend(&map, "\n");
  }
  return map;
}

}  // namespace touchstone::classification
