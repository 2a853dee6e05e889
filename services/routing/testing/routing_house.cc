#include "services/routing/testing/routing_house.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/status/invariant.h"
#include "common/stream/topics.h"
#include "services/routing/case_processor.h"
#include "services/routing/dispatcher_processor.h"
#include "touchstone/events/v1/dead_letter.pb.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;

namespace {

constexpr absl::Duration kLeaseEvery = absl::Seconds(5);

eventlog::TopicCatalog Topics() {
  std::vector<eventlog::TopicSpec> specs;
  for (const char* name : {topics::kTouchpoints, topics::kJourneyEvents, topics::kCases, topics::kDispatch, topics::kEscalations,
                           topics::kOffers, topics::kDeadLetters}) {
    specs.push_back({.name = name});
  }
  return eventlog::TopicCatalog(std::move(specs));
}

}  // namespace

RoutingPolicy StoryPolicy() {
  RoutingPolicy policy;
  auto disappoints = [](int floor) {
    return [floor](const events::MomentOfTruth& moment, const events::JourneyDigest&) {
      return moment.polarity() == events::POLARITY_DISAPPOINTMENT && moment.severity() >= floor;
    };
  };
  policy.calls = {{.id = "grave", .when = disappoints(90), .skills = {"retention"}, .next_steps = {"call back today"}},
                  {.id = "bad", .when = disappoints(60), .next_steps = {"say sorry"}}};
  policy.crossings = {{.id = "second-strike", .strikes = 2, .severity = 80},
                      {.id = "third-strike", .strikes = 3, .severity = 95, .skills = {"retention"}}};
  return policy;
}

