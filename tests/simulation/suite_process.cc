#include "tests/simulation/suite_process.h"

#include <utility>

#include "common/status/invariant.h"
#include "services/classification/journey_processor.h"
#include "services/classification/pack_loader.h"
#include "services/outreach/gate_processor.h"
#include "services/outreach/planner_processor.h"
#include "services/outreach/policy_loader.h"
#include "services/routing/case_processor.h"
#include "services/routing/dispatcher_processor.h"
#include "services/routing/policy_loader.h"

namespace touchstone::simulation {
namespace {

template <typename T>
T Loaded(absl::StatusOr<T> loaded) {
  INVARIANT(loaded.ok(), loaded.status().ToString());
  return *std::move(loaded);
}

}  // namespace

std::vector<stream::TaskDefinition> SuiteTasks() {
  const std::vector<std::string> folders = {"deploy/packs/core", "deploy/packs/retail"};
  static const auto& pack = *new auto(Loaded(classification::LoadPack("deploy/packs/retail")));
  static const auto& routing =
      *new auto(std::make_shared<const routing::RoutingPolicy>(Loaded(routing::LoadRoutingPolicy(folders))));
  static const auto& outreach = *new auto(Loaded(outreach::LoadOutreachPolicy(folders)));
  return {classification::JourneyTask(pack), routing::CaseTask(routing), routing::DispatcherTask(routing),
          outreach::PlannerTask(outreach.planner), outreach::GateTask(outreach.gate)};
}

SuiteProcess::SuiteProcess(std::shared_ptr<eventlog::MemoryStorage> storage, std::string name, const clock::Clock& clock,
                           eventlog::Faults* faults, std::vector<stream::TaskDefinition> tasks)
    : storage_(std::move(storage)), name_(std::move(name)), clock_(clock), faults_(faults), tasks_(std::move(tasks)) {
  Start();
}

void SuiteProcess::Start() {
  log_ = eventlog::MemoryLog::Open(storage_, clock_, absl::StrCat(name_, "#", ++start_count_), faults_);
  stream::WorkerOptions options;
  options.member.instance = name_;
  worker_ = std::make_unique<stream::Worker>(*log_, clock_, tasks_, options);
}

void SuiteProcess::Restart() {
  worker_ = nullptr;
  log_->Crash();
  Start();
}

bool SuiteProcess::Step() {
  const absl::StatusOr<bool> did = worker_->Step();
  if (log_->crashed()) {
    Restart();
    return true;
  }
  INVARIANT(did.ok(), did.status().ToString());
  return *did;
}

void SuiteProcess::Sync() {
  if (!log_->Sync().ok()) Restart();
}

void SuiteProcess::Settle() {
  constexpr int kRoundsMax = 100'000;
  int rounds = 0;
  // What a sync makes visible is work again.
  do {
    while (Step()) INVARIANT(++rounds < kRoundsMax, "the suite does not come to rest");
    Sync();
  } while (Step());
}

std::vector<std::string> SuiteProcess::Stopped() {
  std::vector<std::string> stopped;
  worker_->Report([&](const absl::StatusOr<std::vector<stream::TaskReport>>& reports) {
    for (const stream::TaskReport& report : *reports) {
      if (!report.stopped.empty()) stopped.push_back(absl::StrCat(report.kind, "/", report.partition, ": ", report.stopped));
    }
  });
  Step();
  return stopped;
}

}  // namespace touchstone::simulation
