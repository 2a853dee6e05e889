#include "common/runtime/flags.h"

#include <gtest/gtest.h>

namespace touchstone::runtime {
namespace {

TEST(LogLevelFrom, TakesTheNamesOfLevels) {
  for (const LogLevel level : {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    const absl::StatusOr<LogLevel> read = LogLevelFrom(LogLevelName(level));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, level);
  }
}

TEST(LogLevelFrom, NamesTheNearestOfAnother) {
  const absl::Status slip = LogLevelFrom("waring").status();
  EXPECT_TRUE(absl::IsInvalidArgument(slip));
  EXPECT_EQ(slip.message(), "'waring' is none of debug, info, warning, error; did you mean 'warning'?");
  EXPECT_EQ(LogLevelFrom("").status().message(), "'' is none of debug, info, warning, error");
}

}  // namespace
}  // namespace touchstone::runtime
