#include "tools/cli/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "tools/cli/text_width.h"

namespace touchstone::cli {
namespace {

Table Moments() {
  Table table({"time", "id", "says"});
  table.Add({"2026-11-16 10:10", "customer:42~e8kf", "was promised delivery until today, and it did not come"});
  table.Add({"2026-11-17 10:10", "customer:7~q", "came back"});
  return table;
}

TEST(Table, IsAsWideAsItNeedsToBeWhereThereIsRoom) {
  EXPECT_EQ("\n" + Moments().Render(kUnboundedWidth), R"(
time              id                says
2026-11-16 10:10  customer:42~e8kf  was promised delivery until today, and it did not come
2026-11-17 10:10  customer:7~q      came back
)");
  EXPECT_EQ(Moments().Render(90), Moments().Render(kUnboundedWidth));
}

TEST(Table, BreaksItsLastColumnBetweenWords) {
  EXPECT_EQ("\n" + Moments().Render(66), R"(
time              id                says
2026-11-16 10:10  customer:42~e8kf  was promised delivery until
                                    today, and it did not come
2026-11-17 10:10  customer:7~q      came back
)");
}

TEST(Table, PutsItsLastColumnBelowWhereLittleOfItIsLeft) {
  EXPECT_EQ("\n" + Moments().Render(50), R"(
time              id
    says
2026-11-16 10:10  customer:42~e8kf
    was promised delivery until today, and it did
    not come
2026-11-17 10:10  customer:7~q
    came back
)");
}

TEST(Table, CutsNoCellHoweverNarrowTheTerminal) {
  for (int width = 0; width < 100; ++width) {
    const std::string text = Moments().Render(width);
    for (const absl::string_view word : {"customer:42~e8kf", "promised", "delivery", "come", "back"})
      EXPECT_THAT(text, ::testing::HasSubstr(std::string(word))) << width;
    for (const absl::string_view line : absl::StrSplit(text, '\n')) EXPECT_LE(Columns(line), std::max(width, 36)) << line;
  }
}

TEST(Table, TextOfCustomersMovesNoCursor) {
  Table table({"says"});
  table.Add({"a\x1b[2J\nb"});
  EXPECT_EQ(table.Render(80), "says\na [2J b\n");
}

}  // namespace
}  // namespace touchstone::cli
