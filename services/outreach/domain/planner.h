#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/outreach/domain/planner_checks.h"
#include "services/outreach/domain/play.h"
#include "services/outreach/domain/subject_plans.h"
#include "touchstone/events/v1/escalation.pb.h"
#include "touchstone/events/v1/inboxes.pb.h"
#include "touchstone/events/v1/journey.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::outreach {

// What the planner wants written besides the subject's plans; in order.
struct PlannerFacts {
  // Intents and recalls, by their address keys.
  std::vector<events::v1::GateMessage> to_gate;
  // By the subject.
  std::vector<events::v1::Touchpoint> touchpoints;
};

// Decides, for one subject, which moments are answered and when a send is ready for the gate. Pure: the same plans, event and
// time give the same plans and facts. Stateless; any thread.
//
//                     checks            gate
//   moment ─▶ WAITING ──────▶ INTENDED ──────▶ REQUESTED ─▶ next step of the play
//                │  ▲            │                 └─▶ ACCEPTED, DELIVERED, BOUNCED by reports
//                ▼  │            ▼
//               HELD (either place names the time or the event it waits for)
//   and from each of WAITING, HELD, INTENDED to DROPPED, with the reason
class Planner {
 public:
  // `policy` outlives the planner.
  explicit Planner(const PlannerPolicy& policy) : policy_(policy) {}

  // Each is one event of the subject whose plans these are. SubjectPlans::Finish is the caller's.
  void OnJourneyEvent(const events::v1::JourneyEvent& event, absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const;
  void OnEscalation(const events::v1::Escalation& escalation, absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const;
  void OnAnswer(const events::v1::GateAnswer& answer, absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const;
  // The outreach's wake_time has come.
  void OnWake(absl::string_view letters, absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const;

 private:
  using Planned = state::v1::PlannedOutreach;

  // Every play that the moment starts and that would not act upon history.
  void EnterAll(const events::v1::MomentOfTruth& moment, const events::v1::JourneyDigest& journey, absl::Time now,
                SubjectPlans& plans, PlannerFacts& facts) const;
  void Enter(const Play& play, const events::v1::MomentOfTruth& moment, absl::Time now, SubjectPlans& plans,
             PlannerFacts& facts) const;
  // The moment stands otherwise now: what was planned for it goes on with it, or ends.
  void MomentChanged(const events::v1::MomentOfTruth& moment, const events::v1::JourneyDigest& journey, SubjectPlans& plans,
                     PlannerFacts& facts) const;
  // Nothing more is to be sent for it by this play.
  void TakeBack(const Play& play, absl::string_view moment_id, absl::string_view why, SubjectPlans& plans,
                PlannerFacts& facts) const;
  // The outreach of a step as it starts, without a status.
  events::v1::Outreach& Describe(const Play& play, const SendStep& step, const events::v1::MomentOfTruth& moment, absl::Time due,
                                 absl::Time now, SubjectPlans& plans) const;
  // Waits until `due`, or goes on at once.
  void Begin(absl::string_view letters, absl::Time due, absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const;
  void Forget(absl::string_view letters, absl::Time now, SubjectPlans& plans) const;
  void Attempt(absl::string_view letters, absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const;
  void Intend(const Play& play, const SendStep& step, const events::v1::ContactPoint& contact_point, absl::string_view letters,
              SubjectPlans& plans, PlannerFacts& facts) const;
  // Something that holds others may be over.
  void AttemptHeld(absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const;
  void TakeDecision(const events::v1::GateAnswer& answer, absl::string_view letters, absl::Time now, SubjectPlans& plans,
                    PlannerFacts& facts) const;
  void TakeReport(const events::v1::DeliveryReport& report, absl::string_view letters, SubjectPlans& plans,
                  PlannerFacts& facts) const;
  void BeginNext(absl::string_view letters, absl::Time from, absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const;

  const PlannerPolicy& policy_;
};

// The letters of the outreach that a step of a play makes of a moment: the same whenever and wherever it is asked.
std::string OutreachLetters(absl::string_view play, absl::string_view moment_id, absl::string_view step);

// `<subject>~<letters>`.
std::string OutreachId(absl::string_view subject, absl::string_view letters);

// The first time at or after `from` when the waits are over.
absl::Time AfterWaits(const std::vector<Wait>& waits, absl::Time from, absl::TimeZone zone);

}  // namespace touchstone::outreach
