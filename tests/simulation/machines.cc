#include "tests/simulation/machines.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/invariant.h"

namespace touchstone::simulation {
namespace {

constexpr int kRoundsMax = 100'000;

// BelievedClock doubts a jump for five minutes.
constexpr int64_t kAheadSecondsMax = 280;

}  // namespace

Machines::Machines(Setup setup, clock::VirtualClock& world, std::mt19937_64& chance, FaultPlan& faults)
    : setup_(std::move(setup)), world_(world), chance_(chance), faults_(faults), troubles_(setup_.tasks.size()) {
  for (size_t i = 0; i < setup_.tasks.size(); ++i) {
    Instance::Setup one{setup_.storage, absl::StrCat("process", i), setup_.tasks[i], setup_.has_broker};
    instances_.push_back(std::make_unique<Instance>(std::move(one), world_, faults_));
    // Some come later than others.
    if (i == 0 || instances_.size() == setup_.tasks.size() || chance_() % 2 == 0) {
      instances_.back()->Start();
    } else {
      troubles_[i].down_until = world_.Now() + absl::Hours(static_cast<int64_t>(chance_() % 400));
    }
  }
}

void Machines::Misfortunes() {
  StartDue();
  const size_t machine = chance_() % instances_.size();
  if (faults_.Strikes(WorldFault::kProcessKilled)) instances_[machine]->Kill();
  if (faults_.Strikes(WorldFault::kOutage))
    outage_until_ = world_.Now() + absl::Minutes(60 + static_cast<int64_t>(chance_() % 300));
  SetClock(machine);
  if (!setup_.has_broker) FillDisk();
}

void Machines::SetClock(size_t machine) {
  MachineClock& clock = instances_[machine]->machine();
  if (clock.offset() != absl::ZeroDuration()) return;
  const absl::Duration year = absl::Hours(24 * 365);
  if (faults_.Strikes(WorldFault::kClockHourAhead)) clock.Set(absl::Hours(1));
  if (faults_.Strikes(WorldFault::kClockYearAhead)) clock.Set(year);
  if (clock.offset() > absl::ZeroDuration()) {
    troubles_[machine].clock_right_at = world_.Now() + absl::Seconds(1 + static_cast<int64_t>(chance_() % kAheadSecondsMax));
    return;
  }
  if (faults_.Strikes(WorldFault::kClockHourBack)) clock.Set(-absl::Hours(1));
  if (faults_.Strikes(WorldFault::kClockYearBack)) clock.Set(-year);
  if (clock.offset() < absl::ZeroDuration())
    troubles_[machine].clock_right_at = world_.Now() + absl::Minutes(1 + static_cast<int64_t>(chance_() % 300));
}

void Machines::SetClockRight(size_t machine) {
  instances_[machine]->machine().Set(absl::ZeroDuration());
  troubles_[machine].clock_right_at = absl::InfiniteFuture();
  // Else the next jump of the same size would look like the end of this one's doubt.
  instances_[machine]->ReadClock();
}

void Machines::FillDisk() {
  if (world_.Now() < disk_full_until_) return;
  SetDiskSpace(*setup_.storage, eventlog::DiskSpace::kEnough);
  eventlog::DiskSpace space = eventlog::DiskSpace::kEnough;
  if (faults_.Strikes(WorldFault::kDiskIntakeStops)) space = eventlog::DiskSpace::kIntakeStops;
  if (faults_.Strikes(WorldFault::kDiskReadOnly)) space = eventlog::DiskSpace::kReadOnly;
  if (space == eventlog::DiskSpace::kEnough) return;
  SetDiskSpace(*setup_.storage, space);
  disk_full_until_ = world_.Now() + absl::Seconds(static_cast<int64_t>(chance_() % 1800));
}

void Machines::StartDue() {
  for (size_t i = 0; i < instances_.size(); ++i) {
    if (instances_[i]->runs()) continue;
    Trouble& trouble = troubles_[i];
    // It has just died: most come back at once.
    if (trouble.down_until == absl::InfinitePast()) {
      trouble.down_until =
          world_.Now() + (chance_() % 3 > 0 ? absl::ZeroDuration() : absl::Seconds(static_cast<int64_t>(chance_() % 300)));
    }
    if (world_.Now() < trouble.down_until) continue;
    trouble.down_until = absl::InfinitePast();
    // The first thing a process sees of a clock it must believe; nothing there can tell that it is a year ahead.
    if (instances_[i]->machine().offset() > absl::ZeroDuration()) SetClockRight(i);
    instances_[i]->Start();
  }
}

void Machines::PassUntil(absl::Time time) {
  for (;;) {
    size_t next = 0;
    for (size_t i = 1; i < troubles_.size(); ++i) {
      if (troubles_[i].clock_right_at < troubles_[next].clock_right_at) next = i;
    }
    if (troubles_[next].clock_right_at > time) break;
    world_.AdvanceTo(troubles_[next].clock_right_at);
    SetClockRight(next);
  }
  world_.AdvanceTo(time);
}

bool Machines::CanStep(size_t machine) { return static_cast<int>(machine) != stepping_ && instances_[machine]->runs(); }

int Machines::Pick(bool works) {
  std::vector<int> can;
  for (size_t i = 0; i < instances_.size(); ++i) {
    if (CanStep(i) && (!works || instances_[i]->worker() != nullptr)) can.push_back(static_cast<int>(i));
  }
  return can.empty() ? -1 : can[chance_() % can.size()];
}

void Machines::StepOne() {
  const int machine = Pick(/*works=*/true);
  if (machine < 0 || in_outage()) return;
  const int outer = std::exchange(stepping_, machine);
  instances_[static_cast<size_t>(machine)]->Step();
  stepping_ = outer;
}

void Machines::SyncOne() {
  const int machine = Pick(/*works=*/false);
  if (machine >= 0) instances_[static_cast<size_t>(machine)]->Sync();
}

void Machines::Settle() {
  for (int rounds = 0;;) {
    bool did_anything = false;
    for (const std::unique_ptr<Instance>& instance : instances_) {
      while (instance->Step()) {
        did_anything = true;
        INVARIANT(++rounds < kRoundsMax, "the suite does not come to rest");
      }
      instance->Sync();
    }
    if (!did_anything) return;
  }
}

void Machines::Recover() {
  outage_until_ = absl::InfinitePast();
  SetDiskSpace(*setup_.storage, eventlog::DiskSpace::kEnough);
  for (size_t i = 0; i < instances_.size(); ++i) {
    SetClockRight(i);
    if (!instances_[i]->runs()) instances_[i]->Start();
  }
}

Instance* Machines::edge() {
  const size_t machine = instances_.size() - 1;
  return CanStep(machine) ? instances_[machine].get() : nullptr;
}

Instance* Machines::worker() {
  const int machine = Pick(/*works=*/true);
  return machine < 0 ? nullptr : instances_[static_cast<size_t>(machine)].get();
}

void Machines::TakeForDead() {
  if (stepping_ < 0 || !setup_.has_broker || !faults_.Strikes(WorldFault::kZombie)) return;
  Expel(*setup_.storage, instances_[static_cast<size_t>(stepping_)]->process());
}

absl::Time Machines::NextWake() {
  absl::Time next = absl::InfiniteFuture();
  for (const std::unique_ptr<Instance>& instance : instances_) {
    if (instance->worker() != nullptr) next = std::min(next, instance->worker()->NextWake());
  }
  return next;
}

int Machines::restart_count() const {
  int count = 0;
  for (const std::unique_ptr<Instance>& instance : instances_) count += std::max(0, instance->start_count() - 1);
  return count;
}

}  // namespace touchstone::simulation
