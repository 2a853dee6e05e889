#include "services/classification/head_cache.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/classification/journey_keys.h"

namespace touchstone::classification {
namespace {

// A state that counts what is asked of it.
class CountingState : public eventlog::StateView {
 public:
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    ++gets;
    const auto found = values.find(std::string(key));
    return found == values.end() ? std::optional<std::string>() : found->second;
  }
  absl::Status Scan(absl::string_view, absl::string_view, Visit) const override {
    return absl::UnimplementedError("heads are read one by one");
  }
  void Put(const std::string& name, const state::v1::Head& head) { values[keys::Head(name)] = head.SerializeAsString(); }

  std::map<std::string, std::string> values;
  mutable int gets = 0;
};

state::v1::Head HeadOf(int64_t kept_count) {
  state::v1::Head head;
  head.set_kept_count(kept_count);
  return head;
}

TEST(HeadCacheTest, ReadsAHeadOnce) {
  CountingState state;
  state.Put("customer:1", HeadOf(7));
  HeadCache cache;
  for (int i = 0; i < 3; ++i) {
    const absl::StatusOr<state::v1::Head*> head = cache.Find(state, "customer:1");
    ASSERT_TRUE(head.ok() && *head != nullptr);
    EXPECT_EQ((*head)->kept_count(), 7);
  }
  EXPECT_EQ(state.gets, 1);
}

TEST(HeadCacheTest, KeepsWhatWasChangedAndWhatWasMade) {
  CountingState state;
  state.Put("customer:1", HeadOf(7));
  HeadCache cache;
  (*cache.Find(state, "customer:1"))->set_kept_count(8);
  EXPECT_EQ(*cache.Find(state, "customer:2"), nullptr);
  cache.Make("customer:2").set_kept_count(1);
  EXPECT_EQ((*cache.Find(state, "customer:1"))->kept_count(), 8);
  EXPECT_EQ((*cache.Find(state, "customer:2"))->kept_count(), 1);
}

TEST(HeadCacheTest, TheOneUntouchedForLongestGoesFirst) {
  CountingState state;
  for (const char* name : {"customer:1", "customer:2", "customer:3"}) state.Put(name, HeadOf(1));
  // Each takes its name's ten bytes and two of its own.
  HeadCache cache(/*bytes_max=*/30);
  for (const char* name : {"customer:1", "customer:2", "customer:1", "customer:3", "customer:1"}) {
    ASSERT_TRUE(cache.Find(state, name).ok());
  }
  EXPECT_EQ(state.gets, 3);
  EXPECT_EQ(cache.size(), 2);
  ASSERT_TRUE(cache.Find(state, "customer:2").ok());
  EXPECT_EQ(state.gets, 4) << "customer:2 should have made room for customer:3";
}

// What grew while it was borrowed counts with what it is now.
TEST(HeadCacheTest, AHeadThatGrewMakesRoom) {
  CountingState state;
  for (const char* name : {"customer:1", "customer:2"}) state.Put(name, HeadOf(1));
  HeadCache cache(/*bytes_max=*/100);
  ASSERT_TRUE(cache.Find(state, "customer:1").ok());
  state::v1::Head& grown = **cache.Find(state, "customer:2");
  grown.add_imports(std::string(200, 'x'));
  state.Put("customer:2", grown);
  ASSERT_TRUE(cache.Find(state, "customer:1").ok());
  EXPECT_EQ(cache.size(), 1);
  EXPECT_EQ(state.gets, 3);
}

TEST(HeadCacheTest, SaysWhatCannotBeRead) {
  CountingState state;
  state.values[keys::Head("customer:1")] = "\xff\xff no head";
  HeadCache cache;
  EXPECT_TRUE(absl::IsDataLoss(cache.Find(state, "customer:1").status()));
}

}  // namespace
}  // namespace touchstone::classification
