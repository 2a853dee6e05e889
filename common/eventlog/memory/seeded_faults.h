#pragma once

#include <array>
#include <cstdint>
#include <random>

#include "common/eventlog/memory/faults.h"

namespace touchstone::eventlog {

// Faults drawn from a seed: each point strikes with a chance of its own, and hits are counted.
class SeededFaults : public Faults {
 public:
  explicit SeededFaults(uint64_t seed) : random_(seed) {}

  // In hundredths of a per cent: 100 strikes once in a hundred.
  void SetChance(FaultPoint point, int per_ten_thousand) { chances_[static_cast<int>(point)] = per_ten_thousand; }
  void SetAll(int per_ten_thousand) { chances_.fill(per_ten_thousand); }
  // From now on nothing goes wrong.
  void Calm() { chances_.fill(0); }

  bool Strikes(FaultPoint point) override {
    const int chance = chances_[static_cast<int>(point)];
    if (chance == 0 || Choose(10'000) >= chance) return false;
    ++hits_[static_cast<int>(point)];
    return true;
  }
  // Not std::uniform_int_distribution: its results differ between libraries.
  int64_t Choose(int64_t below) override { return static_cast<int64_t>(random_() % static_cast<uint64_t>(below)); }

  void Note(FaultPoint point) override { ++hits_[static_cast<int>(point)]; }

  int64_t hits(FaultPoint point) const { return hits_[static_cast<int>(point)]; }

 private:
  std::mt19937_64 random_;
  std::array<int, kFaultPointCount> chances_ = {};
  std::array<int64_t, kFaultPointCount> hits_ = {};
};

}  // namespace touchstone::eventlog
