#include "services/outreach/planner_processor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/stream/topics.h"
#include "services/outreach/testing/outreach_world.h"
#include "services/outreach/testing/stories.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kAna[] = "customer:ana";

// 12:00 in Berlin, 06:00 in New York.
const absl::Time kNoon = At("2026-03-02 11:00");
// Neither is quiet.
const absl::Time kAfternoon = At("2026-03-02 14:00");

std::unique_ptr<OutreachWorld> World(absl::Time start, PlannerPolicy policy = ThreePlays(), GatePolicy gate = PlainGate()) {
  return std::make_unique<OutreachWorld>(std::make_shared<PlannerPolicy>(std::move(policy)), std::make_shared<GatePolicy>(gate),
                                         start);
}

std::vector<std::string> SentSteps(const OutreachWorld& world) {
  std::vector<std::string> steps;
  for (const auto& request : world.All<events::OutreachRequest>(topics::kOutreachRequests)) steps.push_back(request.template_());
  return steps;
}

// `CHECK` where it passed, `CHECK!` where it did not.
std::vector<std::string> ChecksOf(const events::Outreach& outreach) {
  std::vector<std::string> checks;
  for (const events::OutreachCheck& check : outreach.checks())
    checks.push_back(check.check() + (check.result() == events::CHECK_RESULT_PASSED ? "" : "!"));
  return checks;
}

events::Outreach Last(const OutreachWorld& world, absl::string_view step) {
  events::Outreach last;
  for (const auto& outreach : world.All<events::Outreach>(topics::kOutreach)) {
    if (outreach.step() == step) last = outreach;
  }
  return last;
}

TEST(Planner, APlayWaitsSendsWaitsAgainAndSendsTheNextStep) {
  auto world = World(kAfternoon);
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m1", "late", kAfternoon)));
  world->Settle();
  EXPECT_EQ(Last(*world, "first").status(), events::OUTREACH_STATUS_WAITING);
  EXPECT_EQ(clock::TimeFrom(Last(*world, "first").hold_until_time()), kAfternoon + absl::Hours(1));

  world->RunUntil(kAfternoon + absl::Hours(2));
  EXPECT_THAT(SentSteps(*world), ElementsAre("first"));
  EXPECT_EQ(Last(*world, "first").status(), events::OUTREACH_STATUS_REQUESTED);
  EXPECT_EQ(Last(*world, "second").status(), events::OUTREACH_STATUS_WAITING);

  world->RunUntil(kAfternoon + absl::Hours(26));
  EXPECT_THAT(SentSteps(*world), ElementsAre("first", "second"));
}

TEST(Planner, WordsAreInTheCustomersLanguageAndAMissingValueHasItsDefault) {
  auto world = World(kAfternoon);
  events::MomentOfTruth moment = Moment("m1", "late", kAfternoon);
  moment.set_says("o pedido atrasou");
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, moment, {.language = "pt-PT"}));
  world->RunUntil(kAfternoon + absl::Hours(2));
  const auto requests = world->All<events::OutreachRequest>(topics::kOutreachRequests);
  ASSERT_EQ(requests.size(), 1);
  EXPECT_EQ(requests[0].language(), "pt-BR");
  EXPECT_EQ(requests[0].title(), "Sobre your order");
  EXPECT_EQ(requests[0].body(), "Caro cliente, o pedido atrasou.");
  EXPECT_EQ(requests[0].contact_point().address(), "clear-email:a");
  EXPECT_EQ(clock::TimeFrom(requests[0].expire_time()), kAfternoon + absl::Hours(1 + 48));
}

// An import tells thousands of such moments: each would be a record, and a dropped outreach for who lists them.
TEST(Planner, HistoryIsNotNewsAndLeavesNothing) {
  auto world = World(kAfternoon);
  events::MomentOfTruth moment = Moment("m1", "late", kAfternoon - absl::Hours(72) - absl::Seconds(1));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, moment));
  events::JourneyEvent changed = Found(kAna, moment);
  *changed.mutable_moment_changed()->mutable_moment() = moment;
  world->Append(topics::kJourneyEvents, kAna, changed);
  world->Append(topics::kJourneyEvents, kAna, Withdrawn(kAna, moment));
  world->RunUntil(kAfternoon + absl::Hours(100));
  EXPECT_THAT(world->All<events::Outreach>(topics::kOutreach), IsEmpty());
  EXPECT_EQ(world->planner_state_size(), 0);
}

