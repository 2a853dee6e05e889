#include "tests/simulation/world.h"

#include <algorithm>
#include <memory>
#include <random>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/clock/virtual_clock.h"
#include "tests/simulation/arrivals.h"
#include "tests/simulation/desktop_bot.h"
#include "tests/simulation/machines.h"
#include "tests/simulation/observers/board.h"
#include "tests/simulation/observers/case_observer.h"
#include "tests/simulation/observers/commit_observer.h"
#include "tests/simulation/observers/durability_observer.h"
#include "tests/simulation/observers/journey_observer.h"
#include "tests/simulation/observers/line_observer.h"
#include "tests/simulation/observers/offer_observer.h"
#include "tests/simulation/observers/outreach_observer.h"
#include "tests/simulation/observers/probe_observer.h"
#include "tests/simulation/observers/replay_observer.h"
#include "tests/simulation/office_bots.h"
#include "tests/simulation/probe_client.h"
#include "tests/simulation/probe_task.h"
#include "tests/simulation/suite_tasks.h"

namespace touchstone::simulation {
namespace {

namespace events = touchstone::events::v1;

constexpr int kPartitions = 2;
// A Monday noon in UTC.
const absl::Time kPresent = absl::FromCivil(absl::CivilSecond(2026, 3, 2, 12, 0, 0), absl::UTCTimeZone());
// Longer than anything but absences of a season waits for.
constexpr absl::Duration kRest = absl::Hours(24 * 9);
// As an instance that holds desktops renews its lease.
constexpr absl::Duration kRenewLease = absl::Seconds(5);
constexpr absl::Duration kLease = absl::Seconds(15);
constexpr int kRestRoundsMax = 20'000;
// In one outage, or while a process stands still.
constexpr int kMeanwhile = 12;

std::vector<std::vector<stream::TaskDefinition>> TasksOfProcesses(const WorldOptions& options) {
  std::vector<stream::TaskDefinition> tasks = options.make_tasks ? options.make_tasks() : SuiteTasks();
  for (stream::TaskDefinition& probe : ProbeTasks()) tasks.push_back(std::move(probe));
  const bool has_broker = options.durability == eventlog::Durability::kBroker;
  std::vector<std::vector<stream::TaskDefinition>> processes(has_broker ? static_cast<size_t>(options.processes) : 1, tasks);
  if (has_broker) processes.emplace_back();
  return processes;
}

// Everybody who looks on.
struct Observers {
  explicit Observers(const WorldOptions& options, const std::vector<stream::TaskDefinition>& tasks, Verdicts& verdicts)
      : durability(verdicts),
        commits(verdicts),
        probe(verdicts),
        offers(verdicts),
        line(offers, verdicts),
        cases(verdicts),
        outreach(verdicts),
        journeys(SuitePack(), verdicts),
        replay(SuiteTopics(kPartitions), tasks, verdicts) {}

  void AddTo(Board& board) {
    for (Observer* each :
         std::initializer_list<Observer*>{&durability, &commits, &probe, &offers, &line, &cases, &outreach, &journeys, &replay})
      board.Add(each);
  }

  DurabilityObserver durability;
  CommitObserver commits;
  ProbeObserver probe;
  OfferObserver offers;
  LineObserver line;
  CaseObserver cases;
  OutreachObserver outreach;
  JourneyObserver journeys;
  ReplayObserver replay;
};

class World {
 public:
  explicit World(const WorldOptions& options)
      : options_(options),
        chance_(options.seed),
        faults_({options.seed, options.faults_max, options.spared_faults}),
        clock_(kPresent - absl::Hours(24 * 21)),
        trace_(options.keeps_lines),
        tasks_(TasksOfProcesses(options)),
        observers_(options, tasks_.front(), verdicts_),
        board_(clock_, verdicts_, trace_),
        outbox_([this](const auto& records, const auto& positions) { OnAcknowledged(records, positions); }),
        outside_{clock_, chance_, faults_, observers_.durability, outbox_},
        agents_{{"ana", {"delivery", "retention"}, outside_}, {"bo", {}, outside_}},
        sender_(outside_),
        recipients_(outside_),
        clerk_(outside_),
        probe_client_(outside_, observers_.probe, verdicts_),
        storage_(eventlog::MakeMemoryStorage(SuiteTopics(kPartitions), options.durability)) {
    observers_.AddTo(board_);
    Watch(*storage_, &board_);
    machines_ = std::make_unique<Machines>(Machines::Setup{storage_, options.durability == eventlog::Durability::kBroker, tasks_},
                                           clock_, chance_, faults_);
    faults_.OnStrike([this](absl::string_view name) { Note(absl::StrCat("fault: ", name)); });
    faults_.OnStandStill([this] { Meanwhile(); });
  }
  ~World() { Watch(*storage_, nullptr); }

