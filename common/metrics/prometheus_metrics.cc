#include "common/metrics/prometheus_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/invariant.h"

namespace touchstone::metrics {
namespace {

class PrometheusCounter final : public Counter {
 public:
  explicit PrometheusCounter(prometheus::Counter& counter) : counter_(counter) {}
  void Add(double amount) override { counter_.Increment(amount); }

 private:
  prometheus::Counter& counter_;
};

class PrometheusGauge final : public Gauge {
 public:
  explicit PrometheusGauge(prometheus::Gauge& gauge) : gauge_(gauge) {}
  void Set(double value) override { gauge_.Set(value); }
  void Add(double amount) override { gauge_.Increment(amount); }

 private:
  prometheus::Gauge& gauge_;
};

class PrometheusHistogram final : public Histogram {
 public:
  explicit PrometheusHistogram(prometheus::Histogram& histogram) : histogram_(histogram) {}
  void Observe(double value) override { histogram_.Observe(value); }

 private:
  prometheus::Histogram& histogram_;
};

bool IsMetricName(absl::string_view name) {
  if (name.empty() || absl::ascii_isdigit(name[0])) return false;
  for (const char c : name) {
    if (!absl::ascii_isalnum(c) && c != '_' && c != ':') return false;
  }
  return true;
}

// The registry throws where a name is taken by another kind; here that is a broken invariant.
template <typename Builder>
auto& FamilyOf(Builder builder, absl::string_view name, absl::string_view help, prometheus::Registry& registry) {
  INVARIANT(IsMetricName(name), absl::StrCat("'", name, "' is no metric's name"));
  try {
    return builder.Name(std::string(name)).Help(std::string(help)).Register(registry);
  } catch (const std::invalid_argument& error) {
    status::CrashOnBrokenInvariant(__FILE__, __LINE__, "one kind a metric", absl::StrCat("metric '", name, "': ", error.what()));
  }
}

// The one wrapper of each metric.
template <typename Wrapper, typename Metric>
Wrapper& Wrapped(std::map<const Metric*, std::unique_ptr<Wrapper>>& wrappers, Metric& metric) {
  std::unique_ptr<Wrapper>& wrapper = wrappers[&metric];
  if (wrapper == nullptr) wrapper = std::make_unique<Wrapper>(metric);
  return *wrapper;
}

}  // namespace

struct PrometheusMetrics::Registry {
  prometheus::Registry prometheus;
  std::mutex mutex;
  // Guarded by mutex.
  std::map<const prometheus::Counter*, std::unique_ptr<PrometheusCounter>> counters;
  std::map<const prometheus::Gauge*, std::unique_ptr<PrometheusGauge>> gauges;
  std::map<const prometheus::Histogram*, std::unique_ptr<PrometheusHistogram>> histograms;
};

const std::vector<double>& LatencyBuckets() {
  static const std::vector<double> kBuckets = {0.0001, 0.00025, 0.0005, 0.001, 0.0015, 0.0025, 0.005, 0.01, 0.015,
                                               0.025,  0.05,    0.1,    0.25,  0.5,    1,      2.5,   5,    10};
  return kBuckets;
}

PrometheusMetrics::PrometheusMetrics() : registry_(std::make_unique<Registry>()) {}
PrometheusMetrics::~PrometheusMetrics() = default;

Counter& PrometheusMetrics::AddCounter(absl::string_view name, absl::string_view help, const Labels& labels) {
  const std::lock_guard<std::mutex> lock(registry_->mutex);
  return Wrapped(registry_->counters, FamilyOf(prometheus::BuildCounter(), name, help, registry_->prometheus).Add(labels));
}

Gauge& PrometheusMetrics::AddGauge(absl::string_view name, absl::string_view help, const Labels& labels) {
  const std::lock_guard<std::mutex> lock(registry_->mutex);
  return Wrapped(registry_->gauges, FamilyOf(prometheus::BuildGauge(), name, help, registry_->prometheus).Add(labels));
}

Histogram& PrometheusMetrics::AddHistogram(absl::string_view name, absl::string_view help, const Labels& labels,
                                           const std::vector<double>& buckets) {
  const std::lock_guard<std::mutex> lock(registry_->mutex);
  return Wrapped(registry_->histograms,
                 FamilyOf(prometheus::BuildHistogram(), name, help, registry_->prometheus).Add(labels, buckets));
}

std::string PrometheusMetrics::Text() const { return prometheus::TextSerializer().Serialize(registry_->prometheus.Collect()); }

}  // namespace touchstone::metrics
