#include "common/ids/token.h"

#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/escaping.h"

namespace touchstone::ids {
namespace {

constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();

bool Refused(const absl::Status& status) { return status.code() == absl::StatusCode::kInvalidArgument; }

TEST(Token, APositionGoesAndComesBack) {
  for (const Position& position :
       {Position{"touchstone.touchpoints.v1", 0, 0}, Position{"t", 2'147'483'647, kLargest}, Position{}}) {
    EXPECT_EQ(*DecodeToken(EncodeToken(position)), position);
  }
}

TEST(Token, EachChangedLetterIsRefused) {
  const std::string token = EncodeToken({"touchstone.touchpoints.v1", 3, 1'042});
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_TRUE(Refused(DecodeToken(changed).status())) << i;
    EXPECT_TRUE(Refused(DecodeToken(token.substr(0, i)).status())) << i;
  }
}

TEST(Token, GarbageIsRefused) {
  for (const std::string& text : {std::string(), std::string("x"), std::string("not a token"), std::string("AAAAAAAAAAAA"),
                                  std::string("\xFF\x00", 2), std::string(1 << 20, 'A')}) {
    EXPECT_TRUE(Refused(DecodeToken(text).status()));
    EXPECT_TRUE(Refused(DecodePageToken("q", text).status()));
    EXPECT_TRUE(Refused(DecodeResumeToken("t", text).status()));
  }
}

TEST(Token, OneKindIsNotTakenForAnother) {
  EXPECT_TRUE(Refused(DecodeToken(EncodePageToken("q", "c")).status()));
  EXPECT_TRUE(Refused(DecodePageToken("q", EncodeToken({"t", 0, 0})).status()));
  EXPECT_TRUE(Refused(DecodeResumeToken("t", EncodeToken({"t", 0, 0})).status()));
  // One that would read as a position: partition 1, offset 6.
  EXPECT_TRUE(Refused(DecodeToken(EncodeResumeToken("t", {5})).status()));
}

TEST(PageToken, IsBoundToItsQuery) {
  const std::string cursor("3\0x", 3);
  const std::string token = EncodePageToken("kind=TMOT", cursor);
  EXPECT_EQ(*DecodePageToken("kind=TMOT", token), cursor);
  const absl::Status other = DecodePageToken("kind=UMOT", token).status();
  EXPECT_TRUE(Refused(other));
  EXPECT_NE(other.message().find("another query"), absl::string_view::npos);
}

TEST(ResumeToken, HoldsAnOffsetForEachPartition) {
  const std::vector<int64_t> offsets = {0, -1, 1'042, kLargest - 1};
  const std::string token = EncodeResumeToken("journey-events.v1", offsets);
  EXPECT_EQ(DecodeResumeToken("journey-events.v1", token)->offsets, offsets);
  EXPECT_TRUE(Refused(DecodeResumeToken("offers.v1", token).status()));
}

TEST(ResumeToken, TheLargestFits) {
  const std::vector<int64_t> offsets(kResumePartitionsMax, kLargest - 1);
  EXPECT_EQ(DecodeResumeToken("t", EncodeResumeToken("t", offsets))->offsets, offsets);
}

}  // namespace
}  // namespace touchstone::ids
