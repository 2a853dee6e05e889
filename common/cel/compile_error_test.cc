#include "common/cel/compile_error.h"

#include <gtest/gtest.h>

#include "common/cel/utf8.h"

namespace touchstone::cel {
namespace {

TEST(CompileError, TheCaretStandsUnderItsPlaceInItsLine) {
  EXPECT_EQ(RenderErrors("a &&\n\t\xC3\xA9 b", {{9, "what"}}), "2:4: what\n    \t\xC3\xA9 b\n    \t  ^");
  EXPECT_EQ(RenderErrors("", {{0, "nothing"}}), "1:1: nothing\n    \n    ^");
  EXPECT_EQ(RenderErrors("ab", {{99, "the end"}}), "1:3: the end\n    ab\n      ^");
  EXPECT_EQ(RenderErrors("ab", {{0, "one"}, {1, "two"}}), "1:1: one\n    ab\n    ^\n1:2: two\n    ab\n     ^");
}

TEST(Utf8, KnowsWhatIsValid) {
  for (const char* valid : {"", "a", "\xC3\xA9", "\xEF\xBF\xBD", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(IsValidUtf8(valid)) << valid;
  // Alone, cut, overlong, a surrogate, beyond the last.
  for (const char* bad :
       {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80"}) {
    EXPECT_FALSE(IsValidUtf8(bad));
  }
  EXPECT_EQ(CountCodePoints("a\xC3\xA9\xF0\x9F\x98\x80\xff"), 4);
  std::string out;
  for (uint32_t code_point : {0x41u, 0xE9u, 0xFFFDu, 0x10FFFFu}) EXPECT_TRUE(AppendCodePoint(code_point, out));
  EXPECT_EQ(out, "A\xC3\xA9\xEF\xBF\xBD\xF4\x8F\xBF\xBF");
  EXPECT_FALSE(AppendCodePoint(0xD800, out));
  EXPECT_FALSE(AppendCodePoint(0x110000, out));
}

}  // namespace
}  // namespace touchstone::cel
