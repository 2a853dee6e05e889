// A case from the moment to the touchpoint, told as stories, on the real runtime in virtual time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/clock/proto_time.h"
#include "services/routing/testing/routing_house.h"

namespace touchstone::routing {
namespace {

namespace events = touchstone::events::v1;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::StartsWith;

constexpr char kAna[] = "customer:ana";

events::CaseMessage OpenFor(absl::string_view subject, absl::string_view request, int severity) {
  events::CaseMessage message;
  message.set_subject(std::string(subject));
  message.mutable_open()->set_request_id(std::string(request));
  message.mutable_open()->set_severity(severity);
  message.mutable_open()->set_opened_by("crm");
  message.mutable_open()->set_reason("asked to be called");
  return message;
}

events::CaseMessage CancelOf(const events::Escalation& escalation, absl::string_view request) {
  events::CaseMessage message;
  message.set_subject(escalation.subject());
  message.mutable_cancel()->set_request_id(std::string(request));
  message.mutable_cancel()->set_escalation_id(escalation.id());
  message.mutable_cancel()->set_actor("agent:bo");
  message.mutable_cancel()->set_reason("a test order");
  return message;
}

std::vector<std::string> MomentsOf(const events::Escalation& escalation) {
  std::vector<std::string> ids;
  for (const events::MomentOfTruth& moment : escalation.moments()) ids.push_back(moment.id());
  return ids;
}

// A bad moment about an order.
events::MomentOfTruth FoundIn(RoutingHouse& house, absl::string_view order, absl::string_view id, int severity) {
  events::JourneyEvent event;
  event.set_subject(kAna);
  events::MomentOfTruth& moment = *event.mutable_moment_found()->mutable_moment();
  moment.set_id(std::string(id));
  moment.set_subject(kAna);
  moment.set_polarity(events::POLARITY_DISAPPOINTMENT);
  moment.set_severity(severity);
  moment.mutable_strand()->set_kind(events::CORRELATION_KIND_ORDER);
  moment.mutable_strand()->set_id(std::string(order));
  *moment.mutable_occur_time() = clock::ToProto(house.now());
  house.Tell(event);
  return moment;
}

// A crossing whose strike was `ago`, on a journey whose newest touchpoint was `quiet` ago, concluded now, as after an import.
events::JourneyEvent OldCrossing(const RoutingHouse& house, absl::string_view moment, absl::Duration ago, absl::Duration quiet) {
  events::JourneyEvent event;
  event.set_subject(kAna);
  *event.mutable_conclude_time() = clock::ToProto(house.now());
  event.mutable_journey()->set_subject(kAna);
  *event.mutable_journey()->mutable_last_time() = clock::ToProto(house.now() - quiet);
  events::StrikeCrossing& crossing = *event.mutable_strike_crossing();
  crossing.set_strikes(3);
  crossing.mutable_strike()->set_moment_id(std::string(moment));
  *crossing.mutable_occur_time() = clock::ToProto(house.now() - ago);
  *crossing.mutable_strike()->mutable_occur_time() = crossing.occur_time();
  return event;
}

// The same, because of a touchpoint that came late.
events::JourneyEvent LateCrossing(const RoutingHouse& house, absl::string_view moment, absl::Duration ago, absl::Duration quiet) {
  events::JourneyEvent event = OldCrossing(house, moment, ago, quiet);
  event.mutable_strike_crossing()->mutable_late_evidence()->set_id("late");
  return event;
}

void ChangeTo(RoutingHouse& house, events::MomentOfTruth moment, int severity) {
  events::JourneyEvent event;
  event.set_subject(moment.subject());
  event.mutable_journey()->set_subject(moment.subject());
  *event.mutable_moment_changed()->mutable_before() = moment;
  moment.set_severity(severity);
  *event.mutable_moment_changed()->mutable_moment() = moment;
  house.Tell(std::move(event));
}

// Somebody takes what is open and resolves it.
void Settle(RoutingHouse& house, int64_t session) {
  house.Accept(house.LastOffer());
  house.Run();
  house.Resolve("bo", session, house.EscalationOf(kAna).id());
  house.Run();
}

TEST(CaseStory, ABadMomentIsOfferedAcceptedResolvedAndGoesBackOnTheJourney) {
  RoutingHouse house;
  const int64_t session = house.Connect("bo");
  house.Found(kAna, "m1", 70);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_OFFERED);
  EXPECT_THAT(house.EscalationOf(kAna).id(), StartsWith("customer:ana~"));
  house.Deliver(house.LastOffer());
  house.Accept(house.LastOffer());
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_ASSIGNED);
  EXPECT_EQ(house.EscalationOf(kAna).agent_id(), "bo");
  house.Resolve("bo", session, house.EscalationOf(kAna).id());
  house.Run();

