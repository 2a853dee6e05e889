#include "common/metrics/prometheus_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace touchstone::metrics {
namespace {

using testing::HasSubstr;

TEST(PrometheusMetrics, ShowsWhatWasCounted) {
  PrometheusMetrics metrics;
  metrics.AddCounter("touchstone_touchpoints_total", "Touchpoints taken in.", {{"source", "shop"}}).Add(3);
  metrics.AddGauge("touchstone_task_lag", "Records not processed.").Set(7);
  metrics.AddGauge("touchstone_task_lag", "Records not processed.").Add(-2);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("# HELP touchstone_touchpoints_total Touchpoints taken in.\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE touchstone_touchpoints_total counter\n"));
  EXPECT_THAT(text, HasSubstr("touchstone_touchpoints_total{source=\"shop\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("touchstone_task_lag 5\n"));
}

TEST(PrometheusMetrics, AHistogramCountsByItsBuckets) {
  PrometheusMetrics metrics;
  Histogram& latency = metrics.AddHistogram("touchstone_append_seconds", "Until durable.", {}, {0.001, 0.01});
  latency.Observe(0.0005);
  latency.Observe(0.005);
  latency.Observe(5);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("touchstone_append_seconds_bucket{le=\"0.001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("touchstone_append_seconds_bucket{le=\"0.01\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("touchstone_append_seconds_bucket{le=\"+Inf\"} 3\n"));
}

TEST(PrometheusMetrics, TheSameNameAndLabelsAreOneMetric) {
  PrometheusMetrics metrics;
  Counter& first = metrics.AddCounter("a_total", "A.", {{"k", "1"}});
  EXPECT_EQ(&first, &metrics.AddCounter("a_total", "A.", {{"k", "1"}}));
  EXPECT_NE(&first, &metrics.AddCounter("a_total", "A.", {{"k", "2"}}));
}

TEST(PrometheusMetrics, ThreadsCountTogether) {
  PrometheusMetrics metrics;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      Counter& counter = metrics.AddCounter("a_total", "A.");
      for (int j = 0; j < 1000; ++j) counter.Add();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(metrics.Text(), HasSubstr("a_total 4000\n"));
}

TEST(PrometheusMetricsDeathTest, AMistakenNameCrashesWithIt) {
  PrometheusMetrics metrics;
  metrics.AddCounter("a_total", "A.");
  EXPECT_DEATH(metrics.AddGauge("a_total", "A."), "metric 'a_total'");
  EXPECT_DEATH(metrics.AddCounter("append-seconds", "A."), "'append-seconds' is no metric's name");
}

}  // namespace
}  // namespace touchstone::metrics
