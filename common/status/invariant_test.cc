#include "common/status/invariant.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace touchstone::status {
namespace {

TEST(InvariantDeathTest, SaysWhatAndWhere) {
  const int offset = 3;
  EXPECT_DEATH(INVARIANT(offset < 0, absl::StrCat("offset is ", offset)),
               "invariant_test.cc:[0-9]+: broken invariant: offset < 0: offset is 3");
}

TEST(Invariant, CostsNoMessageWhenItHolds) {
  int evaluated = 0;
  INVARIANT(evaluated == 0, absl::StrCat(++evaluated));
  EXPECT_EQ(evaluated, 0);
}

}  // namespace
}  // namespace touchstone::status