TEST(Planner, AMomentIsNewsUpToItsPlaysLimit) {
  auto world = World(kAfternoon);
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m1", "late", kAfternoon - absl::Hours(72))));
  world->RunUntil(kAfternoon + absl::Hours(2));
  EXPECT_THAT(SentSteps(*world), ElementsAre("first"));
}

TEST(Planner, AnOpenEscalationHoldsFeedbackUntilItClosesAndServiceGoesOn) {
  auto world = World(kNoon);
  world->Append(topics::kEscalations, kAna, EscalationOf(kAna, events::ESCALATION_STATUS_QUEUED));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m1", "late", kNoon)));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m2", "bought", kNoon)));
  world->RunUntil(kNoon + absl::Hours(24));
  EXPECT_THAT(SentSteps(*world), ElementsAre("first"));
  EXPECT_EQ(Last(*world, "ask").status(), events::OUTREACH_STATUS_HELD);
  EXPECT_THAT(Last(*world, "ask").reason(), HasSubstr("OPEN_ESCALATION"));
  // Closed at 12:00 of Berlin, when New York is quiet; the gate holds it until 08:00 there.
  world->Append(topics::kEscalations, kAna, EscalationOf(kAna, events::ESCALATION_STATUS_RESOLVED));
  world->Settle();
  EXPECT_THAT(Last(*world, "ask").reason(), HasSubstr("QUIET_HOURS"));
  world->RunUntil(kNoon + absl::Hours(27));
  EXPECT_EQ(Last(*world, "ask").status(), events::OUTREACH_STATUS_REQUESTED);
}

TEST(Planner, AnOpenEscalationHoldsMarketingAndACancelledOneLetsItGo) {
  auto world = World(kAfternoon);
  world->Append(topics::kGate, "email:a",
                Consents("email:a", "r1", events::OUTREACH_CLASS_MARKETING, events::CONSENT_STATE_GRANTED));
  world->Append(topics::kEscalations, kAna, EscalationOf(kAna, events::ESCALATION_STATUS_ASSIGNED));
  world->Settle();
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m1", "bought", kAfternoon)));
  world->Settle();
  EXPECT_EQ(Last(*world, "offer").status(), events::OUTREACH_STATUS_HELD);
  EXPECT_THAT(Last(*world, "offer").reason(), HasSubstr("OPEN_ESCALATION"));
  world->Append(topics::kEscalations, kAna, EscalationOf(kAna, events::ESCALATION_STATUS_CANCELLED));
  world->Settle();
  EXPECT_EQ(Last(*world, "offer").status(), events::OUTREACH_STATUS_REQUESTED);
}

TEST(Planner, StrikesStopNoService) {
  auto world = World(kAfternoon);
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m1", "late", kAfternoon), {.strike_hundredths = 300}));
  world->RunUntil(kAfternoon + absl::Hours(2));
  EXPECT_THAT(SentSteps(*world), ElementsAre("first"));
}

TEST(Planner, NoMarketingForTwoStrikes) {
  auto world = World(kAfternoon);
  world->Append(topics::kGate, "email:a",
                Consents("email:a", "r1", events::OUTREACH_CLASS_MARKETING, events::CONSENT_STATE_GRANTED));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m1", "bought", kAfternoon), {.strike_hundredths = 200}));
  world->Settle();
  EXPECT_EQ(Last(*world, "offer").status(), events::OUTREACH_STATUS_DROPPED);
  EXPECT_THAT(Last(*world, "offer").reason(), HasSubstr("STRIKES"));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m2", "bought", kAfternoon), {.strike_hundredths = 199}));
  world->Settle();
  EXPECT_EQ(Last(*world, "offer").status(), events::OUTREACH_STATUS_REQUESTED);
}

