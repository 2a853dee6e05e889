#include "tools/cli/journey_event_line.h"

#include "absl/strings/str_cat.h"
#include "tools/cli/enum_word.h"
#include "tools/cli/event_text.h"
#include "tools/cli/text_width.h"
#include "tools/cli/time_text.h"

namespace touchstone::cli {
namespace {

using events::v1::JourneyEvent;
using events::v1::MomentOfTruth;

struct Line {
  google::protobuf::Timestamp time;
  Ink ink = Ink::kPlain;
  std::string what;
};

Line OfMoment(const MomentOfTruth& moment, absl::string_view lead) {
  return {moment.occur_time(), InkOf(moment.polarity()), absl::StrCat("◆ ", lead, MomentHead(moment), ": ", moment.says())};
}

Line LineOf(const JourneyEvent& event) {
  switch (event.fact_case()) {
    case JourneyEvent::kMomentFound:
      return OfMoment(event.moment_found().moment(), "");
    case JourneyEvent::kMomentChanged:
      return OfMoment(event.moment_changed().moment(), "changed: ");
    case JourneyEvent::kMomentWithdrawn:
      return OfMoment(event.moment_withdrawn().moment(), "withdrawn: ");
    case JourneyEvent::kMomentMovedOut:
      return OfMoment(event.moment_moved_out().moment(), "moved out: ");
    case JourneyEvent::kMomentMovedIn:
      return OfMoment(event.moment_moved_in().moment(), "moved in: ");
    case JourneyEvent::kStrikeCrossing:
      return {event.strike_crossing().occur_time(), Ink::kRed,
              absl::StrCat("▲ strike ", event.strike_crossing().strikes(), " of 3 (",
                           StrikesText(event.strike_crossing().hundredths()), " count)")};
    case JourneyEvent::kStageChanged:
      return {event.stage_changed().occur_time(), Ink::kBold,
              absl::StrCat("─▶ ", WordOf(event.stage_changed().to_stage()),
                           event.stage_changed().from_stage() == events::v1::STAGE_UNSPECIFIED
                               ? ""
                               : absl::StrCat(", from ", WordOf(event.stage_changed().from_stage())))};
    case JourneyEvent::kSegmentChanged:
      return {
          event.conclude_time(), Ink::kPlain,
          absl::StrCat(event.segment_changed().entered() ? "enters" : "leaves", " segment ", event.segment_changed().segment())};
    case JourneyEvent::FACT_NOT_SET:
      break;
  }
  return {event.conclude_time(), Ink::kDim, "a fact that this command does not know yet"};
}

}  // namespace

std::string JourneyEventLine(const JourneyEvent& event, absl::TimeZone zone, const Paint& paint, int width) {
  const Line line = LineOf(event);
  const std::string head = absl::StrCat(TimeText(line.time, zone), "  ", Fitted(event.subject(), width / 3), "  ");
  return absl::StrCat(head, paint(line.ink, Fitted(line.what, std::max(width / 2, width - Columns(head)))));
}

}  // namespace touchstone::cli