  const events::Escalation resolved = house.EscalationOf(kAna);
  EXPECT_EQ(resolved.status(), events::ESCALATION_STATUS_RESOLVED);
  ASSERT_EQ(house.touchpoints().size(), 1);
  const events::Touchpoint& touchpoint = house.touchpoints()[0];
  EXPECT_EQ(touchpoint.type(), "escalation.resolved");
  EXPECT_EQ(touchpoint.source(), "touchstone.routing");
  EXPECT_EQ(touchpoint.outcome(), events::OUTCOME_SUCCEEDED);
  EXPECT_EQ(touchpoint.names(0).key(), kAna);
  EXPECT_EQ(touchpoint.names(0).kind(), events::NAME_KIND_CUSTOMER);
  EXPECT_EQ(touchpoint.correlations(0).id(), "A");
  EXPECT_EQ(touchpoint.caused_by().id(), resolved.id());
  EXPECT_EQ(touchpoint.caused_by().depth(), 1);
  EXPECT_EQ(touchpoint.attributes().at("code").text(), "SOLVED");
}

TEST(CaseStory, NotSolvedIsSaidToTheJourneyAsFailed) {
  RoutingHouse house;
  const int64_t session = house.Connect("bo");
  house.Found(kAna, "m1", 70);
  house.Run();
  house.Accept(house.LastOffer());
  house.Run();
  house.Resolve("bo", session, house.EscalationOf(kAna).id(), events::RESOLUTION_CODE_NOT_REACHED);
  house.Run();
  ASSERT_EQ(house.touchpoints().size(), 1);
  EXPECT_EQ(house.touchpoints()[0].outcome(), events::OUTCOME_FAILED);
}

// What is paid back for it is looked for in the strand that it names, and there is room for one.
TEST(CaseStory, AResolutionIsInTheStrandOfTheHeaviestMomentThatHoldsIt) {
  for (const bool withdrawn : {false, true}) {
    RoutingHouse house;
    const int64_t session = house.Connect("bo");
    FoundIn(house, "A", "m1", 65);
    const events::MomentOfTruth heaviest = FoundIn(house, "B", "m2", 85);
    FoundIn(house, "C", "m3", 85);
    house.Run();
    house.Accept(house.LastOffer());
    house.Run();
    if (withdrawn) house.Withdrawn(heaviest);
    house.Run();
    house.Resolve("bo", session, house.EscalationOf(kAna).id());
    house.Run();
    ASSERT_EQ(house.touchpoints().size(), 1);
    ASSERT_EQ(house.touchpoints()[0].correlations_size(), 1);
    EXPECT_EQ(house.touchpoints()[0].correlations(0).id(), withdrawn ? "C" : "B");
  }
}

TEST(CaseStory, AResolutionIsInNoStrandThatTheAgentHadNotHeardOf) {
  RoutingHouse house;
  const int64_t session = house.Connect("bo");
  FoundIn(house, "A", "m1", 65);
  house.Run();
  house.Accept(house.LastOffer());
  house.Run();
  house.Resolve("bo", session, house.EscalationOf(kAna).id());
  FoundIn(house, "B", "m2", 85);  // The case takes it before it hears of the resolution.
  house.Run();
  EXPECT_THAT(MomentsOf(house.EscalationOf(kAna)), ElementsAre("m2"));
  ASSERT_EQ(house.touchpoints().size(), 1);
  ASSERT_EQ(house.touchpoints()[0].correlations_size(), 1);
  EXPECT_EQ(house.touchpoints()[0].correlations(0).id(), "A");
}