  WorldOutcome Run() {
    crowd_ = CrowdAround(kPresent, options_.customers, options_.only_customers, chance_, faults_);
    Live();
    if (verdicts_.all_hold()) ComeToRest();
    if (verdicts_.all_hold()) CheckAtRest();
    if (verdicts_.all_hold()) StopAnInbox();
    return Outcome();
  }

 private:
  void Live();
  void Step();
  void Outsiders(Instance& edge);
  void Meanwhile();
  void PassUntil(absl::Time time);
  void RenewLease();
  void ComeToRest();
  bool IsQuiet();
  absl::Time NextWish();
  void CheckAtRest();
  void CheckNothingStandsStill();
  void StopAnInbox();
  WorldOutcome Outcome();

  void Flush() {
    if (Instance* edge = machines_->edge()) {
      outbox_.Flush(edge->log(), edge->process());
      edge->Notice();
    }
  }
  void OnAcknowledged(const std::vector<eventlog::OutRecord>& records, const std::vector<eventlog::Position>& positions) {
    observers_.durability.Acknowledged(records, positions);
    probe_client_.Acknowledged(records, positions);
  }
  void Note(std::string text) { trace_.Note(verdicts_.step(), clock_.Now(), std::move(text)); }
  int64_t Choose(int64_t below) { return outside_.Choose(below); }

