#include "common/ids/partitioner.h"

#include <gtest/gtest.h>

#include <array>

#include "absl/strings/str_cat.h"

namespace touchstone::ids {
namespace {

// The vectors of Kafka's own UtilsTest.testMurmur2.
TEST(Partitioner, HashesAsTheJavaClientDoes) {
  EXPECT_EQ(Murmur2("21"), -973932308);
  EXPECT_EQ(Murmur2("foobar"), -790332482);
  EXPECT_EQ(Murmur2("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(Murmur2("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(Murmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(Murmur2("abc"), 479470107);
}

TEST(Partitioner, DropsTheSignBit) {
  EXPECT_EQ(PartitionFor("21", 1'000), (-973932308 & 0x7FFFFFFF) % 1'000);
  EXPECT_EQ(PartitionFor("21", 1), 0);
  EXPECT_EQ(PartitionFor("abc", 7), 479470107 % 7);
}

TEST(Partitioner, SpreadsNames) {
  std::array<int, 8> counts = {};
  for (int i = 0; i < 8'000; ++i) ++counts[PartitionFor(absl::StrCat("customer:", i), 8)];
  for (const int count : counts) EXPECT_NEAR(count, 1'000, 150);
}

}  // namespace
}  // namespace touchstone::ids
