#include "tests/simulation/instance.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/invariant.h"

namespace touchstone::simulation {

Instance::Instance(Setup setup, const clock::Clock& world, eventlog::Faults& faults)
    : setup_(std::move(setup)), world_(world), faults_(faults), machine_(world) {}

std::string Instance::process() const { return absl::StrCat(setup_.name, "#", start_count_); }

void Instance::Start() {
  INVARIANT(log_ == nullptr, "it runs already");
  ++start_count_;
  believed_ = std::make_unique<clock::BelievedClock>(machine_);
  const clock::Clock& stamps = setup_.broker_stamps ? world_ : *believed_;
  log_ = eventlog::MemoryLog::Open(setup_.storage, stamps, process(), &faults_);
  if (setup_.tasks.empty()) return;
  stream::WorkerOptions options;
  options.member.instance = setup_.name;
  options.on_stopped = [this](absl::string_view kind, int partition, const absl::Status& why) {
    alarms_.push_back(absl::StrCat(kind, "/", partition, ": ", why.message()));
  };
  worker_ = std::make_unique<stream::Worker>(*log_, *believed_, setup_.tasks, options);
}

void Instance::Kill() {
  if (log_ == nullptr) return;
  // A dead process says goodbye to nobody, but the group finds out: Worker's end stands for that.
  worker_ = nullptr;
  log_->Crash();
  log_ = nullptr;
  believed_ = nullptr;
}

void Instance::Notice() {
  if (log_ != nullptr && log_->crashed()) Kill();
}

bool Instance::Step() {
  if (worker_ == nullptr) return false;
  const absl::StatusOr<bool> did = worker_->Step();
  if (log_->crashed()) {
    Kill();
    return true;
  }
  INVARIANT(did.ok(), did.status().ToString());
  return *did;
}

void Instance::Sync() {
  if (log_ == nullptr) return;
  log_->Sync().IgnoreError();
  Notice();
}

void Instance::ReadClock() {
  if (believed_ != nullptr) believed_->Now();
}

std::vector<stream::TaskReport> Instance::Reports() {
  std::vector<stream::TaskReport> reports;
  if (worker_ == nullptr) return reports;
  worker_->Report([&](absl::StatusOr<std::vector<stream::TaskReport>> reported) {
    if (reported.ok()) reports = *std::move(reported);
  });
  Step();
  return reports;
}

}  // namespace touchstone::simulation
