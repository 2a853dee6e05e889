#include "common/runtime/json_log.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "common/clock/virtual_clock.h"
#include "google/rpc/status.pb.h"

namespace touchstone::runtime {
namespace {

// What a message with personal data in it would be: it must not compile into a field.
static_assert(!std::is_constructible_v<LogField, absl::string_view, const google::rpc::Status&>);
static_assert(!std::is_constructible_v<LogField, absl::string_view, const void*>);

class JsonLogTest : public testing::Test {
 protected:
  nlohmann::json Last() { return nlohmann::json::parse(lines_.back()); }

  clock::VirtualClock clock_{absl::FromUnixSeconds(1'795'000'000)};
  std::vector<std::string> lines_;
  JsonLog log_{clock_, LogLevel::kInfo, [this](absl::string_view line) { lines_.emplace_back(line); }};
};

TEST_F(JsonLogTest, ARecordIsOneLineWithItsFieldsInOrder) {
  log_.Info("server.listening", {{"address", "127.0.0.1:7300"}, {"port", 7300}, {"tls", false}, {"load", 0.5}});
  EXPECT_EQ(lines_.back(),
            "{\"time\":\"2026-11-18T11:06:40.000000Z\",\"level\":\"info\",\"event\":\"server.listening\","
            "\"address\":\"127.0.0.1:7300\",\"port\":7300,\"tls\":false,\"load\":0.5}\n");
}

TEST_F(JsonLogTest, WhateverIsInAValueTheLineIsOneLineOfJson) {
  const std::string hostile("a\"b\\c\nd\re\tf\0g\x1b[31m\x7f</script>ü\u2028", 34);
  log_.Info("e", {{"value", hostile}, {"na\"me\n", "x"}});
  EXPECT_EQ(lines_.back().find('\n'), lines_.back().size() - 1);
  EXPECT_EQ(Last()["value"].get<std::string>(), hostile);
  EXPECT_EQ(Last()["na\"me\n"], "x");
  EXPECT_EQ(lines_.back().find('\x1b'), std::string::npos);
}

TEST_F(JsonLogTest, BytesThatAreNotUtf8AreReplaced) {
  log_.Info("e", {{"value", "a\xff\xc3("}});
  EXPECT_EQ(Last()["value"], "a\uFFFD\uFFFD(");
}

TEST_F(JsonLogTest, ALongValueIsCutBetweenCharacters) {
  std::string umlauts = "x";
  while (umlauts.size() < 10'000) umlauts += "ü";
  log_.Info("e", {{"value", umlauts}});
  const std::string value = Last()["value"];
  EXPECT_LE(value.size(), kLogValueBytesMax + 3);
  EXPECT_EQ(value.substr(value.size() - 5), "ü...");
}

TEST_F(JsonLogTest, NumbersThatJsonLacksAreWords) {
  log_.Info("e", {{"a", std::numeric_limits<double>::infinity()},
                  {"b", std::numeric_limits<double>::quiet_NaN()},
                  {"c", std::numeric_limits<uint64_t>::max()},
                  {"d", std::numeric_limits<int64_t>::min()}});
  EXPECT_EQ(Last()["a"], "inf");
  EXPECT_EQ(Last()["b"], "nan");
  EXPECT_EQ(Last()["c"], std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(Last()["d"], std::numeric_limits<int64_t>::min());
}

TEST_F(JsonLogTest, WhatIsBelowTheLevelIsDropped) {
  log_.Debug("e");
  EXPECT_TRUE(lines_.empty());
}

TEST_F(JsonLogTest, AWarningThatRepeatsIsLimitedAndCounted) {
  for (int i = 0; i < 1000; ++i) log_.Warning("broker.lost", {{"attempt", i}});
  EXPECT_EQ(lines_.size(), size_t{kRepeatsMax});
  log_.Warning("another");
  log_.Info("broker.lost");
  EXPECT_EQ(lines_.size(), size_t{kRepeatsMax} + 2) << "other events and plain records pass";
  clock_.Advance(kRepeatWindow);
  log_.Warning("broker.lost");
  EXPECT_EQ(Last()["suppressed"], 1000 - kRepeatsMax);
  log_.Warning("broker.lost");
  EXPECT_FALSE(Last().contains("suppressed"));
}

TEST_F(JsonLogTest, ThreadsDoNotMixTheirLines) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 250; ++i) log_.Info("e", {{"i", i}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(lines_.size(), 1000u);
  for (const std::string& line : lines_) EXPECT_TRUE(nlohmann::json::accept(line)) << line;
}

}  // namespace
}  // namespace touchstone::runtime
