#include "common/text/nearest.h"

#include <gtest/gtest.h>

#include <vector>

namespace touchstone::text {
namespace {

using Words = std::vector<std::string>;

TEST(Nearest, SuggestsWhatWasMeant) {
  const Words fields = {"channel", "direction", "occur_time", "id"};
  EXPECT_EQ(NearestWord("chanel", fields), "channel");
  EXPECT_EQ(NearestWord("occurtime", fields), "occur_time");
  EXPECT_EQ(NearestWord("ip", fields), "id");
  EXPECT_EQ(DidYouMean("chanel", fields), "; did you mean 'channel'?");
}

TEST(Nearest, SuggestsNothingThatIsFar) {
  const Words fields = {"channel", "direction", "id", "a"};
  EXPECT_EQ(NearestWord("price", fields), "");
  EXPECT_EQ(NearestWord("completely", {"different"}), "");
  EXPECT_EQ(NearestWord("kitten", {"sitting"}), "") << "three of six letters differ";
  EXPECT_EQ(NearestWord("kitten", {"sittin"}), "sittin") << "two of six letters differ";
  EXPECT_EQ(NearestWord("x", fields), "") << "of a replaced single letter nothing is left";
  EXPECT_EQ(DidYouMean("price", fields), "");
}

TEST(Nearest, ASwapOfNeighboursIsOneDifference) {
  EXPECT_EQ(NearestWord("tpye", {"text", "type"}), "type");
  EXPECT_EQ(NearestWord("Tpye", {"type"}), "") << "a swap, and a letter case, of four letters";
  EXPECT_EQ(NearestWord("Chnanel", {"channel"}), "channel");
}

TEST(Nearest, LetterCaseIsHalfADifference) {
  EXPECT_EQ(NearestWord("CHANNEL", {"channel", "CHANEL"}), "CHANEL");
  EXPECT_EQ(NearestWord("Type", {"typ", "type"}), "type");
  EXPECT_EQ(NearestWord("EMAIL", {"mail", "email"}), "email") << "however many letters";
}

TEST(Nearest, WordsOfAnyLengthThatIsComparedAreFound) {
  const std::string longest(kWordBytesMax, 'a');
  EXPECT_EQ(NearestWord(longest.substr(1), {longest}), longest);
  EXPECT_EQ(NearestWord(longest, {longest + "a"}), "");
  EXPECT_EQ(NearestWord(longest + "a", {longest}), "");
}

}  // namespace
}  // namespace touchstone::text
