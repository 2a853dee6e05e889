#pragma once

#include <memory>
#include <vector>

#include "common/clock/clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "tests/simulation/observers/observer.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/verdicts.h"

namespace touchstone::simulation {

// Hands what becomes durable to all observers, parsed once, and to the trace.
class Board : public eventlog::DurableWatcher {
 public:
  // All outlive it.
  Board(const clock::Clock& world, const Verdicts& verdicts, Trace& trace) : world_(world), verdicts_(verdicts), trace_(trace) {}

  void Add(Observer* observer) { observers_.push_back(observer); }
  void OnDurable(const eventlog::DurableWrite& write) override;
  void AtRest() {
    for (Observer* observer : observers_) observer->AtRest(world_.Now());
  }

 private:
  void Tell(const Seen& seen);
  // Parses, and tells all; bytes that are none are told as a record only.
  template <typename Message>
  void TellAs(const Seen& seen, void (Observer::*told)(const Seen&, const Message&));

  const clock::Clock& world_;
  const Verdicts& verdicts_;
  Trace& trace_;
  std::vector<Observer*> observers_;
};

}  // namespace touchstone::simulation
