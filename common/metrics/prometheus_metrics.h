#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/metrics/metrics.h"

namespace touchstone::metrics {

// Metrics in a Prometheus registry of its own. Thread-safe.
class PrometheusMetrics final : public Metrics {
 public:
  PrometheusMetrics();
  ~PrometheusMetrics() override;

  Counter& AddCounter(absl::string_view name, absl::string_view help, const Labels& labels = {}) override;
  Gauge& AddGauge(absl::string_view name, absl::string_view help, const Labels& labels = {}) override;
  Histogram& AddHistogram(absl::string_view name, absl::string_view help, const Labels& labels = {},
                          const std::vector<double>& buckets = LatencyBuckets()) override;

  // All of it as Prometheus scrapes it: text format 0.0.4.
  std::string Text() const;

 private:
  struct Registry;
  const std::unique_ptr<Registry> registry_;
};

}  // namespace touchstone::metrics
