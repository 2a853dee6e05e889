#include "common/stream/overlay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace touchstone::stream {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

class MapState : public eventlog::StateView {
 public:
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    auto it = map.find(std::string(key));
    return it == map.end() ? std::nullopt : std::optional<std::string>(it->second);
  }
  absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const override {
    for (auto it = map.lower_bound(std::string(begin)); it != map.end() && (end.empty() || it->first < std::string(end)); ++it) {
      if (!visit(it->first, it->second)) break;
    }
    return absl::OkStatus();
  }
  std::map<std::string, std::string> map;
};

Pairs ScanAll(const eventlog::StateView& state, absl::string_view begin, absl::string_view end, size_t at_most = 1000) {
  Pairs pairs;
  EXPECT_TRUE(state
                  .Scan(begin, end,
                        [&](absl::string_view key, absl::string_view value) {
                          pairs.emplace_back(std::string(key), std::string(value));
                          return pairs.size() < at_most;
                        })
                  .ok());
  return pairs;
}

TEST(Overlay, DroppedWritesLeaveNoTraceAndKeptOnesStay) {
  MapState base;
  base.map = {{"a", "1"}, {"b", "2"}};
  Overlay overlay(base);
  overlay.Put("a", "kept");
  overlay.Keep();
  overlay.Put("a", "dropped");
  overlay.Delete("b");
  overlay.Put("c", "dropped");
  EXPECT_EQ(*overlay.Get("b"), std::nullopt);
  overlay.Drop();
  EXPECT_EQ(*overlay.Get("a"), "kept");
  EXPECT_EQ(*overlay.Get("b"), "2");
  EXPECT_THAT(ScanAll(overlay, "", ""), testing::ElementsAre(testing::Pair("a", "kept"), testing::Pair("b", "2")));
  EXPECT_EQ(base.map["a"], "1");
}

// Against a plain map, over random writes, deletes, keeps and drops.
TEST(Overlay, ReadsAsAMapWould) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random(seed);
    auto key = [&] { return std::string(1 + random() % 2, static_cast<char>('a' + random() % 5)); };
    MapState base;
    for (int i = 0; i < 6; ++i) base.map[key()] = std::to_string(random() % 10);
    std::map<std::string, std::string> kept = base.map;
    std::map<std::string, std::string> present = kept;
    Overlay overlay(base);
    for (int i = 0; i < 40; ++i) {
      const std::string k = key();
      switch (random() % 6) {
        case 0:
        case 1:
        case 2:
          overlay.Put(k, std::to_string(i));
          present[k] = std::to_string(i);
          break;
        case 3:
          overlay.Delete(k);
          present.erase(k);
          break;
        case 4:
          overlay.Keep();
          kept = present;
          break;
        default:
          overlay.Drop();
          present = kept;
      }
      const std::string begin = key();
      const std::string end = random() % 2 ? "" : key();
      Pairs expected;
      for (auto& [name, value] : present) {
        if (name >= begin && (end.empty() || name < end)) expected.emplace_back(name, value);
      }
      ASSERT_EQ(ScanAll(overlay, begin, end), expected) << "seed " << seed;
      if (expected.size() > 1) {
        ASSERT_EQ(ScanAll(overlay, begin, end, 1).size(), 1u);
      }
      auto it = present.find(k);
      ASSERT_EQ(*overlay.Get(k), it == present.end() ? std::nullopt : std::optional<std::string>(it->second)) << "seed " << seed;
    }
    overlay.Drop();
    std::map<std::string, std::string> committed = base.map;
    for (const eventlog::StateChange& change : overlay.TakeKept()) {
      committed.erase(change.key);
      if (change.value) committed[change.key] = *change.value;
    }
    ASSERT_EQ(committed, kept) << "seed " << seed;
  }
}

}  // namespace
}  // namespace touchstone::stream
