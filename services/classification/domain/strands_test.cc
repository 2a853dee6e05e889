#include "services/classification/domain/strands.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/limits.h"

namespace touchstone::classification {
namespace {

events::v1::Correlation Order(int number) {
  events::v1::Correlation key;
  key.set_kind(events::v1::CORRELATION_KIND_ORDER);
  key.set_id(absl::StrCat(number));
  return key;
}

state::v1::StrandEntry& Open(int number, state::v1::FoldState& state) {
  const events::v1::Correlation key = Order(number);
  state::v1::StrandEntry& strand = OpenStrand(&key, state);
  *strand.mutable_facts()->mutable_last_time() = TimestampOf(1000 + number);
  return strand;
}

std::vector<std::string> IdsOf(const state::v1::FoldState& state) {
  std::vector<std::string> ids;
  for (const state::v1::StrandEntry& strand : state.strands()) ids.push_back(strand.facts().id());
  return ids;
}

TEST(Strands, TheOneTouchedLongestAgoGoesButNotBeforeOneWithoutAnOpenPromise) {
  state::v1::FoldState state;
  for (int i = 0; i < kStrandsMax; ++i) Open(i, state);
  // The first waits for something.
  state.mutable_strands(0)->mutable_facts()->set_promises_open(1);
  Open(100, state);
  std::vector<std::string> ids = IdsOf(state);
  ASSERT_EQ(ids.size(), static_cast<size_t>(kStrandsMax));
  EXPECT_EQ(ids[0], "0");
  EXPECT_EQ(ids[1], "2");
  // Where all wait, the one touched longest ago.
  for (state::v1::StrandEntry& strand : *state.mutable_strands()) strand.mutable_facts()->set_promises_open(1);
  Open(101, state);
  EXPECT_EQ(IdsOf(state)[0], "2");
}

TEST(Strands, OneIsFoundAgainByItsKeyAndWithoutAKeyThereIsOne) {
  state::v1::FoldState state;
  Open(1, state);
  OpenStrand(nullptr, state);
  Open(1, state);
  OpenStrand(nullptr, state);
  EXPECT_EQ(state.strands_size(), 2);
}

}  // namespace
}  // namespace touchstone::classification
