#include "tests/simulation/fault_plan.h"

namespace touchstone::simulation {
namespace {

using eventlog::FaultPoint;

// How often each fault of the world strikes where it is asked for, in ten thousandths, in a world that has it at all.
int BaseChance(WorldFault fault) {
  switch (fault) {
    case WorldFault::kProcessKilled:
      return 40;
    case WorldFault::kOutage:
      return 25;
    case WorldFault::kZombie:
      return 5000;
    case WorldFault::kClockHourAhead:
    case WorldFault::kClockYearAhead:
    case WorldFault::kClockHourBack:
    case WorldFault::kClockYearBack:
      return 25;
    case WorldFault::kDiskIntakeStops:
    case WorldFault::kDiskReadOnly:
      return 40;
    case WorldFault::kSlowReader:
      return 60;
    case WorldFault::kStreamLost:
      return 170;
    case WorldFault::kLeaseLapsed:
      return 60;
    case WorldFault::kOfferMissed:
      return 2000;
    case WorldFault::kDuplicate:
      return 1700;
    case WorldFault::kLate:
      return 3300;
    case WorldFault::kPoison:
      return 300;
  }
  return 0;
}

int BaseChance(FaultPoint point) { return point == FaultPoint::kStandStill ? 150 : 40; }

}  // namespace

const std::vector<std::string>& FaultNames() {
  static const auto& names = *[] {
    auto* all = new std::vector<std::string>;
    for (int point = 0; point < eventlog::kFaultPointCount; ++point) all->emplace_back(NameOf(static_cast<FaultPoint>(point)));
    for (const char* name : {"process-killed", "outage", "zombie", "clock-hour-ahead", "clock-year-ahead", "clock-hour-back",
                             "clock-year-back", "disk-intake-stops", "disk-read-only", "slow-reader", "stream-lost",
                             "lease-lapsed", "offer-missed", "duplicate", "late", "poison"}) {
      all->emplace_back(name);
    }
    return all;
  }();
  return names;
}

FaultPlan::FaultPlan(const FaultPlanOptions& options)
    : random_(options.seed ^ 0x9e3779b97f4a7c15), left_(options.faults_max), hits_(FaultNames().size(), 0) {
  for (size_t i = 0; i < FaultNames().size(); ++i) {
    const int base = i < eventlog::kFaultPointCount ? BaseChance(static_cast<FaultPoint>(i))
                                                    : BaseChance(static_cast<WorldFault>(i - eventlog::kFaultPointCount));
    // Never, as it is, and often.
    constexpr int kTimes[] = {0, 1, 1, 3};
    chances_.push_back(base * kTimes[Choose(4)]);
    spared_.push_back(options.spared.contains(FaultNames()[i]));
  }
}

bool FaultPlan::Strikes(int fault) {
  const size_t at = static_cast<size_t>(fault);
  if (calm_ || chances_[at] == 0 || Choose(10'000) >= chances_[at]) return false;
  if (spared_[at] || left_ == 0) return false;
  --left_;
  Count(fault);
  told_(FaultNames()[at]);
  return true;
}

}  // namespace touchstone::simulation