TEST(Planner, TheFirstChannelThatReachesIsTakenAndNoneDrops) {
  auto world = World(kAfternoon);
  world->Append(topics::kGate, "phone:1",
                Consents("phone:1", "r1", events::OUTREACH_CLASS_MARKETING, events::CONSENT_STATE_GRANTED));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m1", "bought", kAfternoon), {.email = "", .phone = "phone:1"}));
  world->Settle();
  EXPECT_EQ(Last(*world, "offer").channel(), events::CHANNEL_SMS);
  EXPECT_EQ(Last(*world, "offer").status(), events::OUTREACH_STATUS_REQUESTED);
  world->RunUntil(kAfternoon + absl::Hours(24));
  EXPECT_THAT(Last(*world, "ask").reason(), HasSubstr("CONTACT_POINT"));
  world->Append(topics::kJourneyEvents, "customer:bo",
                Found("customer:bo", Moment("m2", "bought", world->now()), {.email = "email:b", .phone = "phone:2"}));
  world->Settle();
  EXPECT_EQ(Last(*world, "offer").channel(), events::CHANNEL_EMAIL);
}

TEST(Planner, AnAddressThatIsOnlyAKeyReachesNobody) {
  auto world = World(kAfternoon);
  events::JourneyEvent event = Found(kAna, Moment("m1", "late", kAfternoon));
  event.mutable_journey()->mutable_contact_points(0)->clear_address();
  world->Append(topics::kJourneyEvents, kAna, event);
  world->RunUntil(kAfternoon + absl::Hours(2));
  EXPECT_THAT(SentSteps(*world), ElementsAre());
  EXPECT_THAT(Last(*world, "first").reason(), HasSubstr("CONTACT_POINT"));
}

TEST(Planner, TheSubjectsCapHoldsUntilTheWindowFrees) {
  PlannerPolicy policy = ThreePlays();
  policy.quiet_hours.Clear();
  policy.subject_cap.within = absl::Hours(30);
  policy.plays.erase(policy.plays.begin() + 1);  // `ask` would compete for the room.
  GatePolicy gate = PlainGate();
  gate.address_cap.at_most = 0;
  auto world = World(kAfternoon, policy, gate);
  world->Append(topics::kGate, "email:a",
                Consents("email:a", "r1", events::OUTREACH_CLASS_MARKETING, events::CONSENT_STATE_GRANTED));
  for (const char* id : {"m1", "m2", "m3"}) {
    world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment(id, "bought", kAfternoon)));
    world->Settle();
    world->Advance(absl::Hours(1));
  }
  EXPECT_THAT(SentSteps(*world), ElementsAre("offer", "offer"));
  EXPECT_EQ(Last(*world, "offer").status(), events::OUTREACH_STATUS_HELD);
  EXPECT_EQ(clock::TimeFrom(Last(*world, "offer").hold_until_time()), kAfternoon + absl::Hours(30));
  world->RunUntil(kAfternoon + absl::Hours(30));
  EXPECT_EQ(Last(*world, "offer").status(), events::OUTREACH_STATUS_REQUESTED);
}

TEST(Planner, WhatTheGateHasNotDecidedCountsInTheSubjectsCapUntilItIsDropped) {
  PlannerPolicy policy = ThreePlays();
  policy.plays.erase(policy.plays.begin() + 1);  // `ask` would compete for the room.
  auto world = World(At("2026-03-02 23:00"), policy);
  world->Append(topics::kGate, "email:a",
                Consents("email:a", "r1", events::OUTREACH_CLASS_MARKETING, events::CONSENT_STATE_GRANTED));
  for (const char* id : {"m1", "m2", "m3"}) {
    world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment(id, "bought", world->now())));
    world->Settle();
  }
  EXPECT_THAT(Last(*world, "offer").reason(), HasSubstr("SUBJECT_CAP: 2 of 2 in 72h: until the gate has decided"));
  // The two that the gate holds are dropped, and with them goes what they took.
  world->Append(topics::kGate, "email:a",
                Consents("email:a", "r2", events::OUTREACH_CLASS_MARKETING, events::CONSENT_STATE_WITHDRAWN));
  world->Settle();
  EXPECT_EQ(Last(*world, "offer").moment().id(), "m3");
  EXPECT_EQ(ChecksOf(Last(*world, "offer")).back(), "CONSENT!");
}