RoutingHouse::RoutingHouse(RoutingPolicy policy, int batch_records_max)
    : policy_(std::make_shared<RoutingPolicy>(std::move(policy))),
      batch_records_max_(batch_records_max),
      clock_(absl::FromUnixSeconds(1'800'000'000)),
      storage_(eventlog::MakeMemoryStorage(Topics(), eventlog::Durability::kAtOnce)),
      alive_({"one", "two"}),
      next_lease_(clock_.Now() + kLeaseEvery) {
  Start();
}

void RoutingHouse::Start() {
  log_ = eventlog::MemoryLog::Open(storage_, clock_, "house");
  stream::WorkerOptions options;
  options.member.instance = "house";
  options.limits.fetch.records_max = batch_records_max_;
  worker_ = std::make_unique<stream::Worker>(*log_, clock_, std::vector{CaseTask(policy_), DispatcherTask(policy_)}, options);
  for (const char* topic : {topics::kTouchpoints, topics::kCases, topics::kDispatch, topics::kEscalations, topics::kOffers}) {
    eventlog::TailStart start{.from = eventlog::TailStart::From::kBegin};
    if (tails_.contains(topic)) start = {eventlog::TailStart::From::kOffsets, tails_[topic]->next_offsets()};
    tails_[topic] = *log_->OpenTail(topic, start);
  }
}

void RoutingHouse::Restart() {
  worker_.reset();
  log_->Crash();
  Start();
}

void RoutingHouse::Append(absl::string_view topic, absl::string_view key, const google::protobuf::MessageLite& message) {
  log_->Append({{.topic = std::string(topic),
                 .key = std::string(key),
                 .id = absl::StrCat("test-", ++event_count_),
                 .value = message.SerializeAsString()}},
               [this](absl::StatusOr<std::vector<eventlog::Position>> positions) {
                 INVARIANT(positions.ok(), positions.status().message());
                 last_offset_ = positions->at(0).offset;
               });
}

void RoutingHouse::Tell(events::JourneyEvent event) { Append(topics::kJourneyEvents, event.subject(), event); }

void RoutingHouse::Command(events::CaseMessage message) { Append(topics::kCases, message.subject(), message); }

void RoutingHouse::Dispatch(const events::DispatchMessage& message) { Append(topics::kDispatch, message.pool(), message); }

int64_t RoutingHouse::Signal(events::DesktopSignal signal) {
  events::DispatchMessage message;
  message.set_pool(kTestPool);
  *message.mutable_signal() = std::move(signal);
  Dispatch(message);
  return last_offset_;
}

void RoutingHouse::RenewLease(absl::string_view instance) {
  events::DispatchMessage message;
  message.set_pool(kTestPool);
  message.mutable_lease()->set_instance(std::string(instance));
  Dispatch(message);
}

void RoutingHouse::RenewLease(absl::string_view instance, const std::vector<int64_t>& all_sessions) {
  events::DispatchMessage message;
  message.set_pool(kTestPool);
  message.mutable_lease()->set_instance(std::string(instance));
  message.mutable_lease()->mutable_session_ids()->Assign(all_sessions.begin(), all_sessions.end());
  message.mutable_lease()->set_complete(true);
  Dispatch(message);
}

events::MomentOfTruth RoutingHouse::Found(absl::string_view subject, absl::string_view id, int severity, absl::Duration ago) {
  events::MomentOfTruth moment;
  moment.set_id(std::string(id));
  moment.set_subject(std::string(subject));
  moment.set_kind(events::MOMENT_KIND_INTERIM);
  moment.set_polarity(events::POLARITY_DISAPPOINTMENT);
  moment.set_severity(severity);
  moment.mutable_strand()->set_kind(events::CORRELATION_KIND_ORDER);
  moment.mutable_strand()->set_id("A");
  *moment.mutable_occur_time() = clock::ToProto(clock_.Now() - ago);
  events::JourneyEvent event;
  event.set_subject(std::string(subject));
  *event.mutable_moment_found()->mutable_moment() = moment;
  event.mutable_journey()->set_subject(std::string(subject));
  *event.mutable_journey()->add_last_moments() = moment;
  Tell(std::move(event));
  return moment;
}

void RoutingHouse::Withdrawn(const events::MomentOfTruth& moment) {
  events::JourneyEvent event;
  event.set_subject(moment.subject());
  *event.mutable_moment_withdrawn()->mutable_moment() = moment;
  event.mutable_journey()->set_subject(moment.subject());
  Tell(std::move(event));
}

void RoutingHouse::Crossed(absl::string_view subject, absl::string_view moment, int strikes) {
  events::JourneyEvent event;
  event.set_subject(std::string(subject));
  event.mutable_journey()->set_subject(std::string(subject));
  event.mutable_journey()->set_strike_hundredths(100 * strikes);
  events::StrikeCrossing& crossing = *event.mutable_strike_crossing();
  crossing.set_strikes(strikes);
  crossing.mutable_strike()->set_moment_id(std::string(moment));
  *crossing.mutable_occur_time() = clock::ToProto(clock_.Now());
  *crossing.mutable_strike()->mutable_occur_time() = crossing.occur_time();
  Tell(std::move(event));
}

events::DesktopSignal RoutingHouse::SignalOf(absl::string_view agent, int64_t session) {
  events::DesktopSignal signal;
  signal.set_signal_id(absl::StrCat("signal-", ++signal_count_));
  signal.set_agent_id(std::string(agent));
  signal.set_session_id(session);
  signal.set_instance("one");
  return signal;
}

int64_t RoutingHouse::Connect(absl::string_view agent, std::vector<std::string> skills, int capacity, int64_t resumes,
                              absl::string_view instance) {
  events::DesktopSignal signal = SignalOf(agent, 0);
  signal.set_instance(std::string(instance));
  signal.mutable_opened()->mutable_skills()->Assign(skills.begin(), skills.end());
  signal.mutable_opened()->set_capacity(capacity);
  signal.mutable_opened()->set_resumed_session_id(resumes);
  return Signal(std::move(signal)) + 1;
}

void RoutingHouse::Deliver(const events::Offer& offer) {
  events::DesktopSignal signal = SignalOf(offer.agent_id(), offer.session_id());
  signal.mutable_delivered()->set_offer_id(offer.id());
  Signal(std::move(signal));
}

void RoutingHouse::Accept(const events::Offer& offer) {
  events::DesktopSignal signal = SignalOf(offer.agent_id(), offer.session_id());
  signal.mutable_accepted()->set_offer_id(offer.id());
  Signal(std::move(signal));
}

void RoutingHouse::Decline(const events::Offer& offer) {
  events::DesktopSignal signal = SignalOf(offer.agent_id(), offer.session_id());
  signal.mutable_declined()->set_offer_id(offer.id());
  Signal(std::move(signal));
}

void RoutingHouse::Resolve(absl::string_view agent, int64_t session, absl::string_view escalation, events::ResolutionCode code) {
  events::DesktopSignal signal = SignalOf(agent, session);
  signal.mutable_resolved()->set_escalation_id(std::string(escalation));
  signal.mutable_resolved()->set_code(code);
  Signal(std::move(signal));
}

bool RoutingHouse::Step() {
  const absl::StatusOr<bool> did = worker_->Step();
  INVARIANT(did.ok(), did.status().message());
  Read(topics::kEscalations, changes_);
  Read(topics::kOffers, notices_);
  Read(topics::kTouchpoints, touchpoints_);
  Read(topics::kCases, case_messages_);
  Read(topics::kDispatch, dispatch_messages_);
  return *did;
}

void RoutingHouse::Run() {
  constexpr int kRoundsMax = 10'000;
  for (int round = 0; Step(); ++round) INVARIANT(round < kRoundsMax, "the house does not come to rest");
  worker_->Report([](const absl::StatusOr<std::vector<stream::TaskReport>>& reports) {
    for (const stream::TaskReport& report : *reports) INVARIANT(report.stopped.empty(), report.stopped);
  });
  Step();
}

void RoutingHouse::Pass(absl::Duration by) {
  // A timer fires when its time has passed, which at the very instant it has not.
  const absl::Time end = clock_.Now() + by + absl::Microseconds(1);
  Run();
  while (clock_.Now() < end) {
    // Never to the very moment a timer is due before others have had their say at it.
    clock_.AdvanceTo(std::min({end, next_lease_, std::max(worker_->NextWake(), clock_.Now() + absl::Milliseconds(1))}));
    if (clock_.Now() >= next_lease_) {
      for (const std::string& instance : alive_) RenewLease(instance);
      next_lease_ += kLeaseEvery;
    }
    Run();
  }
}

template <typename Message>
void RoutingHouse::Read(absl::string_view topic, std::vector<Message>& into) {
  absl::StatusOr<std::vector<eventlog::TailRecord>> records = tails_.at(std::string(topic))->Read(100'000);
  INVARIANT(records.ok(), records.status().message());
  for (const eventlog::TailRecord& each : *records)
    INVARIANT(into.emplace_back().ParseFromString(each.record.value), "unreadable");
}

std::string RoutingHouse::Trace() const {
  std::string trace;
  for (const auto& each : changes_) absl::StrAppend(&trace, each.SerializeAsString(), "\n");
  for (const auto& each : notices_) absl::StrAppend(&trace, each.SerializeAsString(), "\n");
  for (const auto& each : touchpoints_) absl::StrAppend(&trace, each.SerializeAsString(), "\n");
  return trace;
}

events::Escalation RoutingHouse::EscalationOf(absl::string_view subject) const {
  for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
    if (change->subject() == subject) return *change;
  }
  return {};
}

events::Offer RoutingHouse::LastOffer(absl::string_view agent) const {
  for (auto notice = notices_.rbegin(); notice != notices_.rend(); ++notice) {
    if (notice->has_offer() && (agent.empty() || notice->agent_id() == agent)) return notice->offer();
  }
  return {};
}

events::DesktopSession RoutingHouse::LastSession(absl::string_view agent) const {
  for (auto notice = notices_.rbegin(); notice != notices_.rend(); ++notice) {
    if (notice->has_session() && notice->agent_id() == agent) return notice->session();
  }
  return {};
}

std::vector<std::string> RoutingHouse::DeadLetterReasons() const {
  std::vector<std::string> reasons;
  auto tail = log_->OpenTail(topics::kDeadLetters, {.from = eventlog::TailStart::From::kBegin});
  const std::vector<eventlog::TailRecord> records = *(*tail)->Read(1000);
  for (const eventlog::TailRecord& each : records) {
    events::DeadLetter letter;
    letter.ParseFromString(each.record.value);
    reasons.push_back(letter.reason());
  }
  return reasons;
}

}  // namespace touchstone::routing
