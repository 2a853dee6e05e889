#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// What a process counts. Made once where it is composed and passed in; there is none of the process. Every call is safe
// on any thread. Counting is an atomic or two and never blocks; adding takes a lock, so add at start and keep the reference.
namespace touchstone::metrics {

// By label: few values each, known in the code (a method, a topic, a reason). Never a name, an id, or anything personal.
using Labels = std::map<std::string, std::string>;

// Only rises.
class Counter {
 public:
  virtual ~Counter() = default;
  // `amount` is not negative.
  virtual void Add(double amount = 1) = 0;
};

class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void Set(double value) = 0;
  virtual void Add(double amount) = 0;
};

class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void Observe(double value) = 0;
};

// Seconds, from 0.1 ms to 10 s.
const std::vector<double>& LatencyBuckets();

// Names read `touchstone_<library>_<what>_<unit>`, counters end in `_total`. Adding the same name and labels again gives
// the same metric. References live as long as the Metrics. A name that is none (not [a-zA-Z_:][a-zA-Z0-9_:]*), or one of
// another kind, crashes: it is a mistake of the program.
class Metrics {
 public:
  virtual ~Metrics() = default;
  virtual Counter& AddCounter(absl::string_view name, absl::string_view help, const Labels& labels = {}) = 0;
  virtual Gauge& AddGauge(absl::string_view name, absl::string_view help, const Labels& labels = {}) = 0;
  // `buckets`: upper bounds, rising. The first addition of a name and labels decides them.
  virtual Histogram& AddHistogram(absl::string_view name, absl::string_view help, const Labels& labels = {},
                                  const std::vector<double>& buckets = LatencyBuckets()) = 0;
};

}  // namespace touchstone::metrics