TEST(Planner, TheSubjectsCapHoldsNoClassThatItDoesNotName) {
  auto world = World(kAfternoon);
  world->Append(topics::kGate, "email:a",
                Consents("email:a", "r1", events::OUTREACH_CLASS_MARKETING, events::CONSENT_STATE_GRANTED));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m1", "bought", kAfternoon)));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m2", "bought", kAfternoon)));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m3", "late", kAfternoon)));
  world->RunUntil(kAfternoon + absl::Hours(2));
  EXPECT_THAT(SentSteps(*world), ElementsAre("offer", "offer", "first"));
}

TEST(Planner, OneCustomersPlansAreBounded) {
  auto world = World(kAfternoon);
  for (int i = 0; i <= kActiveMax; ++i) {
    world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment(absl::StrCat("m", i), "late", kAfternoon)));
    world->Settle();
    if (i < kActiveMax) {
      ASSERT_EQ(Last(*world, "first").status(), events::OUTREACH_STATUS_WAITING) << i;
    }
  }
  EXPECT_EQ(Last(*world, "first").status(), events::OUTREACH_STATUS_DROPPED);
  EXPECT_EQ(ChecksOf(Last(*world, "first")).back(), "ACTIVE_LIMIT!");
}

TEST(Planner, AMomentThatMovesAwayEndsItsPlayHere) {
  auto world = World(kAfternoon);
  const events::MomentOfTruth moment = Moment("m1", "late", kAfternoon);
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, moment));
  events::JourneyEvent moved = Found(kAna, moment);
  *moved.mutable_moment_moved_out()->mutable_moment() = moment;
  world->Append(topics::kJourneyEvents, kAna, moved);
  world->RunUntil(kAfternoon + absl::Hours(5));
  EXPECT_THAT(SentSteps(*world), IsEmpty());
  EXPECT_THAT(Last(*world, "first").reason(), HasSubstr("moved to another journey"));
}

TEST(Planner, APlayThatWasTakenBackHasNotBeenEntered) {
  PlannerPolicy policy = ThreePlays();
  policy.plays[0].reentry.not_within = absl::Hours(10 * 24);
  auto world = World(kAfternoon, policy);
  const events::MomentOfTruth moment = Moment("m1", "late", kAfternoon);
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, moment));
  world->Append(topics::kJourneyEvents, kAna, Withdrawn(kAna, moment));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m2", "late", kAfternoon)));
  world->RunUntil(kAfternoon + absl::Hours(2));
  EXPECT_THAT(SentSteps(*world), ElementsAre("first"));
}

TEST(Planner, AWithdrawnMomentDropsWhatIsNotRequestedAndEndsThePlay) {
  auto world = World(kAfternoon);
  const events::MomentOfTruth moment = Moment("m1", "late", kAfternoon);
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, moment));
  world->Settle();
  world->Append(topics::kJourneyEvents, kAna, Withdrawn(kAna, moment));
  world->RunUntil(kAfternoon + absl::Hours(48));
  EXPECT_THAT(SentSteps(*world), ElementsAre());
  EXPECT_THAT(Last(*world, "first").reason(), HasSubstr("withdrawn"));
  // Found again: the same outreach goes on under its id.
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, moment));
  world->RunUntil(world->now() + absl::Hours(20));
  EXPECT_THAT(SentSteps(*world), ElementsAre("first"));
  // Withdrawn after the request: a note, and no second step.
  world->Append(topics::kJourneyEvents, kAna, Withdrawn(kAna, moment));
  world->RunUntil(world->now() + absl::Hours(48));
  EXPECT_THAT(SentSteps(*world), ElementsAre("first"));
  EXPECT_EQ(Last(*world, "first").status(), events::OUTREACH_STATUS_REQUESTED);
  EXPECT_THAT(Last(*world, "first").reason(), HasSubstr("withdrawn"));
}

