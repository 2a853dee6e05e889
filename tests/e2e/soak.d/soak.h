#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock/system_clock.h"
#include "common/eventlog/event_log.h"
#include "tests/e2e/kill_traffic.h"
#include "tests/e2e/soak.d/clients.h"
#include "tests/e2e/soak.d/commit_monitor.h"
#include "tests/e2e/soak.d/disturbances.h"
#include "tests/e2e/soak.d/findings.h"
#include "tests/e2e/soak.d/fleet.h"
#include "tests/e2e/soak.d/kafka_brokers.h"
#include "tests/e2e/soak.d/outcome.h"
#include "tests/e2e/soak.d/tally.h"

namespace touchstone::e2e {

struct SoakOptions {
  int64_t touchpoints = 100'000;
  int kills = 15;
  int brokers = 1;
  // Of brokers, where there are three.
  int broker_kills = 20;
  uint64_t seed = 1;
  // Touchpoints a second, at most.
  double rate = 1000;
  // Empty at first; absolute.
  std::string folder;
};

// One run: brokers, the services on them, clients, and everything that is done to them, until all has come to rest. Used by one
// thread, which must live as long as it.
class Soak {
 public:
  explicit Soak(const SoakOptions& options);

  // Blocks for the whole run. An error: it could not be run to its end.
  absl::Status Run();

  const KillTraffic& traffic() const { return traffic_; }
  const std::string& secret() const { return secret_; }
  const Tally& tally() const { return tally_; }
  const Outcome& outcome() const { return outcome_; }
  const Gap& gap() const { return gap_; }
  Findings& findings() { return findings_; }

  // Of those who leave a cart, who may be written to about it.
  static constexpr int kAllowedMax = 2000;

 private:
  absl::Status Begin();
  absl::Status OpenLog();
  absl::Status FeedAndDisturb();
  absl::Status ComeToRest();
  absl::Status End();

  absl::Status AwaitFed(double share);
  absl::Status Do(const Disturbance& disturbance);
  // What it runs; waits a while for it to have something, so that there is something to take over.
  std::set<TaskName> AwaitTasks(Instance& instance) const;
  absl::Status KillInstance(const Disturbance& disturbance);
  absl::Status MakeZombie(const Disturbance& disturbance);
  absl::Status KillBroker(const Disturbance& disturbance);
  // Blocks until all brokers know all topics, and all replicas are in sync.
  absl::Status AwaitInSync() const;
  // Notes how long it took until one of `tasks` committed. None: there is nothing to wait for.
  absl::Status AwaitCommit(Disturbance::Kind kind, const std::set<TaskName>& tasks, absl::Time since);
  // Blocks until a feeder has given up a stream that it had when there were `before` broken ones, or some seconds are over: with
  // little to send, nobody need notice.
  void AwaitBrokenStream(int before) const;
  size_t fed() const;
  int broken_streams() const;
  void Say(const std::string& what) const;

  const SoakOptions options_;
  const clock::SystemClock clock_;
  const absl::Time begun_;
  const KillTraffic traffic_;
  const std::string prefix_ = "soak.";
  std::string secret_;
  std::string manifest_;

  AnswerFaults faults_;
  std::unique_ptr<KafkaBrokers> brokers_;
  std::unique_ptr<Fleet> fleet_;
  std::unique_ptr<eventlog::EventLog> log_;
  std::unique_ptr<CommitMonitor> monitor_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<Mailer> mailer_;
  std::vector<std::unique_ptr<Feeder>> feeders_;

  Tally tally_;
  Outcome outcome_;
  Findings findings_;
  Gap gap_;
};

// The same traffic through `touchstone up`, one process whose one worker nothing disturbs. Blocks.
absl::Status RunUndisturbed(const KillTraffic& traffic, const std::string& folder, const std::string& secret, Outcome& outcome);

}  // namespace touchstone::e2e
