#include "tools/benchmarks/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace touchstone::benchmarks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(SpreadTest, MedianIsTheMiddleAndPercentilesAreValuesThatWereSeen) {
  EXPECT_EQ(SpreadOf({3, 1, 2}).median, 2);
  EXPECT_EQ(SpreadOf({4, 1, 2, 3}).median, 2.5);
  EXPECT_EQ(SpreadOf({4, 1, 2, 3}).min, 1);
  EXPECT_EQ(SpreadOf({4, 1, 2, 3}).max, 4);
  std::vector<double> hundred;
  for (int i = 100; i >= 1; --i) hundred.push_back(i);
  EXPECT_EQ(Percentile(hundred, 0.5), 50);
  EXPECT_EQ(Percentile(hundred, 0.99), 99);
  EXPECT_EQ(Percentile(hundred, 1), 100);
  EXPECT_EQ(Percentile({7}, 0.01), 7);
}

TEST(ReportTest, SaysWhatMissesItsGoalInTableAndJson) {
  Report report;
  report.Begin("ingest");
  report.Add({"unary ratio", {0.79, 0.7, 0.9}, "", Goal{Goal::Kind::kAtLeast, 0.8}});
  report.Add({"rate", {12'345.6, 12'345.6, 12'345.6}, "touchpoints/s", std::nullopt});
  report.Begin("moments");
  report.Add({"p50", {1.5, 1.5, 1.5}, "ms", Goal{Goal::Kind::kAtMost, 1.5}});
  report.Note("at rest");
  EXPECT_THAT(report.Missed(), ElementsAre("ingest: unary ratio"));
  EXPECT_THAT(report.Table(), HasSubstr("0.70 - 0.90"));
  EXPECT_THAT(report.Table(), HasSubstr(">= 0.80  MISSED"));
  EXPECT_THAT(report.Table(), HasSubstr("12,346 touchpoints/s"));
  EXPECT_THAT(report.Table(), HasSubstr("<= 1.50  met"));
  const auto json = nlohmann::json::parse(report.Json({{"machine", "a \"b\""}}));
  EXPECT_EQ(json["machine"], "a \"b\"");
  EXPECT_EQ(json["sections"][0]["figures"][0]["met"], false);
  EXPECT_EQ(json["sections"][1]["figures"][0]["goal_at_most"], 1.5);
  EXPECT_EQ(json["sections"][1]["notes"][0], "at rest");
}

}  // namespace
}  // namespace touchstone::benchmarks