TEST(Planner, AWithdrawnMomentRecallsWhatTheGateHolds) {
  auto world = World(At("2026-03-02 23:00"));
  const events::MomentOfTruth moment = Moment("m1", "late", world->now());
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, moment));
  world->RunUntil(world->now() + absl::Hours(2));
  EXPECT_EQ(Last(*world, "first").status(), events::OUTREACH_STATUS_HELD);
  world->Append(topics::kJourneyEvents, kAna, Withdrawn(kAna, moment));
  world->RunUntil(world->now() + absl::Hours(48));
  EXPECT_THAT(SentSteps(*world), ElementsAre());
  EXPECT_THAT(Last(*world, "first").reason(), HasSubstr("RECALL"));
}

TEST(Planner, ARecallThatComesTooLateStillEndsThePlay) {
  auto world = World(kAfternoon);
  const events::MomentOfTruth moment = Moment("m1", "late", kAfternoon);
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, moment));
  world->Settle();
  world->Advance(absl::Hours(1));
  ASSERT_TRUE(world->StepPlanner());
  ASSERT_TRUE(world->StepGate());
  // The gate has requested it, and the planner hears first that the moment is withdrawn.
  world->Append(topics::kJourneyEvents, kAna, Withdrawn(kAna, moment));
  ASSERT_TRUE(world->StepPlanner());
  EXPECT_EQ(Last(*world, "first").status(), events::OUTREACH_STATUS_INTENDED);
  world->RunUntil(kAfternoon + absl::Hours(48));
  EXPECT_EQ(Last(*world, "first").status(), events::OUTREACH_STATUS_REQUESTED);
  EXPECT_THAT(SentSteps(*world), ElementsAre("first"));
}

TEST(Planner, AMomentThatNoLongerCallsForThePlayEndsIt) {
  auto world = World(kAfternoon);
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m1", "late", kAfternoon)));
  world->Settle();
  events::JourneyEvent changed = Found(kAna, Moment("m1", "late", kAfternoon));
  *changed.mutable_moment_changed()->mutable_moment() = Moment("m1", "on-time", kAfternoon);
  world->Append(topics::kJourneyEvents, kAna, changed);
  world->RunUntil(kAfternoon + absl::Hours(5));
  EXPECT_THAT(SentSteps(*world), ElementsAre());
  EXPECT_THAT(Last(*world, "first").reason(), HasSubstr("changed"));
}

TEST(Planner, AReentryRuleKeepsASecondMomentOutForAWhile) {
  PlannerPolicy policy = ThreePlays();
  policy.plays[0].reentry.not_within = absl::Hours(10 * 24);
  auto world = World(kAfternoon, policy);
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m1", "late", kAfternoon)));
  world->RunUntil(kAfternoon + absl::Hours(9 * 24));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m2", "late", world->now())));
  world->RunUntil(world->now() + absl::Hours(30));
  EXPECT_THAT(SentSteps(*world), ElementsAre("first", "second"));
  EXPECT_THAT(Last(*world, "first").reason(), HasSubstr("REENTRY"));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m3", "late", world->now())));
  world->RunUntil(world->now() + absl::Hours(48));
  EXPECT_THAT(SentSteps(*world), ElementsAre("first", "second", "first", "second"));
}

