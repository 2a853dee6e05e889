#include "tools/cli/journey_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "tools/cli/message_json.h"
#include "tools/cli/text_width.h"

namespace touchstone::cli {
namespace {

// A customer with an order that does not come, and a call about it.
classification::v1::Journey LateOrder() {
  classification::v1::Journey journey;
  const absl::Status status = ParseJson(R"({
    "digest": {"subject": "customer:42", "stage": "STAGE_EXPERIENCE", "touchpoint_count": 3},
    "stages": [{"stage": "STAGE_DISCOVERY", "begin_time": "2026-11-02T08:00:00Z"},
               {"stage": "STAGE_PURCHASE", "begin_time": "2026-11-02T09:00:00Z"}],
    "strands": [{"key": {"kind": "CORRELATION_KIND_ORDER", "id": "A"}, "stage": "STAGE_PURCHASE", "touchpoint_count": 1,
                 "first_time": "2026-11-02T09:00:00Z", "last_time": "2026-11-02T09:00:00Z",
                 "promises": [{"promise": {"what": "delivery", "until_time": "2026-11-05T18:00:00Z"}, "broken": true}]}],
    "touchpoints": [
      {"touchpoint": {"type": "site.visited", "channel": "CHANNEL_WEB", "occur_time": "2026-11-02T08:00:00Z"}, "stage": "STAGE_DISCOVERY"},
      {"touchpoint": {"type": "order.purchased", "channel": "CHANNEL_WEB", "occur_time": "2026-11-02T09:00:00Z",
                      "money": {"currency_code": "EUR", "units": 59, "nanos": 900000000},
                      "correlations": [{"kind": "CORRELATION_KIND_ORDER", "id": "A"}]}, "stage": "STAGE_PURCHASE"},
      {"touchpoint": {"type": "contact.started", "channel": "CHANNEL_PHONE", "occur_time": "2026-11-06T07:30:00Z",
                      "text": "where\nis it?"}}],
    "moments": [{"kind": "MOMENT_KIND_THIRD", "polarity": "POLARITY_DISAPPOINTMENT", "severity": 70,
                 "occur_time": "2026-11-05T18:00:00Z", "says": "was promised delivery, and it did not come",
                 "strand": {"kind": "CORRELATION_KIND_ORDER", "id": "A"}}],
    "ledger": {"hundredths": 100, "entries": [{"strike": {"weight_hundredths": 100, "rule": "third.promise-broken",
               "occur_time": "2026-11-05T18:00:00Z"}, "counted_hundredths": 100, "why": "counts in full"}]}
  })",
                                        journey);
  EXPECT_TRUE(status.ok()) << status;
  return journey;
}

TEST(JourneyMap, ShowsStagesStrandsTouchpointsMomentsAndStrikes) {
  const MapStyle style{.width = 90, .zone = absl::UTCTimeZone()};
  EXPECT_EQ("\n" + JourneyMap("customer:42", LateOrder(), style), R"(
customer:42   experience   1.00 strikes   3 touchpoints   times in UTC

stages   discovery 2026-11-02 ─▶ purchase 2026-11-02

strands  1 order A  purchase       1×  delivery broken, due 2026-11-05 18:00

Mon 2026-11-02
  08:00  ●   site.visited        web                                        discovery
  09:00  │ ● order.purchased     web, 59.90 EUR                             purchase

Thu 2026-11-05
  18:00  │ ◆ THIRD disappointment 70: was promised delivery, and it did not come

Fri 2026-11-06
  07:30  ●   contact.started     phone, “where is it?”

strikes  1.00 count now
         2026-11-05 18:00  +1.00  third.promise-broken: counts in full
)");
}

TEST(JourneyMap, NoLineIsWiderThanTheTerminalAndNoTextMovesTheCursor) {
  classification::v1::Journey journey = LateOrder();
  journey.mutable_touchpoints(0)->mutable_touchpoint()->set_text("\x1b[2J" + std::string(500, 'x'));
  const MapStyle style{.width = 70, .zone = absl::UTCTimeZone()};
  const std::string map = JourneyMap("customer:42", journey, style);
  EXPECT_THAT(map, ::testing::Not(::testing::HasSubstr("\x1b")));
  for (const absl::string_view line : absl::StrSplit(map, '\n')) EXPECT_LE(Columns(line), 70) << line;
}

TEST(JourneyMap, ANarrowTerminalGetsAllThatAMomentSays) {
  const std::string map = JourneyMap("customer:42", LateOrder(), {.width = 60, .zone = absl::UTCTimeZone()});
  EXPECT_THAT(map, ::testing::HasSubstr("\n  18:00  │ ◆ THIRD disappointment 70: was promised delivery,"
                                        "\n             and it did not come\n"));
}

TEST(JourneyMap, AFileGetsAllOfItAndNotABlankMore) {
  classification::v1::Journey journey = LateOrder();
  const std::string text(500, 'x');
  const std::string type = "shop." + std::string(60, 't');
  const std::string says(300, 's');
  journey.mutable_touchpoints(0)->mutable_touchpoint()->set_text(text);
  journey.mutable_touchpoints(1)->mutable_touchpoint()->set_type(type);
  journey.mutable_moments(0)->set_says(says);
  const std::string map = JourneyMap("customer:42", journey, {.width = kUnboundedWidth, .zone = absl::UTCTimeZone()});
  EXPECT_THAT(map, ::testing::HasSubstr("web, “" + text + "”  discovery\n"));
  EXPECT_THAT(map, ::testing::HasSubstr(type + "  web, 59.90 EUR"));
  EXPECT_THAT(map, ::testing::HasSubstr(": " + says + "\n"));
  EXPECT_THAT(map, ::testing::Not(::testing::HasSubstr("…")));
  EXPECT_LT(map.size(), 5000u);
}

TEST(JourneyMap, ColoursAddToWordsAndShapesAndTakeNothingAway) {
  const MapStyle plain{.width = 90, .zone = absl::UTCTimeZone()};
  MapStyle coloured = plain;
  coloured.colour = true;
  std::string map = JourneyMap("customer:42", LateOrder(), coloured);
  EXPECT_THAT(map, ::testing::HasSubstr("\x1b[31m"));
  for (size_t at; (at = map.find('\x1b')) != std::string::npos;) map.erase(at, map.find('m', at) - at + 1);
  EXPECT_EQ(map, JourneyMap("customer:42", LateOrder(), plain));
}

}  // namespace
}  // namespace touchstone::cli