TEST(CaseStory, AResolutionOfWhatNoMomentCalledForIsInNoStrand) {
  RoutingHouse house;
  const int64_t session = house.Connect("bo");
  house.Command(OpenFor(kAna, "r1", 50));
  house.Run();
  Settle(house, session);
  ASSERT_EQ(house.touchpoints().size(), 1);
  EXPECT_EQ(house.touchpoints()[0].correlations_size(), 0);
}

TEST(CaseStory, MomentsOfOneCustomerJoinAndRaiseTheOpenOne) {
  RoutingHouse house;
  house.Found(kAna, "m1", 65);
  house.Run();
  const std::string id = house.EscalationOf(kAna).id();
  house.Found(kAna, "m2", 92);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).id(), id);
  EXPECT_EQ(house.EscalationOf(kAna).severity(), 92);
  EXPECT_THAT(house.EscalationOf(kAna).skills(), ElementsAre("retention"));
  EXPECT_THAT(house.EscalationOf(kAna).next_steps(), ElementsAre("call back today", "say sorry"));
  EXPECT_THAT(MomentsOf(house.EscalationOf(kAna)), ElementsAre("m1", "m2"));
}

TEST(CaseStory, AThirdStrikeRaisesTheMomentThatCausedIt) {
  RoutingHouse house;
  house.Found(kAna, "m1", 65);
  house.Crossed(kAna, "m1", 3);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).severity(), 95);
  EXPECT_THAT(MomentsOf(house.EscalationOf(kAna)), ElementsAre("m1"));
  EXPECT_THAT(house.EscalationOf(kAna).skills(), ElementsAre("retention"));
}

// What came late moved the ledger: the strike that crosses is now one that a person has dealt with.
TEST(CaseStory, ACrossingByAMomentThatWasDealtWithIsAFactOfItsOwn) {
  RoutingHouse house;
  const int64_t session = house.Connect("bo");
  const events::MomentOfTruth moment = house.Found(kAna, "m1", 70);
  house.Run();
  const std::string first = house.EscalationOf(kAna).id();
  Settle(house, session);
  house.Crossed(kAna, "m1", 3);
  house.Run();
  const events::Escalation next = house.EscalationOf(kAna);
  EXPECT_NE(next.id(), first);
  EXPECT_EQ(next.status(), events::ESCALATION_STATUS_QUEUED) << "bo does not know retention";
  EXPECT_EQ(next.severity(), 95);
  EXPECT_EQ(next.opened_by(), "third-strike");
  house.Withdrawn(moment);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_CANCELLED);
}

TEST(CaseStory, ACrossingByAMomentThatWasDealtWithJoinsTheOpenOne) {
  RoutingHouse house;
  const int64_t session = house.Connect("bo");
  house.Found(kAna, "m1", 70);
  house.Run();
  Settle(house, session);
  house.Found(kAna, "m2", 65);
  house.Run();
  const std::string open = house.EscalationOf(kAna).id();
  house.Crossed(kAna, "m1", 3);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).id(), open);
  EXPECT_EQ(house.EscalationOf(kAna).severity(), 95);
  EXPECT_THAT(MomentsOf(house.EscalationOf(kAna)), ElementsAre("m2", "m1"));
}

TEST(CaseStory, ARepeatedCrossingIsNoNewsAndAHigherOneIs) {
  RoutingHouse house;
  const int64_t session = house.Connect("bo", {"retention"});
  house.Crossed(kAna, "m1", 2);
  house.Run();
  const std::string first = house.EscalationOf(kAna).id();
  Settle(house, session);
  house.Crossed(kAna, "m1", 2);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).id(), first);
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_RESOLVED);
  house.Crossed(kAna, "m1", 3);
  house.Run();
  EXPECT_NE(house.EscalationOf(kAna).id(), first);
  EXPECT_EQ(house.EscalationOf(kAna).severity(), 95);
}