TEST(Planner, ReportsBecomeTouchpointsOnceEachAndNameTheirCause) {
  auto world = World(kAfternoon);
  events::MomentOfTruth moment = Moment("m1", "late", kAfternoon);
  moment.set_cause_depth(2);
  moment.mutable_strand()->set_kind(events::CORRELATION_KIND_ORDER);
  moment.mutable_strand()->set_id("A");
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, moment));
  world->RunUntil(kAfternoon + absl::Hours(2));
  const std::string key = Last(*world, "first").send_key();
  // In any order, and repeated.
  for (const auto& [id, status] :
       std::vector<std::pair<const char*, events::DeliveryStatus>>{{"3", events::DELIVERY_STATUS_OPENED},
                                                                   {"1", events::DELIVERY_STATUS_ACCEPTED},
                                                                   {"3", events::DELIVERY_STATUS_OPENED}}) {
    world->Append(topics::kGate, "email:a", Report("email:a", key, id, status, world->now()));
  }
  world->Settle();
  const auto touchpoints = world->All<events::Touchpoint>(topics::kTouchpoints);
  ASSERT_EQ(touchpoints.size(), 2);
  EXPECT_EQ(touchpoints[0].type(), "outreach.requested");
  EXPECT_EQ(touchpoints[0].direction(), events::DIRECTION_OUTBOUND);
  EXPECT_EQ(touchpoints[1].type(), "outreach.opened");
  EXPECT_EQ(touchpoints[1].direction(), events::DIRECTION_INBOUND);
  EXPECT_NE(touchpoints[0].id(), touchpoints[1].id());
  EXPECT_EQ(clock::TimeFrom(touchpoints[0].occur_time()), kAfternoon + absl::Hours(1));
  EXPECT_EQ(clock::TimeFrom(touchpoints[1].occur_time()), kAfternoon + absl::Hours(2));
  for (const events::Touchpoint& touchpoint : touchpoints) {
    EXPECT_EQ(touchpoint.source(), "touchstone.outreach");
    EXPECT_EQ(touchpoint.caused_by().kind(), events::CAUSE_KIND_OUTREACH);
    EXPECT_EQ(touchpoint.caused_by().id(), Last(*world, "first").id());
    EXPECT_EQ(touchpoint.caused_by().depth(), 3);
    ASSERT_EQ(touchpoint.correlations_size(), 2);
    EXPECT_EQ(touchpoint.correlations(0).id(), "A");
    EXPECT_EQ(touchpoint.correlations(1).id(), "sorry");
    ASSERT_EQ(touchpoint.names_size(), 1);
    EXPECT_EQ(touchpoint.names(0).key(), kAna);
    EXPECT_EQ(touchpoint.names(0).value(), "");
    EXPECT_EQ(touchpoint.names(0).kind(), events::NAME_KIND_CUSTOMER);
  }
  EXPECT_EQ(Last(*world, "first").status(), events::OUTREACH_STATUS_DELIVERED);
  EXPECT_EQ(Last(*world, "first").reports_size(), 2);
}

TEST(Planner, AChainOfOurOwnCausesEnds) {
  auto world = World(kAfternoon);
  events::MomentOfTruth moment = Moment("m1", "late", kAfternoon);
  moment.set_cause_depth(8);
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, moment));
  world->RunUntil(kAfternoon + absl::Hours(2));
  EXPECT_THAT(SentSteps(*world), ElementsAre());
  EXPECT_THAT(Last(*world, "first").reason(), HasSubstr("CAUSE_DEPTH"));
}

// What an earlier attempt saw behind the check that decided is no answer to "why not?".
TEST(Planner, TheChecksAreThoseOfTheLatestAttemptUpToTheOneThatDecided) {
  PlannerPolicy policy = ThreePlays();
  policy.subject_cap.at_most = 1;
  auto world = World(kAfternoon, policy);
  const events::MomentOfTruth moment = Moment("m1", "bought", kAfternoon);
  world->Append(topics::kGate, "email:a",
                Consents("email:a", "r1", events::OUTREACH_CLASS_MARKETING, events::CONSENT_STATE_GRANTED));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, moment));
  world->Settle();
  EXPECT_THAT(ChecksOf(Last(*world, "offer")),
              ElementsAre("FRESHNESS", "CAUSE_DEPTH", "REENTRY", "ACTIVE_LIMIT", "EXPIRY", "OPEN_ESCALATION", "STRIKES",
                          "CONTACT_POINT", "SUBJECT_CAP", "EXPIRY", "CONSENT", "QUIET_HOURS", "ADDRESS_CAP"));
  // `ask` is held by the cap at 10:00 of the next day, and expires before there is room.
  world->RunUntil(kAfternoon + absl::Hours(24));
  EXPECT_EQ(ChecksOf(Last(*world, "ask")).back(), "SUBJECT_CAP!");
  world->RunUntil(kAfternoon + absl::Hours(72));
  EXPECT_THAT(ChecksOf(Last(*world, "ask")), ElementsAre("FRESHNESS", "CAUSE_DEPTH", "REENTRY", "ACTIVE_LIMIT", "EXPIRY!"));
}

