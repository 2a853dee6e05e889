#pragma once

#include <cstdint>
#include <random>

#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "tests/simulation/fault_plan.h"
#include "tests/simulation/observers/durability_observer.h"
#include "tests/simulation/outbox.h"

namespace touchstone::simulation {

// What those outside share: the world's time, its chance, what goes wrong with them, and how they write.
struct Outside {
  const clock::Clock& world;
  std::mt19937_64& chance;
  FaultPlan& faults;
  DurabilityObserver& witness;
  Outbox& outbox;

  int64_t Choose(int64_t below) const { return static_cast<int64_t>(chance() % static_cast<uint64_t>(below)); }
  absl::Time now() const { return world.Now(); }
};

}  // namespace touchstone::simulation