TEST(CaseStory, ACrossingThatMeetsAResolvedEscalationIsRememberedByTheNext) {
  RoutingHouse house;
  const int64_t session = house.Connect("bo", {"retention"});
  house.Found(kAna, "m1", 70);
  house.Run();
  house.Accept(house.LastOffer());
  house.Run();
  house.Resolve("bo", session, house.EscalationOf(kAna).id());
  house.Crossed(kAna, "m1", 3);  // The case takes it before it hears of the resolution.
  house.Run();
  const std::string next = house.EscalationOf(kAna).id();
  Settle(house, session);
  house.Crossed(kAna, "m1", 3);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).id(), next);
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_RESOLVED);
}

TEST(CaseStory, AnOldStrikeThatCrossesJustNowIsNewsOnlyOfACustomerWhoIsHere) {
  RoutingHouse house;
  house.Tell(LateCrossing(house, "m1", absl::Hours(100), absl::Hours(73)));
  house.Run();
  EXPECT_TRUE(house.changes().empty());
  house.Tell(LateCrossing(house, "m1", absl::Hours(100), absl::Hours(1)));
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).severity(), 95);
}

TEST(CaseStory, AnImportIntoAnActiveJourneyRingsNoBell) {
  RoutingHouse house;
  house.Tell(OldCrossing(house, "m1", absl::Hours(100), absl::Hours(1)));
  house.Run();
  EXPECT_TRUE(house.changes().empty());
}

// The digest lists the newest five: a strike that crosses late is older than these.
TEST(CaseStory, ACrossingShowsItsMomentThoughTheDigestNoLongerDoes) {
  RoutingHouse house;
  events::JourneyEvent event = LateCrossing(house, "m1", absl::Hours(100), absl::Hours(1));
  events::MomentOfTruth& moment = *event.mutable_strike_crossing()->mutable_moment();
  moment.set_id("m1");
  moment.set_says("was promised delivery until Thursday, and it did not come");
  moment.mutable_strand()->set_id("A");
  moment.set_cause_depth(2);
  house.Tell(event);
  house.Run();
  ASSERT_EQ(house.EscalationOf(kAna).moments_size(), 1);
  EXPECT_EQ(house.EscalationOf(kAna).moments(0).says(), moment.says());
  EXPECT_EQ(house.EscalationOf(kAna).moments(0).strand().id(), "A");
  EXPECT_EQ(house.EscalationOf(kAna).cause_depth(), 2);
}

TEST(CaseStory, AMomentThatNoLongerCallsForAPersonLetsGo) {
  RoutingHouse house;
  const events::MomentOfTruth moment = house.Found(kAna, "m1", 70);
  house.Run();
  ChangeTo(house, moment, 30);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_CANCELLED);
  EXPECT_EQ(house.EscalationOf(kAna).moments(0).severity(), 30);
  ChangeTo(house, moment, 75);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_QUEUED);
  EXPECT_EQ(house.EscalationOf(kAna).severity(), 75);
}

TEST(CaseStory, ACrossingHoldsAMomentThatNoLongerCallsByItself) {
  RoutingHouse house;
  const events::MomentOfTruth moment = house.Found(kAna, "m1", 97);
  house.Crossed(kAna, "m1", 2);
  house.Run();
  EXPECT_THAT(house.EscalationOf(kAna).skills(), ElementsAre("retention"));
  ChangeTo(house, moment, 30);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_QUEUED);
  EXPECT_EQ(house.EscalationOf(kAna).severity(), 80);
  EXPECT_TRUE(house.EscalationOf(kAna).skills().empty()) << "the crossing's rule speaks now";
}

TEST(CaseStory, TheRuleThatSpeaksForAChangedMomentIsTakenOver) {
  RoutingHouse house;
  const events::MomentOfTruth moment = house.Found(kAna, "m1", 70);
  house.Run();
  ChangeTo(house, moment, 92);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).severity(), 92);
  EXPECT_THAT(house.EscalationOf(kAna).skills(), ElementsAre("retention"));
  EXPECT_THAT(house.EscalationOf(kAna).next_steps(), ElementsAre("call back today"));
}

TEST(CaseStory, HistoryIsNotNews) {
  RoutingHouse house;
  house.Found(kAna, "old", 95, absl::Hours(73));
  house.Run();
  EXPECT_TRUE(house.changes().empty());
  house.Found(kAna, "new", 95, absl::Hours(71));
  house.Run();
  EXPECT_THAT(MomentsOf(house.EscalationOf(kAna)), ElementsAre("new"));
}

