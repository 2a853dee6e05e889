#include "tests/e2e/soak.d/soak.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/eventlog/kafka/kafka_log.h"
#include "common/eventlog/topics_manifest.h"
#include "common/status/macros.h"
#include "tests/e2e/soak.d/cluster_view.h"
#include "tests/e2e/soak.d/rest.h"
#include "tests/e2e/suite_process.h"
#include "tools/cli/pause.h"

namespace touchstone::e2e {
namespace {

using Kind = Disturbance::Kind;

constexpr int kPartitions = 4;
constexpr int kFeeders = 2;
constexpr int kAgents = 3;
constexpr int kAtOnce = 300;
// All stories are over an hour before the run, and none is so old that nobody would be called.
constexpr absl::Duration kBeginsBefore = absl::Hours(41);
constexpr absl::Duration kWholeWithin = absl::Seconds(90);
constexpr absl::Duration kTasksWithin = absl::Seconds(20);
constexpr absl::Duration kCommitWithin = absl::Seconds(60);
constexpr absl::Duration kInSyncWithin = absl::Seconds(120);
constexpr absl::Duration kFedWithin = absl::Seconds(300);
// A machine that is busy with other things has a backlog by then.
constexpr absl::Duration kRestWithin = absl::Seconds(600);
constexpr absl::Duration kLookEvery = absl::Milliseconds(50);
// A commit that was under way when its process died is seen so late at most; nothing can take over so soon.
constexpr absl::Duration kLateCommit = absl::Milliseconds(200);
// How long senders need to leave an ingestion that does not answer.
constexpr absl::Duration kNoticedWithin = absl::Seconds(8);
// How long a broker stays away.
constexpr absl::Duration kBrokerAway = absl::Seconds(4);
constexpr char kTransactionState[] = "__transaction_state";

std::vector<std::string> AllKinds() {
  std::vector<std::string> kinds;
  for (const char* service : {"classification", "routing", "outreach"}) {
    for (const std::string& kind : TaskKindsOf(service)) kinds.push_back(kind);
  }
  return kinds;
}

std::string TextOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

Soak::Soak(const SoakOptions& options)
    : options_(options),
      begun_(clock_.Now()),
      traffic_(static_cast<int>(options.touchpoints / kTouchpointsPerCustomer), begun_ - kBeginsBefore, kAtOnce),
      secret_(options.folder + "/secret"),
      manifest_(options.folder + "/topics.yaml"),
      outcome_(traffic_) {}

void Soak::Say(const std::string& what) const {
  std::printf("%7.1f s  %s\n", absl::ToDoubleSeconds(clock_.Now() - begun_), what.c_str());
  std::fflush(stdout);
}

absl::Status Soak::Run() {
  absl::Status run = Begin();
  if (run.ok()) run = FeedAndDisturb();
  if (run.ok()) run = ComeToRest();
  if (run.ok()) return End();
  if (fleet_ != nullptr) Say(absl::StrCat("it fails; now\n", fleet_->Describe()));
  return run;
}

absl::Status Soak::Begin() {
  WriteSecret(secret_);
  // Fewer partitions than in production: two instances share them all the same.
  std::ofstream(manifest_) << absl::StrReplaceAll(
      TextOf("deploy/topics.yaml"), {{"partitions: 8", absl::StrCat("partitions: ", kPartitions)},
                                     {"replication_factor: 1", absl::StrCat("replication_factor: ", options_.brokers)}});
  ASSIGN_OR_RETURN(brokers_, KafkaBrokers::Start(options_.folder, options_.brokers, faults_, clock_));
  Say(absl::StrCat(options_.brokers, " broker(s) behind ", brokers_->bootstrap()));
  ChildProcess apply({absl::StrCat(TOUCHSTONE_BIN, "/touchstone"), "topics", "apply", "--brokers", brokers_->bootstrap(),
                      "--prefix", prefix_, "--file", manifest_},
                     options_.folder + "/topics.log");
  if (apply.Wait() != 0) return absl::UnavailableError("the topics were not made: read topics.log");
  RETURN_IF_ERROR(AwaitInSync());
  RETURN_IF_ERROR(OpenLog());
  const std::vector<std::string> flags = {"--set", absl::StrCat("kafka.bootstrap_servers=", brokers_->bootstrap()),
                                          "--set", absl::StrCat("kafka.prefix=", prefix_),
                                          "--set", absl::StrCat("topics_file=", manifest_),
                                          "--set", absl::StrCat("secret_file=", secret_)};
  fleet_ = std::make_unique<Fleet>(options_.folder + "/s", flags, kPartitions, clock_);
  // One of each alone at first: what customers want is said to who owns all addresses.
  for (const auto& instance : fleet_->instances()) {
    if (instance->name().back() == '1') instance->Start();
  }
  RETURN_IF_ERROR(fleet_->AwaitWhole(kWholeWithin));
  RETURN_IF_ERROR(AllowSends(fleet_->Of("outreach", 1).address(), traffic_, kAllowedMax));
  for (const auto& instance : fleet_->instances()) {
    if (instance->name().back() != '1') instance->Start();
  }
  ASSIGN_OR_RETURN(monitor_, CommitMonitor::Start(*log_, AllKinds(), clock_));
  desk_ = std::make_unique<Desk>(kAgents, fleet_->AddressesOf("routing"), clock_);
  mailer_ = std::make_unique<Mailer>(*log_, fleet_->AddressesOf("outreach"), clock_);
  Say("two instances of each service run");
  return absl::OkStatus();
}

absl::Status Soak::OpenLog() {
  ASSIGN_OR_RETURN(eventlog::TopicsManifest manifest, eventlog::ReadTopicsManifest(manifest_));
  eventlog::KafkaOptions options;
  options.bootstrap = brokers_->bootstrap();
  options.prefix = prefix_;
  options.instance = "soak";
  options.data_folder = options_.folder + "/soak";
  options.catalog = std::move(manifest.catalog);
  // A tail asks for no more for a second once it has so much ahead: what it has by default suits a desktop, not who reads it all.
  options.settings = {{"queued.min.messages", "100000"}, {"queued.max.messages.kbytes", "16384"}};
  options.on_log = [](int, absl::string_view) {};
  ASSIGN_OR_RETURN(log_, eventlog::OpenKafkaLog(std::move(options), clock_));
  return absl::OkStatus();
}

// --- what is done while the touchpoints come ---

absl::Status Soak::FeedAndDisturb() {
  const std::vector<Disturbance> plan = PlanDisturbances(
      {.seed = options_.seed, .kills = options_.kills, .broker_kills = options_.brokers > 1 ? options_.broker_kills : 0});
  for (int lane = 0; lane < kFeeders; ++lane) {
    feeders_.push_back(std::make_unique<Feeder>(
        traffic_, Feeder::Options{lane, kFeeders, options_.rate / kFeeders, fleet_->AddressesOf("ingestion")}, clock_));
  }
  const absl::Duration begun = clock_.Monotonic();
  for (size_t i = 0; i < plan.size(); ++i) {
    const double share = 1.0 / static_cast<double>(plan.size() + 1);
    // There is work under way while something is done, and something left for the next.
    for (const auto& feeder : feeders_) feeder->AllowUpTo(share * static_cast<double>(i + 2));
    RETURN_IF_ERROR(AwaitFed(share * static_cast<double>(i + 1)));
    fleet_->StartFallen();
    const absl::Status done = Do(plan[i]);
    if (!done.ok())
      return absl::Status(done.code(),
                          absl::StrCat(NameOf(plan[i].kind), " of ", plan[i].service, "-", plan[i].number, ": ", done.message()));
  }
  RETURN_IF_ERROR(AwaitFed(1));
  tally_.fed = static_cast<int64_t>(fed());
  tally_.fed_within = clock_.Monotonic() - begun;
  tally_.broken_streams = broken_streams();
  Say(absl::StrCat("all is fed: ", tally_.fed));
  return absl::OkStatus();
}

size_t Soak::fed() const {
  size_t sum = 0;
  for (const auto& feeder : feeders_) sum += feeder->acknowledged();
  return sum;
}

int Soak::broken_streams() const {
  int sum = 0;
  for (const auto& feeder : feeders_) sum += feeder->broken_streams();
  return sum;
}

void Soak::AwaitBrokenStream(int before) const {
  for (const absl::Duration deadline = clock_.Monotonic() + kNoticedWithin;
       broken_streams() == before && clock_.Monotonic() < deadline;)
    cli::Pause(kLookEvery);
}

absl::Status Soak::AwaitFed(double share) {
  const size_t wanted = static_cast<size_t>(share * static_cast<double>(traffic_.size()) * 0.99);
  const auto done = [&] {
    return std::all_of(feeders_.begin(), feeders_.end(), [](const auto& feeder) { return feeder->done(); });
  };
  size_t last = fed();
  absl::Duration moved = clock_.Monotonic();
  while (share < 1 ? fed() < wanted : !done()) {
    if (fed() != last) moved = clock_.Monotonic();
    last = fed();
    if (clock_.Monotonic() - moved > kFedWithin)
      return absl::DeadlineExceededError(
          absl::StrCat("no touchpoint was taken for ", absl::FormatDuration(kFedWithin), ", after ", fed()));
    fleet_->StartFallen();
    cli::Pause(kLookEvery);
  }
  return absl::OkStatus();
}

absl::Status Soak::Do(const Disturbance& disturbance) {
  cli::Pause(disturbance.kind == Kind::kKillWhileStarting ? absl::ZeroDuration() : disturbance.pause);
  switch (disturbance.kind) {
    case Kind::kRestart:
    case Kind::kKillWhileStarting:
    case Kind::kTakeover:
      return KillInstance(disturbance);
    case Kind::kZombie:
      return MakeZombie(disturbance);
    case Kind::kAnswer:
      faults_.Arm(disturbance.api, disturbance.fault);
      return absl::OkStatus();
    case Kind::kCoordinator:
    case Kind::kLeader:
      return KillBroker(disturbance);
  }
  return absl::OkStatus();
}

std::set<TaskName> Soak::AwaitTasks(Instance& instance) const {
  std::set<TaskName> tasks = instance.Tasks();
  if (TaskKindsOf(instance.service()).empty()) return tasks;
  for (const absl::Duration deadline = clock_.Monotonic() + kTasksWithin; tasks.empty() && clock_.Monotonic() < deadline;) {
    cli::Pause(kLookEvery);
    tasks = instance.Tasks();
  }
  return tasks;
}

absl::Status Soak::KillInstance(const Disturbance& disturbance) {
  Instance& instance = fleet_->Of(disturbance.service, disturbance.number);
  const std::set<TaskName> tasks = disturbance.kind == Kind::kTakeover ? AwaitTasks(instance) : instance.Tasks();
  Say(absl::StrCat("kill ", instance.name(), ", which has ", tasks.size(), " tasks: ", NameOf(disturbance.kind), "; ", fed(),
                   " fed"));
  const absl::Time since = clock_.Now();
  instance.Kill();
  ++tally_.kills[instance.name()];
  if (disturbance.kind == Kind::kTakeover) {
    RETURN_IF_ERROR(fleet_->AwaitWhole(instance.service(), kWholeWithin));
    const absl::Status committed = AwaitCommit(disturbance.kind, tasks, since);
    instance.Start();
    return committed;
  }
  instance.Start();
  if (disturbance.kind == Kind::kKillWhileStarting) {
    cli::Pause(disturbance.pause);
    instance.Kill();
    ++tally_.kills[instance.name()];
    instance.Start();
    return fleet_->AwaitWhole(instance.service(), kWholeWithin);
  }
  if (tasks.empty()) return fleet_->AwaitWhole(instance.service(), kWholeWithin);
  return AwaitCommit(disturbance.kind, tasks, since);
}

absl::Status Soak::MakeZombie(const Disturbance& disturbance) {
  Instance& instance = fleet_->Of(disturbance.service, disturbance.number);
  const std::set<TaskName> tasks = AwaitTasks(instance);
  Say(absl::StrCat("stop ", instance.name(), ", which has ", tasks.size(), " tasks; ", fed(), " fed"));
  const absl::Time since = clock_.Now();
  const int broken = broken_streams();
  instance.Freeze();
  ++tally_.zombies[instance.name()];
  const absl::Status whole = fleet_->AwaitWhole(instance.service(), kWholeWithin);
  const absl::Status committed = whole.ok() ? AwaitCommit(disturbance.kind, tasks, since) : whole;
  if (tasks.empty()) AwaitBrokenStream(broken);
  cli::Pause(disturbance.pause);
  instance.Thaw();
  return committed;
}

absl::Status Soak::KillBroker(const Disturbance& disturbance) {
  const int turn = tally_.broker_kills.empty() ? 0 : tally_.broker_kills.begin()->second;
  const bool coordinator = disturbance.kind == Kind::kCoordinator;
  ASSIGN_OR_RETURN(const int number, coordinator
                                         ? LeaderOf(brokers_->bootstrap(), kTransactionState, turn % 3)
                                         : LeaderOf(brokers_->bootstrap(), prefix_ + "touchpoints.v1", turn % kPartitions));
  std::set<TaskName> tasks;
  for (const auto& instance : fleet_->instances()) tasks.merge(instance->Tasks());
  Say(absl::StrCat("kill broker ", number, ", a ", NameOf(disturbance.kind), "; ", fed(), " fed"));
  const absl::Time since = clock_.Now();
  brokers_->Kill(number);
  ++tally_.broker_kills[NameOf(disturbance.kind)];
  cli::Pause(kBrokerAway);
  RETURN_IF_ERROR(brokers_->Restart(number));
  RETURN_IF_ERROR(AwaitCommit(disturbance.kind, tasks, since));
  return AwaitInSync();
}

absl::Status Soak::AwaitInSync() const {
  absl::Status in_sync;
  for (const std::string& broker : std::vector<std::string>(absl::StrSplit(brokers_->bootstrap(), ','))) {
    const absl::Duration deadline = clock_.Monotonic() + kInSyncWithin;
    do {
      // Each knows of a new topic in its own time.
      in_sync = LeaderOf(broker, prefix_ + "gate.state", kPartitions - 1).status();
      if (in_sync.ok()) in_sync = AllInSync(broker);
      if (!in_sync.ok()) cli::Pause(kLookEvery * 5);
    } while (!in_sync.ok() && clock_.Monotonic() < deadline);
    if (!in_sync.ok()) return in_sync;
  }
  return in_sync;
}

absl::Status Soak::AwaitCommit(Kind kind, const std::set<TaskName>& tasks, absl::Time since) {
  if (tasks.empty()) return absl::OkStatus();
  for (const absl::Duration deadline = clock_.Monotonic() + kCommitWithin; clock_.Monotonic() < deadline;) {
    const auto first = monitor_->FirstAfter(tasks, since + kLateCommit);
    if (first.has_value()) {
      tally_.recoveries[kind].push_back(*first - since);
      return absl::OkStatus();
    }
    fleet_->StartFallen();
    cli::Pause(kLookEvery);
  }
  if (!fleet_->HasWork(tasks)) return absl::OkStatus();
  return absl::DeadlineExceededError(
      absl::StrCat("none of its tasks committed within ", absl::FormatDuration(kCommitWithin), ", and there is work"));
}

// --- afterwards ---

absl::Status Soak::ComeToRest() {
  tally_.answers = faults_.hits();
  faults_.Calm();
  RETURN_IF_ERROR(fleet_->AwaitWhole(kWholeWithin));
  // What it reports becomes touchpoints: while it goes on, nothing rests.
  tally_.sends_taken = mailer_->taken();
  tally_.sends_reported = mailer_->reported();
  mailer_ = nullptr;
  RETURN_IF_ERROR(AwaitRest(*log_, clock_, kRestWithin, [this] { fleet_->StartFallen(); }));
  desk_ = nullptr;
  RETURN_IF_ERROR(AwaitRest(*log_, clock_, kRestWithin, [this] { fleet_->StartFallen(); }));
  Say("everything is at rest");
  return absl::OkStatus();
}

absl::Status Soak::End() {
  tally_.fallen = fleet_->fallen();
  for (const std::string& crash : fleet_->crashes()) findings_.Add("service crashed", crash);
  for (const auto& instance : fleet_->instances()) {
    const int code = instance->Stop();
    if (code != 0) findings_.Add("service did not end well", absl::StrCat(instance->name(), " with ", code));
  }
  const auto commits = monitor_->commits();
  monitor_ = nullptr;
  // With a handle that has seen nothing of all this.
  log_ = nullptr;
  RETURN_IF_ERROR(OpenLog());
  RETURN_IF_ERROR(outcome_.ReadAll(*log_));
  Say(absl::StrCat(outcome_.record_count(), " records read"));
  std::vector<uint8_t> times_sent(traffic_.size());
  for (const auto& feeder : feeders_) feeder->AddTimesSent(times_sent);
  CompareWithSent(outcome_, times_sent, findings_);
  CompareWithNaive(traffic_, outcome_, clock_.Now(), findings_);
  for (const auto& [kind, found] : outcome_.findings().kinds()) findings_.Take(kind, found);
  gap_ = LongestGap(commits, outcome_, findings_);
  for (const auto& [point, hits] : FaultPoints(tally_, options_.brokers > 1)) {
    if (hits == 0) findings_.Add("fault point never hit", point);
  }
  log_ = nullptr;
  brokers_ = nullptr;
  return absl::OkStatus();
}

}  // namespace touchstone::e2e
