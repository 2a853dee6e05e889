#include "common/text/nearest.h"

#include <gtest/gtest.h>

namespace touchstone::text {
namespace {

TEST(Nearest, CountsEdits) {
  EXPECT_EQ(EditDistance("", ""), 0);
  EXPECT_EQ(EditDistance("", "abc"), 3);
  EXPECT_EQ(EditDistance("chanel", "channel"), 1);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3);
  EXPECT_EQ(EditDistance("chnanel", "channel"), 1) << "a swap of neighbours is one edit";
  EXPECT_EQ(EditDistance("EMAIL", "email"), 0);
  EXPECT_EQ(EditDistance(std::string(100, 'a'), "a"), 100);
}

TEST(Nearest, SuggestsWhatWasMeant) {
  const std::vector<std::string> fields = {"channel", "direction", "occur_time", "id"};
  EXPECT_EQ(NearestWord("chanel", fields), "channel");
  EXPECT_EQ(NearestWord("occurtime", fields), "occur_time");
  EXPECT_EQ(NearestWord("ip", fields), "id");
  EXPECT_EQ(DidYouMean("chanel", fields), "; did you mean 'channel'?");
}

TEST(Nearest, SuggestsNothingThatIsFar) {
  const std::vector<std::string> fields = {"channel", "direction", "id", "a"};
  EXPECT_EQ(NearestWord("price", fields), "");
  EXPECT_EQ(NearestWord("x", fields), "") << "of a replaced single letter nothing is left";
  EXPECT_EQ(DidYouMean("price", fields), "");
}

}  // namespace
}  // namespace touchstone::text