TEST(CaseStory, AMildMomentCallsForNobody) {
  RoutingHouse house;
  house.Found(kAna, "m1", 59);
  house.Run();
  EXPECT_TRUE(house.changes().empty());
}

TEST(CaseStory, WithdrawnWhileWaitingIsCancelledUnlessAnotherMomentHoldsIt) {
  RoutingHouse house;
  const events::MomentOfTruth first = house.Found(kAna, "m1", 90);
  const events::MomentOfTruth second = house.Found(kAna, "m2", 65);
  house.Withdrawn(first);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_QUEUED);
  EXPECT_EQ(house.EscalationOf(kAna).severity(), 65);
  house.Withdrawn(second);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_CANCELLED);
  EXPECT_EQ(house.EscalationOf(kAna).cancellation().actor(), "system: moment withdrawn");
}

TEST(CaseStory, WithdrawnWhileOfferedRescindsTheOffer) {
  RoutingHouse house;
  house.Connect("bo");
  const events::MomentOfTruth moment = house.Found(kAna, "m1", 70);
  house.Run();
  house.Withdrawn(moment);
  house.Run();
  EXPECT_EQ(house.LastOffer().status(), events::OFFER_STATUS_RESCINDED);
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_CANCELLED);
}

TEST(CaseStory, WithdrawnWithAnAgentStaysTheirsAndTheyAreTold) {
  RoutingHouse house;
  house.Connect("bo");
  const events::MomentOfTruth moment = house.Found(kAna, "m1", 70);
  house.Run();
  house.Accept(house.LastOffer());
  house.Run();
  house.Withdrawn(moment);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_ASSIGNED);
  EXPECT_EQ(house.notices().back().escalation().change(), "moment withdrawn");
}

// The agent's "yes" lies in the log before the withdrawal reaches the pool, and the case does not know yet.
TEST(CaseStory, AnAcceptThatWasCommittedFirstBeatsTheWithdrawal) {
  RoutingHouse house;
  house.Connect("bo");
  const events::MomentOfTruth moment = house.Found(kAna, "m1", 70);
  house.Run();
  house.Accept(house.LastOffer());
  house.Withdrawn(moment);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_ASSIGNED);
  EXPECT_EQ(house.EscalationOf(kAna).agent_id(), "bo");
}

TEST(CaseStory, ARaiseThatMeetsAResolvedEscalationOpensTheNext) {
  RoutingHouse house;
  const int64_t session = house.Connect("bo");
  house.Found(kAna, "m1", 70);
  house.Run();
  house.Accept(house.LastOffer());
  house.Run();
  const std::string first = house.EscalationOf(kAna).id();
  house.Resolve("bo", session, first);
  house.Found(kAna, "m2", 75);  // The case takes it before it hears of the resolution.
  house.Run();
  const events::Escalation next = house.EscalationOf(kAna);
  EXPECT_NE(next.id(), first);
  EXPECT_THAT(MomentsOf(next), ElementsAre("m2"));
  EXPECT_EQ(next.status(), events::ESCALATION_STATUS_OFFERED);
  EXPECT_EQ(house.touchpoints().size(), 1);
}

TEST(CaseStory, AMomentThatAPersonHasDealtWithCallsNobodyAgain) {
  RoutingHouse house;
  const int64_t session = house.Connect("bo");
  const events::MomentOfTruth moment = house.Found(kAna, "m1", 70);
  house.Run();
  house.Accept(house.LastOffer());
  house.Run();
  house.Resolve("bo", session, house.EscalationOf(kAna).id());
  house.Run();
  house.Found(kAna, "m1", 70);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_RESOLVED);
  house.Withdrawn(moment);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).change(), "moment withdrawn after it was closed");
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_RESOLVED);
}

