#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "tests/e2e/desk_agent.h"
#include "tests/e2e/kill_traffic.h"
#include "tests/e2e/resending_sender.h"
#include "touchstone/outreach/v1/outreach_service.grpc.pb.h"

namespace touchstone::e2e {

// A system that sends touchpoints, on a thread of its own: one lane of the traffic, at a steady pace, to one ingestion and, when
// that does not answer, to the next. A customer's touchpoints are all of one lane.
class Feeder {
 public:
  struct Options {
    int lane = 0;
    int lane_count = 1;
    // Touchpoints a second.
    double rate = 1000;
    std::vector<std::string> addresses;
  };
  // `traffic` and `clock` outlive it. Nothing is sent beyond what AllowUpTo has said.
  Feeder(const KillTraffic& traffic, const Options& options, const clock::Clock& clock);
  ~Feeder();

  // From now on it may send this share of its lane, at most 1.
  void AllowUpTo(double share) { allowed_ = static_cast<size_t>(share * static_cast<double>(lane_.size())); }
  // From any thread.
  size_t acknowledged() const { return acknowledged_; }
  bool done() const { return acknowledged_ == lane_.size(); }
  // How often a stream ended before it should.
  int broken_streams() const { return broken_streams_; }

  // Once it has ended: into an array of all customers' touchpoints, one customer after the other.
  void AddTimesSent(std::vector<uint8_t>& times_sent) const;

 private:
  void Run();
  size_t Target() const;

  const KillTraffic& traffic_;
  // Indexes into the traffic.
  const std::vector<uint32_t> lane_;
  const Options options_;
  const clock::Clock& clock_;
  const absl::Duration begun_;
  ResendingSender sender_;
  std::atomic<size_t> allowed_{0};
  std::atomic<size_t> acknowledged_{0};
  std::atomic<int> broken_streams_{0};
  absl::Notification stop_;
  std::thread thread_;
};

// Some agents who sit at one routing and, when it is gone, at the next; on a thread of its own.
class Desk {
 public:
  Desk(int agents, std::vector<std::string> addresses, const clock::Clock& clock);
  // All leave.
  ~Desk();

 private:
  void Run();

  const std::vector<std::string> addresses_;
  const clock::Clock& clock_;
  std::vector<std::unique_ptr<DeskAgent>> agents_;
  absl::Notification stop_;
  std::thread thread_;
};

// A sender of messages, on a thread of its own: takes what `outreach-requests.v1` asks for and reports to outreach, in whichever
// instance answers, that it was delivered.
class Mailer {
 public:
  // `log` and `clock` outlive it.
  Mailer(eventlog::EventLog& log, std::vector<std::string> addresses, const clock::Clock& clock);
  ~Mailer();

  int taken() const { return taken_; }
  int reported() const { return reported_; }

 private:
  struct Waiting {
    std::string send_key;
    int tried = 0;
  };

  void Run();
  void Take(eventlog::Tail& tail);
  bool Report(const std::string& send_key);

  eventlog::EventLog& log_;
  const std::vector<std::string> addresses_;
  const clock::Clock& clock_;
  std::vector<std::unique_ptr<outreach::v1::OutreachService::Stub>> stubs_;
  std::deque<Waiting> waiting_;
  std::atomic<int> taken_{0};
  std::atomic<int> reported_{0};
  absl::Notification stop_;
  std::thread thread_;
};

// Lets the customers who leave a cart, the first `customers_max` of them, be written to at any hour: so what is sent to them does
// not depend on it. Blocks. `address` is that of the only outreach that runs.
absl::Status AllowSends(const std::string& address, const KillTraffic& traffic, int customers_max);

}  // namespace touchstone::e2e
