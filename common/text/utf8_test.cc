#include "common/text/utf8.h"

#include <gtest/gtest.h>

namespace touchstone::text {
namespace {

TEST(Utf8, TakesWhatUnicodeCallsWellFormed) {
  EXPECT_TRUE(IsValidUtf8(""));
  EXPECT_TRUE(IsValidUtf8("plain"));
  EXPECT_TRUE(IsValidUtf8("São Paulo, Köln, 東京, 👍"));
  EXPECT_TRUE(IsValidUtf8("\xF4\x8F\xBF\xBF"));
}

TEST(Utf8, RefusesWhatIsNot) {
  EXPECT_FALSE(IsValidUtf8("\x80")) << "a continuation alone";
  EXPECT_FALSE(IsValidUtf8("\xC0\xAF")) << "overlong in two bytes";
  EXPECT_FALSE(IsValidUtf8("\xE0\x80\xAF")) << "overlong in three bytes";
  EXPECT_FALSE(IsValidUtf8("\xF0\x80\x80\xAF")) << "overlong in four bytes";
  EXPECT_FALSE(IsValidUtf8("\xED\xA0\x80")) << "a surrogate";
  EXPECT_FALSE(IsValidUtf8("\xF4\x90\x80\x80")) << "beyond U+10FFFF";
  EXPECT_FALSE(IsValidUtf8("\xE6\x9D")) << "cut short";
  EXPECT_FALSE(IsValidUtf8("\xFF"));
}

TEST(Utf8, ReplacesOnlyTheBadBytes) {
  EXPECT_EQ(ReplaceInvalidUtf8("caf\xE9!"), "caf\xEF\xBF\xBD!");
  EXPECT_EQ(ReplaceInvalidUtf8("Köln"), "Köln");
}

TEST(Utf8, APrefixNeverCutsASequence) {
  EXPECT_EQ(Utf8Prefix("aö", 2), "a");
  EXPECT_EQ(Utf8Prefix("aö", 3), "aö");
  EXPECT_EQ(Utf8Prefix("👍", 3), "");
  EXPECT_EQ(Utf8Prefix("abc", 2), "ab");
}

TEST(Utf8, FindsControlCharacters) {
  EXPECT_TRUE(HasControlCharacter("a\nb"));
  EXPECT_TRUE(HasControlCharacter(absl::string_view("a\0b", 3)));
  EXPECT_TRUE(HasControlCharacter("\x7F"));
  EXPECT_TRUE(HasControlCharacter("\xC2\x85")) << "next line, of Latin 1";
  EXPECT_FALSE(HasControlCharacter("\xC2\xA0 é")) << "a no-break space is none";
}

}  // namespace
}  // namespace touchstone::text
