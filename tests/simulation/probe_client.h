#pragma once

#include <deque>
#include <string>
#include <vector>

#include "tests/simulation/instance.h"
#include "tests/simulation/observers/probe_observer.h"
#include "tests/simulation/outside.h"
#include "tests/simulation/verdicts.h"

namespace touchstone::simulation {

// Feeds the probes, and reads what it wrote: a read that waits for a write must show it, and may show only what is never taken
// back.
class ProbeClient {
 public:
  // All outlive it, and it outlives the instances that it reads from.
  ProbeClient(const Outside& outside, const ProbeObserver& probe, Verdicts& verdicts)
      : outside_(outside), probe_(probe), verdicts_(verdicts) {}

  // Now and then a record.
  void Feed();
  void Acknowledged(const std::vector<eventlog::OutRecord>& records, const std::vector<eventlog::Position>& positions);
  // Asks this instance for what was acknowledged first. Its clock is the one a deadline is of.
  void Read(Instance& instance);

 private:
  struct Written {
    eventlog::Position position;
    std::string key;
  };
  void OnAnswer(const Written& written, int64_t count);

  const Outside outside_;
  const ProbeObserver& probe_;
  Verdicts& verdicts_;
  int record_count_ = 0;
  std::deque<Written> written_;
};

}  // namespace touchstone::simulation