TEST(Planner, WhatTheGateSawBeforeIsReplacedByWhatDecidedThere) {
  auto world = World(At("2026-03-02 23:00"));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m1", "late", world->now())));
  world->RunUntil(world->now() + absl::Hours(2));
  EXPECT_EQ(ChecksOf(Last(*world, "first")).back(), "QUIET_HOURS!");
  world->Append(topics::kGate, "email:a",
                Consents("email:a", "r1", events::OUTREACH_CLASS_SERVICE, events::CONSENT_STATE_WITHDRAWN));
  world->Settle();
  EXPECT_THAT(ChecksOf(Last(*world, "first")),
              ElementsAre("FRESHNESS", "CAUSE_DEPTH", "REENTRY", "ACTIVE_LIMIT", "EXPIRY", "OPEN_ESCALATION", "STRIKES",
                          "CONTACT_POINT", "SUBJECT_CAP", "EXPIRY", "CONSENT!"));
  // A step that follows another has not been entered by a moment.
  world->Append(topics::kJourneyEvents, "customer:bo",
                Found("customer:bo", Moment("m2", "late", world->now()), {.email = "email:b"}));
  world->RunUntil(world->now() + absl::Hours(60));
  EXPECT_EQ(ChecksOf(Last(*world, "second")).front(), "EXPIRY");
}

TEST(Planner, EachChangeHasTheNextVersion) {
  auto world = World(kAfternoon);
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m1", "late", kAfternoon)));
  world->RunUntil(kAfternoon + absl::Hours(48));
  std::map<std::string, int64_t> versions;
  for (const auto& outreach : world->All<events::Outreach>(topics::kOutreach)) {
    EXPECT_EQ(outreach.version(), ++versions[outreach.id()]) << outreach.reason();
  }
  EXPECT_EQ(versions.size(), 2);
}

TEST(Planner, NothingIsKeptForEver) {
  PlannerPolicy policy = ThreePlays();
  policy.plays[0].reentry.not_within = absl::Hours(24 * 30);
  auto world = World(kAfternoon, policy);
  world->Append(topics::kEscalations, kAna, EscalationOf(kAna, events::ESCALATION_STATUS_QUEUED));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m1", "late", kAfternoon)));
  world->Append(topics::kJourneyEvents, kAna, Found(kAna, Moment("m2", "bought", kAfternoon)));
  world->RunUntil(kAfternoon + absl::Hours(20));
  world->Append(topics::kEscalations, kAna, EscalationOf(kAna, events::ESCALATION_STATUS_RESOLVED));
  world->RunUntil(kAfternoon + absl::Hours(48));
  world->Settle();
  EXPECT_THAT(SentSteps(*world), ElementsAre("first", "ask", "second"));
  EXPECT_EQ(world->planner_state_size(), 5);
  world->RunUntil(kAfternoon + absl::Hours(24 * 95));
  EXPECT_EQ(world->planner_state_size(), 0);
  EXPECT_EQ(world->gate_state_size(), 0);
}

TEST(Planner, WhatIsNoMessageIsRefused) {
  EXPECT_DEATH(
      {
        auto world = World(kNoon);
        events::Touchpoint other;
        other.set_text("\xff");
        world->Append(topics::kPlays, kAna, other);
        world->Settle();
      },
      "INVALID_ARGUMENT");
}

}  // namespace
}  // namespace touchstone::outreach
