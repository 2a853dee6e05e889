#include "tools/cli/escalation_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/cli/enum_word.h"
#include "tools/cli/event_text.h"
#include "tools/cli/text_width.h"
#include "tools/cli/time_text.h"

namespace touchstone::cli {
namespace {

// Of what goes on from the line before.
constexpr int kIndent = 4;
constexpr int kLineMin = 20;

void AddLine(std::string& text, int width, absl::string_view line) {
  absl::StrAppend(&text, "  ", Wrapped(line, std::max(width - kIndent, kLineMin), kIndent), "\n");
}

void AddJourney(const events::v1::JourneyDigest& journey, absl::TimeZone zone, int width, std::string& text) {
  AddLine(text, width,
          absl::StrCat("journey: ", WordOf(journey.stage()), ", ", StrikesText(journey.strike_hundredths()), " strikes, ",
                       journey.touchpoint_count(), " touchpoints since ", TimeText(journey.first_time(), zone)));
  for (const events::v1::PromiseState& promise : journey.promises())
    AddLine(text, width, absl::StrCat("promised: ", PromiseText(promise, zone)));
  for (const events::v1::TouchpointRef& touchpoint : journey.last_touchpoints())
    AddLine(text, width, absl::StrCat("● ", TimeText(touchpoint.occur_time(), zone), "  ", touchpoint.type()));
}

}  // namespace

std::string EscalationLine(const events::v1::Escalation& escalation, absl::TimeZone zone, int width) {
  return Fitted(
      absl::StrCat(TimeText(escalation.update_time(), zone), "  ", escalation.subject(), "  ", WordOf(escalation.status()),
                   "  severity ", escalation.severity(), "  ", escalation.id(), "  ", escalation.change()),
      width);
}

std::string EscalationCard(const events::v1::Escalation& escalation, absl::TimeZone zone, const Paint& paint, int width) {
  std::string text =
      absl::StrCat(paint(Ink::kBold, Fitted(escalation.subject(), width / 2)), "   ", WordOf(escalation.status()), "   severity ",
                   escalation.severity(), "   since ", TimeText(escalation.create_time(), zone), "\n");
  AddLine(text, width,
          absl::StrCat(escalation.id(), ", pool ", escalation.pool(),
                       escalation.agent_id().empty() ? "" : absl::StrCat(", agent ", escalation.agent_id())));
  if (!escalation.reason().empty()) AddLine(text, width, absl::StrCat("why: ", escalation.reason()));
  if (!escalation.skills().empty()) AddLine(text, width, absl::StrCat("needs: ", absl::StrJoin(escalation.skills(), ", ")));
  for (const events::v1::MomentOfTruth& moment : escalation.moments()) {
    absl::StrAppend(&text, "  ",
                    paint(InkOf(moment.polarity()), Wrapped(absl::StrCat("◆ ", TimeText(moment.occur_time(), zone), "  ",
                                                                         MomentHead(moment), ": ", moment.says()),
                                                            std::max(width - kIndent, kLineMin), kIndent)),
                    "\n");
  }
  if (escalation.has_journey()) AddJourney(escalation.journey(), zone, width, text);
  for (const std::string& step : escalation.next_steps()) AddLine(text, width, absl::StrCat("try: ", step));
  if (escalation.has_resolution()) {
    AddLine(text, width,
            absl::StrCat("resolved: ", WordOf(escalation.resolution().code()), " by ", escalation.resolution().agent_id(), " ",
                         escalation.resolution().note()));
  }
  if (escalation.has_cancellation()) {
    AddLine(text, width,
            absl::StrCat("cancelled by ", escalation.cancellation().actor(), ": ", escalation.cancellation().reason()));
  }
  return text;
}

}  // namespace touchstone::cli
