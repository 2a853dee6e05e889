#include "tests/simulation/shrink.h"

#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace touchstone::simulation {
namespace {

class Shrinker {
 public:
  Shrinker(WorldOptions options, WorldOutcome failed, int runs_max)
      : best_(std::move(options)), outcome_(std::move(failed)), check_(outcome_.violations.front().check), runs_left_(runs_max) {}

  WorldOptions Shrink() {
    FewerFaults();
    FewerKinds();
    FewerCustomers();
    FewerFaults();
    return best_;
  }

 private:
  // Keeps `options` if the same check fails under them.
  bool Try(WorldOptions options) {
    if (runs_left_ == 0) return false;
    --runs_left_;
    WorldOutcome outcome = RunWorld(options);
    if (outcome.violations.empty() || outcome.violations.front().check != check_) return false;
    best_ = std::move(options);
    outcome_ = std::move(outcome);
    return true;
  }

  void FewerFaults() {
    const int64_t count = std::accumulate(outcome_.fault_hits.begin(), outcome_.fault_hits.end(), int64_t{0});
    int64_t fails = std::min(best_.faults_max, count);
    // Fewer need not fail less, so the search may miss the smallest; it is good enough to read.
    for (int64_t holds = -1; fails - holds > 1 && runs_left_ > 0;) {
      const int64_t middle = holds + (fails - holds) / 2;
      WorldOptions options = best_;
      options.faults_max = middle;
      (Try(std::move(options)) ? fails : holds) = middle;
    }
  }

  void FewerKinds() {
    for (size_t i = 0; i < FaultNames().size(); ++i) {
      if (outcome_.fault_hits[i] == 0) continue;
      WorldOptions options = best_;
      options.spared_faults.insert(FaultNames()[i]);
      Try(std::move(options));
    }
  }

  void FewerCustomers() {
    for (const std::string& one : std::set<std::string>(outcome_.customers)) {
      if (outcome_.customers.size() < 2) return;
      WorldOptions options = best_;
      options.only_customers = outcome_.customers;
      options.only_customers.erase(one);
      Try(std::move(options));
    }
  }

  WorldOptions best_;
  WorldOutcome outcome_;
  const Check check_;
  int runs_left_;
};

}  // namespace

WorldOptions Shrunk(const WorldOptions& options, const WorldOutcome& failed, int runs_max) {
  return Shrinker(options, failed, runs_max).Shrink();
}

std::string ArgumentsOf(const WorldOptions& options) {
  std::string text = absl::StrCat("--seed ", options.seed);
  if (options.faults_max != WorldOptions().faults_max) absl::StrAppend(&text, " --faults ", options.faults_max);
  if (!options.spared_faults.empty()) absl::StrAppend(&text, " --spare ", absl::StrJoin(options.spared_faults, ","));
  if (!options.only_customers.empty()) absl::StrAppend(&text, " --customers ", absl::StrJoin(options.only_customers, ","));
  return text;
}

}  // namespace touchstone::simulation
