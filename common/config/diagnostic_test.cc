#include "common/config/diagnostic.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace touchstone::config {
namespace {

TEST(Diagnostic, PointsAtThePlace) {
  const absl::string_view text = "a: 1\n    when: touchpoint.chanel == \"phone\"\n";
  Diagnostic diagnostic = Diagnostic::FromOffset(text, text.find("chanel"));
  diagnostic.file = "packs/retail/moments.yaml";
  diagnostic.message = "unknown field 'touchpoint.chanel'";
  diagnostic.hint = "did you mean 'channel'?";
  EXPECT_EQ(diagnostic.Render(),
            "packs/retail/moments.yaml:2:22: unknown field 'touchpoint.chanel'\n"
            "    when: touchpoint.chanel == \"phone\"\n"
            "                     ^\n"
            "    did you mean 'channel'?");
}

TEST(Diagnostic, CountsCharactersNotBytes) {
  const Diagnostic diagnostic = Diagnostic::FromOffset("São: x", 5);
  EXPECT_EQ(diagnostic.column, 5);
}

TEST(Diagnostic, TakesAnyOffset) {
  EXPECT_EQ(Diagnostic::FromOffset("", 7).line, 1);
  EXPECT_EQ(Diagnostic::FromOffset("a\nb", 99).line, 2);
  EXPECT_EQ(Diagnostic::FromOffset("a\r\nb", 0).source_line, "a");
  EXPECT_EQ(Diagnostic::FromOffset("a\nb", 1).line, 1) << "a line's end belongs to it";
}

TEST(Diagnostic, CutsALongLineAroundTheColumn) {
  const std::string text = absl::StrCat(std::string(5'000, 'x'), "!", std::string(5'000, 'y'));
  const std::string rendered = Diagnostic::FromOffset(text, 5'000).Render();
  EXPECT_LT(rendered.size(), 300u);
  EXPECT_NE(rendered.find('!'), std::string::npos);
}

TEST(Diagnostic, OfAWholeFileHasNoLine) {
  Diagnostic diagnostic;
  diagnostic.file = "a.yaml";
  diagnostic.message = "is too large";
  EXPECT_EQ(diagnostic.Render(), "a.yaml: is too large");
}

}  // namespace
}  // namespace touchstone::config
