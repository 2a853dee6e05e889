#include "tests/e2e/soak.d/fleet.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/rpc/client.h"
#include "common/status/invariant.h"
#include "tools/cli/pause.h"

namespace touchstone::e2e {
namespace {

using operations::v1::OperationsService;

constexpr const char* kServices[] = {"ingestion", "classification", "routing", "outreach"};
constexpr absl::Duration kStatusWithin = absl::Seconds(1);
constexpr absl::Duration kLookEvery = absl::Milliseconds(100);

std::vector<std::string> WordsOf(const std::string& service, const std::string& name, const std::string& address,
                                 const std::string& folder, const std::vector<std::string>& flags) {
  std::vector<std::string> words = {absl::StrCat(TOUCHSTONE_BIN, "/touchstone-", service), "--log-level", "info"};
  const auto set = [&](const std::string& setting) { words.insert(words.end(), {"--set", setting}); };
  set(absl::StrCat("listen=", address));
  set(absl::StrCat("instance=", name));
  set(absl::StrCat("kafka.data_dir=", folder, "/", name));
  words.insert(words.end(), flags.begin(), flags.end());
  return words;
}

}  // namespace

std::vector<std::string> TaskKindsOf(const std::string& service) {
  if (service == "classification") return {"journey"};
  if (service == "routing") return {"case", "dispatcher"};
  if (service == "outreach") return {"planner", "gate"};
  return {};
}

Instance::Instance(std::string service, int number, const std::string& folder, std::vector<std::string> flags)
    : service_(std::move(service)),
      name_(absl::StrCat(service_, "-", number)),
      address_(absl::StrCat("unix:", folder, "/", name_, ".socket")),
      said_(absl::StrCat(folder, "/", name_, ".log")),
      words_(WordsOf(service_, name_, address_, folder, flags)) {}

void Instance::Start() {
  unlink(address_.substr(std::string("unix:").size()).c_str());
  frozen_ = false;
  process_ = std::make_unique<ChildProcess>(words_, said_);
}

void Instance::Kill() {
  process_ = nullptr;
  frozen_ = false;
}

void Instance::Freeze() {
  process_->Signal(SIGSTOP);
  frozen_ = true;
}

void Instance::Thaw() {
  process_->Signal(SIGCONT);
  frozen_ = false;
}

int Instance::Stop() {
  process_->Signal(SIGTERM);
  const int ended = process_->Wait();
  process_ = nullptr;
  return ended;
}

bool Instance::HasFallen() { return process_ != nullptr && !process_->Runs(); }

std::optional<operations::v1::GetStatusResponse> Instance::Status() {
  if (!awake()) return std::nullopt;
  if (stub_ == nullptr) {
    auto channel = rpc::Connect(address_, kStatusWithin);
    if (!channel.ok()) return std::nullopt;
    stub_ = OperationsService::NewStub(*std::move(channel));
  }
  auto status = rpc::Call(*stub_, &OperationsService::Stub::GetStatus, operations::v1::GetStatusRequest(), kStatusWithin);
  if (status.ok()) return *std::move(status);
  stub_ = nullptr;
  return std::nullopt;
}

std::set<TaskName> Instance::Tasks() {
  std::set<TaskName> tasks;
  const auto status = Status();
  if (!status.has_value()) return tasks;
  for (const operations::v1::TaskStatus& task : status->tasks()) {
    if (task.partition() >= 0 && task.stopped().empty()) tasks.emplace(task.kind(), task.partition());
  }
  return tasks;
}

Fleet::Fleet(const std::string& folder, const std::vector<std::string>& flags, int partitions, const clock::Clock& clock)
    : partitions_(partitions), clock_(clock) {
  std::filesystem::create_directories(folder);
  for (int number = 1; number <= kInstancesOfAService; ++number) {
    for (const char* service : kServices) instances_.push_back(std::make_unique<Instance>(service, number, folder, flags));
  }
}

Instance& Fleet::Of(const std::string& service, int number) {
  for (auto& instance : instances_) {
    if (instance->name() == absl::StrCat(service, "-", number)) return *instance;
  }
  INVARIANT(false, absl::StrCat("there is no ", service, "-", number));
}

std::vector<std::string> Fleet::AddressesOf(const std::string& service) const {
  std::vector<std::string> addresses;
  for (const auto& instance : instances_) {
    if (instance->service() == service) addresses.push_back(instance->address());
  }
  return addresses;
}

absl::Status Fleet::AwaitWhole(absl::Duration within) {
  const absl::Duration deadline = clock_.Monotonic() + within;
  for (const char* service : kServices) {
    const absl::Status whole = AwaitWhole(service, deadline - clock_.Monotonic());
    if (!whole.ok()) return whole;
  }
  return absl::OkStatus();
}

absl::Status Fleet::AwaitWhole(const std::string& service, absl::Duration within) {
  const absl::Duration deadline = clock_.Monotonic() + within;
  while (true) {
    StartFallen();
    const std::string missing = Missing(service);
    if (missing.empty()) return absl::OkStatus();
    if (clock_.Monotonic() > deadline)
      return absl::DeadlineExceededError(absl::StrCat("not within ", absl::FormatDuration(within), ": ", missing));
    cli::Pause(kLookEvery);
  }
}

void Fleet::StartFallen() {
  for (const auto& instance : instances_) {
    if (!instance->awake() || !instance->HasFallen()) continue;
    const int code = instance->Stop();
    ++fallen_[instance->name()];
    if (code < 0) crashes_.push_back(absl::StrCat(instance->name(), " by signal ", -code, ": read s/", instance->name(), ".log"));
    instance->Start();
  }
}

std::string Fleet::Describe() {
  std::string text;
  for (auto& instance : instances_) {
    const auto status = instance->Status();
    absl::StrAppend(&text, instance->name(), status.has_value() ? "" : " does not answer", "\n");
    if (!status.has_value()) continue;
    for (const operations::v1::TaskStatus& task : status->tasks()) {
      absl::StrAppend(&text, "  ", task.kind(), "/", task.partition(), " lag ", task.lag(), ", processed ",
                      task.processed_count(), task.stopped().empty() ? "" : ", stands still: ", task.stopped(), "\n");
    }
  }
  return text;
}

bool Fleet::HasWork(const std::set<TaskName>& tasks) {
  std::set<TaskName> idle;
  for (auto& instance : instances_) {
    const auto status = instance->Status();
    if (!status.has_value()) continue;
    for (const operations::v1::TaskStatus& task : status->tasks()) {
      if (task.lag() == 0 && task.stopped().empty()) idle.emplace(task.kind(), task.partition());
    }
  }
  return !std::includes(idle.begin(), idle.end(), tasks.begin(), tasks.end());
}

std::string Fleet::Missing(const std::string& service) {
  std::set<TaskName> running;
  bool answers = false;
  for (auto& instance : instances_) {
    if (instance->service() != service || !instance->awake()) continue;
    answers = answers || instance->Status().has_value();
    running.merge(instance->Tasks());
  }
  if (!answers) return absl::StrCat("no ", service, " answers");
  for (const std::string& kind : TaskKindsOf(service)) {
    for (int partition = 0; partition < partitions_; ++partition) {
      if (!running.contains({kind, partition})) return absl::StrCat(kind, "/", partition, " runs nowhere");
    }
  }
  return "";
}

}  // namespace touchstone::e2e
