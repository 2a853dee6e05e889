#include "services/process/peering.h"

#include <gtest/gtest.h>

namespace touchstone::process {
namespace {

TEST(Peering, AnAddressThatIsAllOfTheMachinesIsReachedByItsName) {
  EXPECT_EQ(ReachableAddress("0.0.0.0:7300", "shop-1"), "shop-1:7300");
  EXPECT_EQ(ReachableAddress("[::]:7300", "shop-1"), "shop-1:7300");
  EXPECT_EQ(ReachableAddress("127.0.0.1:7300", "shop-1"), "127.0.0.1:7300");
  EXPECT_EQ(ReachableAddress("[::1]:7300", "shop-1"), "[::1]:7300");
  EXPECT_EQ(ReachableAddress("unix:/run/touchstone", "shop-1"), "unix:/run/touchstone");
}

}  // namespace
}  // namespace touchstone::process
