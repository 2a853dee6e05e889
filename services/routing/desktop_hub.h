#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "common/eventlog/event_log.h"
#include "common/rpc/stream_pump.h"
#include "services/routing/domain/routing_policy.h"
#include "touchstone/events/v1/escalation.pb.h"
#include "touchstone/events/v1/inboxes.pb.h"

namespace touchstone::routing {

// A desktop's stream, as the hub sees it. Called on the pump's thread.
class DesktopListener : public rpc::Pumped {
 public:
  // A notice of the agent it joined for.
  virtual void OnNotice(const events::v1::DesktopNotice& notice) = 0;
  // The session it holds; 0 while that is not known, and one may be in the log.
  virtual int64_t held_session() const = 0;
};

struct DesktopHubOptions {
  // Names this run of this process among all instances that ever were: what a run before it held is not held by it.
  std::string instance;
  std::string pool;
  absl::Duration lease_every = kRenewLeaseEvery;
};

// What all desktops of a process share: one tail of offers.v1, fanned out by agent, and the lease that says this instance lives
// while any of them is there, and which sessions it holds: so a session whose end could not be said is found out. Driven by the
// pump; Append may be called from any thread, all else from the pump's.
class DesktopHub : public rpc::Pumped {
 public:
  // `log` and `pump` outlive the hub. The tail begins at the log's end: sessions are opened later than that. An error is the
  // log's.
  static absl::StatusOr<std::shared_ptr<DesktopHub>> Open(eventlog::EventLog& log, rpc::StreamPump& pump,
                                                          DesktopHubOptions options);

  // From here on `listener` is told this agent's notices; it leaves before it ends.
  void Join(const std::string& agent_id, DesktopListener* listener);
  void Leave(const std::string& agent_id, DesktopListener* listener);

  // Appends a signal to the pool's inbox. `done` gets its offset when it is durable, from any thread.
  void Append(const events::v1::DesktopSignal& signal, absl::AnyInvocable<void(absl::StatusOr<int64_t>)> done);

  bool Pump(absl::Duration now) override;
  // The hub goes on until the pump stops: desktops that end now still have something to say.
  void Close(const absl::Status& why) override {}

  const std::string& instance() const { return options_.instance; }

 private:
  DesktopHub(eventlog::EventLog& log, rpc::StreamPump& pump, DesktopHubOptions options, std::unique_ptr<eventlog::Tail> tail);
  // Whether there may be more.
  bool ReadSome();
  void RenewLease(absl::Duration now);

  eventlog::EventLog& log_;
  rpc::StreamPump& pump_;
  const DesktopHubOptions options_;
  std::unique_ptr<eventlog::Tail> tail_;
  std::map<std::string, std::set<DesktopListener*>> listeners_;
  absl::Duration next_lease_ = -absl::InfiniteDuration();
  int64_t lease_count_ = 0;
};

}  // namespace touchstone::routing