TEST(CaseStory, AMomentWithdrawnAndFoundAgainOpensAnew) {
  RoutingHouse house;
  const events::MomentOfTruth moment = house.Found(kAna, "m1", 70);
  house.Run();
  const std::string first = house.EscalationOf(kAna).id();
  house.Withdrawn(moment);
  house.Run();
  house.Found(kAna, "m1", 70);
  house.Run();
  EXPECT_NE(house.EscalationOf(kAna).id(), first);
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_QUEUED);
}

TEST(CaseStory, ARepeatedCallOpensOnce) {
  RoutingHouse house;
  house.Command(OpenFor(kAna, "r1", 50));
  house.Command(OpenFor(kAna, "r1", 50));
  house.Run();
  EXPECT_EQ(house.changes().size(), 1);
  EXPECT_EQ(house.EscalationOf(kAna).severity(), 50);
  EXPECT_EQ(house.EscalationOf(kAna).opened_by(), "crm");
  house.Command(OpenFor(kAna, "r2", 70));
  house.Run();
  EXPECT_EQ(house.changes().size(), 2);
  EXPECT_EQ(house.EscalationOf(kAna).severity(), 70);
}

TEST(CaseStory, ACallHoldsItThoughItsMomentsAreWithdrawn) {
  RoutingHouse house;
  house.Command(OpenFor(kAna, "r1", 50));
  const events::MomentOfTruth moment = house.Found(kAna, "m1", 80);
  house.Run();
  house.Withdrawn(moment);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_QUEUED);
  EXPECT_EQ(house.EscalationOf(kAna).severity(), 50);
}

TEST(CaseStory, CancelledByNameTakesItFromItsAgent) {
  RoutingHouse house;
  house.Connect("bo");
  house.Found(kAna, "m1", 70);
  house.Run();
  house.Accept(house.LastOffer());
  house.Run();
  house.Command(CancelOf(house.EscalationOf(kAna), "c1"));
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_CANCELLED);
  EXPECT_EQ(house.EscalationOf(kAna).cancellation().actor(), "agent:bo");
  EXPECT_EQ(house.notices().back().escalation().status(), events::ESCALATION_STATUS_CANCELLED);
  house.Found("customer:dan", "m9", 70);
  house.Run();
  EXPECT_EQ(house.LastOffer().escalation_id(), house.EscalationOf("customer:dan").id()) << "the unit is free again";
}

TEST(CaseStory, NobodyHasItIsSaidAgainAndAgainAtLongerIntervals) {
  RoutingHouse house;
  house.Found(kAna, "m1", 70);
  house.Pass(absl::Minutes(36));
  std::vector<std::string> changes;
  for (const events::Escalation& each : house.changes()) changes.push_back(each.change());
  EXPECT_THAT(changes,
              ElementsAre("opened by bad", "nobody has it after 5m", "nobody has it after 10m", "nobody has it after 20m"));
}

TEST(CaseStory, AChainOfOurOwnCausesEnds) {
  RoutingHouse house;
  const int64_t session = house.Connect("bo");
  events::JourneyEvent event;
  event.set_subject(kAna);
  events::MomentOfTruth& moment = *event.mutable_moment_found()->mutable_moment();
  moment.set_id("m1");
  moment.set_polarity(events::POLARITY_DISAPPOINTMENT);
  moment.set_severity(70);
  moment.set_cause_depth(8);
  *moment.mutable_occur_time() = clock::ToProto(house.now());
  house.Tell(event);
  house.Run();
  house.Accept(house.LastOffer());
  house.Run();
  house.Resolve("bo", session, house.EscalationOf(kAna).id());
  house.Run();
  EXPECT_TRUE(house.touchpoints().empty());
  EXPECT_THAT(house.DeadLetterReasons(), ElementsAre("CAUSE_TOO_DEEP"));
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_RESOLVED);
}

TEST(CaseStory, AFullEscalationKeepsTheHeaviest) {
  RoutingHouse house;
  for (int i = 0; i < 20; ++i) house.Found(kAna, absl::StrCat("m", i), 60 + i);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).moments_size(), kMomentsMax);
  EXPECT_EQ(house.EscalationOf(kAna).severity(), 79);
  EXPECT_EQ(house.EscalationOf(kAna).moments(0).id(), "m4");
}

}  // namespace
}  // namespace touchstone::routing
