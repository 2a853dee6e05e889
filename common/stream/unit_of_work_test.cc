#include "common/stream/unit_of_work.h"

#include <gtest/gtest.h>

#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::stream {
namespace {

events::v1::Touchpoint WithAttributes(int first, int step) {
  events::v1::Touchpoint touchpoint;
  for (int i = 0; i < 60; ++i) {
    const int number = (first + i * step) % 60;
    (*touchpoint.mutable_attributes())[absl::StrCat("a", number)].set_integer(number);
  }
  return touchpoint;
}

TEST(StableBytes, DoNotDependOnTheOrderAMapWasFilledIn) {
  const std::string bytes = StableBytes(WithAttributes(0, 1));
  EXPECT_EQ(StableBytes(WithAttributes(0, 1)), bytes);
  EXPECT_EQ(StableBytes(WithAttributes(59, 59)), bytes);
  EXPECT_EQ(StableBytes(WithAttributes(13, 7)), bytes);
  events::v1::Touchpoint read;
  ASSERT_TRUE(read.ParseFromString(bytes));
  EXPECT_EQ(read.attributes_size(), 60);
}

}  // namespace
}  // namespace touchstone::stream