  const WorldOptions options_;
  std::mt19937_64 chance_;
  FaultPlan faults_;
  clock::VirtualClock clock_;
  Verdicts verdicts_;
  Trace trace_;
  const std::vector<std::vector<stream::TaskDefinition>> tasks_;
  Observers observers_;
  Board board_;
  Outbox outbox_;
  const Outside outside_;
  std::vector<DesktopBot> agents_;
  SenderBot sender_;
  RecipientBot recipients_;
  ClerkBot clerk_;
  ProbeClient probe_client_;
  const std::shared_ptr<eventlog::MemoryStorage> storage_;
  std::unique_ptr<Machines> machines_;
  Crowd crowd_;
  absl::Time next_lease_ = absl::InfinitePast();
  int lease_count_ = 0;
  bool stands_still_ = false;
};

void World::Live() {
  for (Arrival& arrival : crowd_.arrivals) {
    PassUntil(arrival.time);
    if (!verdicts_.all_hold()) return;
    clerk_.Know(arrival.key);
    outbox_.Put("touchpoints.v1", arrival.key, arrival.touchpoint.id(), arrival.touchpoint.SerializeAsString());
    if (faults_.Strikes(WorldFault::kPoison))
      outbox_.Put("touchpoints.v1", arrival.key, absl::StrCat("poison-", arrival.touchpoint.id()), kPoisonBytes);
    // A fact as a newer build might write it: every task that reads it must say so.
    if (faults_.Strikes(WorldFault::kPoison))
      outbox_.Put("journey-events.v1", arrival.key, absl::StrCat("poisoned-fact-", arrival.touchpoint.id()), kPoisonBytes);
    for (int64_t k = Choose(4); k > 0; --k) Step();
  }
  for (int k = 0; k < 50 && verdicts_.all_hold(); ++k) PassUntil(clock_.Now() + absl::Seconds(Choose(60)));
}

void World::Step() {
  verdicts_.NextStep();
  machines_->Misfortunes();
  Instance* edge = machines_->edge();
  switch (Choose(8)) {
    case 0:
    case 1:
      machines_->SyncOne();
      break;
    case 2:
    case 3:
      if (edge != nullptr) Outsiders(*edge);
      break;
    default:
      machines_->StepOne();
  }
  Flush();
}

// Somebody outside does something.
void World::Outsiders(Instance& edge) {
  RenewLease();
  switch (Choose(5)) {
    case 0:
      sender_.Step(edge.log());
      recipients_.Step(edge.log());
      break;
    case 1:
      clerk_.Step(edge.log());
      break;
    case 2:
      probe_client_.Feed();
      if (Instance* worker = machines_->worker()) probe_client_.Read(*worker);
      break;
    default:
      for (DesktopBot& agent : agents_) agent.Step(edge.log());
  }
}

// While a process stands still in the middle of a step, or no task is worked on.
void World::Meanwhile() {
  if (std::exchange(stands_still_, true)) return;
  machines_->TakeForDead();
  for (int64_t k = Choose(kMeanwhile); k >= 0; --k) {
    machines_->PassUntil(clock_.Now() + absl::Seconds(Choose(8)));
    if (Instance* edge = machines_->edge()) Outsiders(*edge);
    machines_->StepOne();
    machines_->SyncOne();
    Flush();
  }
  stands_still_ = false;
}

// Time passes in steps, some of them long.
void World::PassUntil(absl::Time time) {
  for (int k = 0; k < 6 && clock_.Now() < time && verdicts_.all_hold(); ++k) {
    Step();
    machines_->PassUntil(std::min(time, clock_.Now() + absl::Seconds(Choose(30))));
  }
  // Clients go on for hours.
  for (int k = 0; machines_->in_outage() && k < 4 * kMeanwhile && verdicts_.all_hold(); ++k) {
    Step();
    machines_->PassUntil(clock_.Now() + absl::Seconds(Choose(k < 2 * kMeanwhile ? 10 : 1200)));
  }
  machines_->PassUntil(time);
  Step();
}

// An instance that lives says so.
void World::RenewLease() {
  if (clock_.Now() < next_lease_) return;
  next_lease_ = clock_.Now() + kRenewLease;
  if (faults_.Strikes(WorldFault::kLeaseLapsed)) next_lease_ = clock_.Now() + absl::Minutes(1);
  events::DispatchMessage message;
  message.set_pool(kPool);
  message.mutable_lease()->set_instance(kDesktopInstance);
  *message.mutable_lease()->mutable_expire_time() = clock::ToProto(clock_.Now() + kLease);
  outbox_.Put("dispatch.v1", kPool, absl::StrCat("lease-", ++lease_count_), message.SerializeAsString());
}

absl::Time World::NextWish() {
  absl::Time next = machines_->NextWake();
  for (const DesktopBot& agent : agents_) next = std::min(next, agent.NextWish());
  return next;
}

// Everybody was answered, and has read what was said to them.
bool World::IsQuiet() {
  eventlog::EventLog& log = machines_->edge()->log();
  return outbox_.empty() && sender_.Heard(log) && recipients_.Heard(log) &&
         std::all_of(agents_.begin(), agents_.end(), [&](const DesktopBot& agent) { return agent.Heard(log); });
}

void World::ComeToRest() {
  verdicts_.NextStep();
  Note("everything comes to rest");
  faults_.Calm();
  machines_->Recover();
  for (DesktopBot& agent : agents_) agent.Behave();
  sender_.Behave();
  recipients_.Behave();
  clerk_.Behave();
  // Clocks that were set right are doubted for a while.
  absl::Time horizon = clock_.Now() + absl::Minutes(10);
  for (int k = 0; k < 10; ++k) {
    machines_->Settle();
    Flush();
    machines_->PassUntil(clock_.Now() + absl::Minutes(1));
  }
  horizon = clock_.Now() + kRest;
  for (int rounds = 0; verdicts_.all_hold(); ++rounds) {
    INVARIANT(rounds < kRestRoundsMax, absl::StrCat("world ", options_.seed, " does not come to rest"));
    eventlog::EventLog& log = machines_->edge()->log();
    sender_.Step(log);
    recipients_.Step(log);
    // Agents come while there is work, and go home.
    const bool has_work = observers_.cases.open_count() > 0;
    if (has_work) RenewLease();
    for (DesktopBot& agent : agents_) {
      agent.SetWanted(has_work);
      agent.Step(log);
    }
    Flush();
    machines_->Settle();
    Flush();
    machines_->Settle();
    if (!IsQuiet()) continue;
    const absl::Time wake = std::min(NextWish(), has_work ? next_lease_ : absl::InfiniteFuture());
    if (wake > horizon) break;
    machines_->PassUntil(std::max(wake, clock_.Now() + absl::Milliseconds(10)));
  }
}

void World::CheckAtRest() {
  verdicts_.NextStep();
  CheckNothingStandsStill();
  observers_.durability.ReadAtRest(machines_->edge()->log());
  board_.AtRest();
}

void World::CheckNothingStandsStill() {
  for (const std::unique_ptr<Instance>& instance : machines_->all()) {
    for (const stream::TaskReport& report : instance->Reports()) {
      if (report.stopped.empty() && report.lag == 0) continue;
      verdicts_.Wrong(Check::kNothingStandsStill, absl::StrCat(report.kind, "/", report.partition, " has ", report.lag,
                                                               " records left to read: ", report.stopped));
    }
    for (const std::string& alarm : instance->alarms()) {
      if (absl::StrContains(alarm, "cannot be applied"))
        verdicts_.Wrong(Check::kInboxStops, absl::StrCat("an alarm, though every record of an inbox can be applied: ", alarm));
    }
  }
}

// What nobody can read comes into an inbox: the task must stop before it, and say so.
void World::StopAnInbox() {
  const std::string key = absl::StrCat("inbox-", Choose(8));
  for (const char* word : {"add", kPoisonBytes, "add"}) {
    outbox_.Put(kProbeInbox, key, absl::StrCat("inbox-", word[0] == 'a' ? "good" : "poison", "-", lease_count_++), word);
    Flush();
    machines_->Settle();
  }
  const auto alarmed =
      std::any_of(machines_->all().begin(), machines_->all().end(), [](const std::unique_ptr<Instance>& instance) {
        return std::any_of(instance->alarms().begin(), instance->alarms().end(),
                           [](const std::string& alarm) { return absl::StartsWith(alarm, kInboxProbeTask); });
      });
  const int64_t taken = observers_.probe.TakenCount(kProbeInbox, key);
  if (alarmed && taken == 1) return;
  verdicts_.Wrong(Check::kInboxStops, absl::StrCat("of a record, one that nobody can read and one more in an inbox, ", taken,
                                                   " were taken, ", alarmed ? "with" : "without", " an alarm"));
}

WorldOutcome World::Outcome() {
  WorldOutcome outcome;
  outcome.steps = verdicts_.step();
  outcome.violations = verdicts_.Take();
  outcome.trace = trace_.hash();
  outcome.lines = trace_.TakeLines();
  outcome.fault_hits = faults_.hits();
  outcome.moments = observers_.journeys.moment_count();
  outcome.escalations = observers_.cases.count();
  outcome.sends = observers_.outreach.request_count();
  outcome.restarts = machines_->restart_count();
  outcome.customers = crowd_.customers;
  return outcome;
}

}  // namespace

WorldOptions OptionsOf(uint64_t seed) {
  WorldOptions options;
  options.seed = seed;
  options.durability = seed % 2 == 0 ? eventlog::Durability::kBroker : eventlog::Durability::kOnSync;
  options.processes = 1 + static_cast<int>(seed / 2 % 3);
  options.customers = 1 + static_cast<int>(seed % 5);
  return options;
}

WorldOutcome RunWorld(const WorldOptions& options) { return World(options).Run(); }

}  // namespace touchstone::simulation
