#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/clock/virtual_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/stream/worker.h"
#include "services/routing/domain/routing_policy.h"
#include "touchstone/events/v1/escalation.pb.h"
#include "touchstone/events/v1/inboxes.pb.h"
#include "touchstone/events/v1/journey.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::routing {

inline constexpr char kTestPool[] = "service-desk";

// A policy for stories: disappointments from severity 60 on call for a person, from 90 on for one who knows `retention`; so do
// crossings of two (80) and three (95, retention) strikes.
RoutingPolicy StoryPolicy();

// The case and dispatcher tasks on the real runtime, the memory log and virtual time. Tests say what happened, run, and read
// what came out, all of it in the order of its topic.
class RoutingHouse {
 public:
  explicit RoutingHouse(RoutingPolicy policy = StoryPolicy(), int batch_records_max = 2000);

  // --- What happens. Nothing is processed before Run.
  void Tell(events::v1::JourneyEvent event);
  void Command(events::v1::CaseMessage message);
  // The offset it was given.
  int64_t Signal(events::v1::DesktopSignal signal);
  void RenewLease(absl::string_view instance);
  // The same, saying that these are all sessions it holds.
  void RenewLease(absl::string_view instance, const std::vector<int64_t>& all_sessions);
  void Dispatch(const events::v1::DispatchMessage& message);

  // --- The same in fewer words.
  events::v1::MomentOfTruth Found(absl::string_view subject, absl::string_view moment, int severity,
                                  absl::Duration ago = absl::ZeroDuration());
  void Withdrawn(const events::v1::MomentOfTruth& moment);
  void Crossed(absl::string_view subject, absl::string_view moment, int strikes);
  // The session's id.
  int64_t Connect(absl::string_view agent, std::vector<std::string> skills = {}, int capacity = 1, int64_t resumes = 0,
                  absl::string_view instance = "one");
  void Deliver(const events::v1::Offer& offer);
  void Accept(const events::v1::Offer& offer);
  void Decline(const events::v1::Offer& offer);
  void Resolve(absl::string_view agent, int64_t session, absl::string_view escalation,
               events::v1::ResolutionCode code = events::v1::RESOLUTION_CODE_SOLVED);
  events::v1::DesktopSignal SignalOf(absl::string_view agent, int64_t session);

  // Processes until nothing is left to do now.
  void Run();
  // One round of the worker. Whether it did anything.
  bool Step();
  // Time passes; every timer on the way fires at its time. Instances in `alive` renew their leases.
  void Pass(absl::Duration by);
  // The process dies and comes back.
  void Restart();

  absl::Time now() const { return clock_.Now(); }
  std::set<std::string>& alive() { return alive_; }

  // --- What came out.
  const std::vector<events::v1::Escalation>& changes() const { return changes_; }
  const std::vector<events::v1::DesktopNotice>& notices() const { return notices_; }
  const std::vector<events::v1::Touchpoint>& touchpoints() const { return touchpoints_; }
  const std::vector<events::v1::CaseMessage>& case_messages() const { return case_messages_; }
  const std::vector<events::v1::DispatchMessage>& dispatch_messages() const { return dispatch_messages_; }
  // Every output record's bytes, by topic: two equal runs have equal traces.
  std::string Trace() const;

  // The customer's newest escalation as it stands; empty where there is none.
  events::v1::Escalation EscalationOf(absl::string_view subject) const;
  // The newest offer as it was last told: all, or this agent's.
  events::v1::Offer LastOffer(absl::string_view agent = "") const;
  events::v1::DesktopSession LastSession(absl::string_view agent) const;
  std::vector<std::string> DeadLetterReasons() const;

 private:
  template <typename Message>
  void Read(absl::string_view topic, std::vector<Message>& into);
  void Append(absl::string_view topic, absl::string_view key, const google::protobuf::MessageLite& message);
  void Start();

  const std::shared_ptr<const RoutingPolicy> policy_;
  const int batch_records_max_;
  clock::VirtualClock clock_;
  std::shared_ptr<eventlog::MemoryStorage> storage_;
  std::unique_ptr<eventlog::MemoryLog> log_;
  std::unique_ptr<stream::Worker> worker_;
  std::map<std::string, std::unique_ptr<eventlog::Tail>> tails_;
  std::set<std::string> alive_;
  absl::Time next_lease_;
  int64_t last_offset_ = -1;
  int signal_count_ = 0;
  int event_count_ = 0;

  std::vector<events::v1::Escalation> changes_;
  std::vector<events::v1::DesktopNotice> notices_;
  std::vector<events::v1::Touchpoint> touchpoints_;
  std::vector<events::v1::CaseMessage> case_messages_;
  std::vector<events::v1::DispatchMessage> dispatch_messages_;
};

}  // namespace touchstone::routing
