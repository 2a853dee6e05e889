// What desktops do with offers, told as stories, on the real runtime in virtual time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/routing/testing/routing_house.h"

namespace touchstone::routing {
namespace {

namespace events = touchstone::events::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kAna[] = "customer:ana";
constexpr char kDan[] = "customer:dan";

// A house with one waiting escalation of Ana's.
struct Waiting : RoutingHouse {
  Waiting() {
    Found(kAna, "m1", 70);
    Run();
  }
};

int OffersTo(const RoutingHouse& house, absl::string_view agent) {
  int count = 0;
  for (const events::DesktopNotice& notice : house.notices()) {
    count += notice.agent_id() == agent && notice.offer().status() == events::OFFER_STATUS_CREATED;
  }
  return count;
}

TEST(DispatcherStory, TheMostSevereGoesFirstThenTheOldest) {
  RoutingHouse house;
  house.Found("customer:1", "a", 70);
  house.Pass(absl::Seconds(1));
  house.Found("customer:2", "b", 80);
  house.Pass(absl::Seconds(1));
  house.Found("customer:3", "c", 80);
  house.Pass(absl::Seconds(1));
  house.Connect("bo", {}, 2);
  house.Run();
  std::vector<std::string> offered;
  for (const events::DesktopNotice& notice : house.notices()) {
    if (notice.has_offer()) offered.push_back(notice.offer().escalation().subject());
  }
  EXPECT_THAT(offered, ElementsAre("customer:2", "customer:3"));
}

TEST(DispatcherStory, OnlyWhoHasTheSkillsIsAsked) {
  RoutingHouse house;
  house.Connect("bo", {"billing"});
  house.Found(kAna, "m1", 95);
  house.Run();
  EXPECT_EQ(OffersTo(house, "bo"), 0);
  house.Connect("cy", {"billing", "retention"});
  house.Run();
  EXPECT_EQ(OffersTo(house, "cy"), 1);
}

TEST(DispatcherStory, CapacityIsChargedAtTheOffer) {
  RoutingHouse house;
  house.Connect("bo", {}, 2);
  for (int i = 0; i < 4; ++i) house.Found(absl::StrCat("customer:", i), absl::StrCat("m", i), 70);
  house.Run();
  EXPECT_EQ(OffersTo(house, "bo"), 2);
}

TEST(DispatcherStory, AnOfferThatDoesNotArriveIsTakenBackWithoutBlame) {
  Waiting house;
  house.Connect("bo");
  house.Run();
  house.Pass(absl::Seconds(2));
  EXPECT_EQ(house.LastOffer("bo").status(), events::OFFER_STATUS_RESCINDED);
  EXPECT_EQ(house.LastOffer("bo").reason(), "not delivered");
  EXPECT_EQ(house.LastSession("bo").status(), events::SESSION_STATUS_SUSPECT);
  EXPECT_EQ(house.LastSession("bo").availability(), events::AVAILABILITY_AVAILABLE);
  house.Connect("cy");
  house.Run();
  EXPECT_EQ(OffersTo(house, "cy"), 1);
}

TEST(DispatcherStory, ThreeMissesInARowMeanAwayUntilTheAgentSpeaks) {
  Waiting house;
  const int64_t session = house.Connect("bo");
  house.Run();
  for (int miss = 0; miss < 3; ++miss) {
    ASSERT_EQ(house.LastOffer().status(), events::OFFER_STATUS_CREATED) << miss;
    house.Deliver(house.LastOffer());
    house.Pass(absl::Seconds(30));
    ASSERT_EQ(house.LastOffer().status(), events::OFFER_STATUS_TIMED_OUT) << miss;
    house.Restart();
    house.Pass(absl::Seconds(10));  // Nobody else is there: asked again after a short rest.
  }
  EXPECT_EQ(house.LastSession("bo").availability(), events::AVAILABILITY_AWAY);
  EXPECT_EQ(house.LastSession("bo").availability_reason(), "not responding");
  const int64_t resumed = house.Connect("bo", {}, 1, session);
  house.Run();
  EXPECT_EQ(house.LastSession("bo").resumed_session_id(), session);
  EXPECT_EQ(house.LastSession("bo").availability(), events::AVAILABILITY_AWAY)
      << "a desktop that reconnects is no agent who speaks";
  events::DesktopSignal signal = house.SignalOf("bo", resumed);
  signal.mutable_availability()->set_availability(events::AVAILABILITY_AVAILABLE);
  house.Signal(signal);
  house.Pass(absl::Seconds(10));
  EXPECT_EQ(house.LastOffer().status(), events::OFFER_STATUS_RESCINDED);  // Offered again; nobody said it arrived.
  EXPECT_EQ(OffersTo(house, "bo"), 4);
}

TEST(DispatcherStory, WhoDeclinedIsLeftOutWhileOthersAreThere) {
  Waiting house;
  house.Connect("bo");
  house.Run();
  house.Decline(house.LastOffer());
  house.Connect("cy");
  house.Run();
  EXPECT_EQ(house.LastOffer().agent_id(), "cy");
  house.Deliver(house.LastOffer());
  house.Decline(house.LastOffer());
  house.Pass(absl::Seconds(9));
  EXPECT_EQ(OffersTo(house, "bo"), 1);
  house.Pass(absl::Seconds(1));
  EXPECT_EQ(OffersTo(house, "bo") + OffersTo(house, "cy"), 3) << "nobody else is eligible: asked again after a rest";
}

TEST(DispatcherStory, AnOfferIsItsAgentsAlone) {
  Waiting house;
  house.Connect("bo");
  house.Run();
  events::DesktopSignal accept = house.SignalOf("cy", house.Connect("cy"));
  accept.mutable_accepted()->set_offer_id(house.LastOffer("bo").id());
  house.Signal(accept);
  house.Run();
  EXPECT_EQ(house.notices().back().refused().reason(), "OFFER_ENDED");
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_OFFERED);
}

TEST(DispatcherStory, WhoGoesAwayIsOfferedNothingAndLosesTheOffer) {
  Waiting house;
  const int64_t session = house.Connect("bo");
  house.Run();
  house.Deliver(house.LastOffer());
  events::DesktopSignal away = house.SignalOf("bo", session);
  away.mutable_availability()->set_availability(events::AVAILABILITY_AWAY);
  away.mutable_availability()->set_reason("lunch");
  house.Signal(away);
  house.Run();
  EXPECT_EQ(house.LastOffer("bo").status(), events::OFFER_STATUS_RESCINDED);
  EXPECT_EQ(house.LastSession("bo").availability_reason(), "lunch");
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_QUEUED);
  events::DesktopSignal back = house.SignalOf("bo", session);
  back.mutable_availability()->set_availability(events::AVAILABILITY_AVAILABLE);
  house.Signal(back);
  house.Run();
  EXPECT_EQ(house.LastOffer("bo").status(), events::OFFER_STATUS_CREATED) << "going away is no decline";
}

TEST(DispatcherStory, ALostStreamLosesItsOfferAtOnce) {
  Waiting house;
  const int64_t session = house.Connect("bo");
  house.Run();
  house.Deliver(house.LastOffer());
  events::DesktopSignal lost = house.SignalOf("bo", session);
  lost.mutable_lost();
  house.Signal(lost);
  house.Connect("cy");
  house.Run();
  EXPECT_EQ(house.LastOffer("bo").status(), events::OFFER_STATUS_RESCINDED);
  EXPECT_EQ(OffersTo(house, "cy"), 1);
}

TEST(DispatcherStory, AnOfferShowsWhatCameMeanwhile) {
  Waiting house;
  house.Connect("bo");
  house.Run();
  const events::Offer before = house.LastOffer();
  house.Found(kAna, "m2", 85);
  house.Run();
  EXPECT_EQ(house.LastOffer().id(), before.id());
  EXPECT_EQ(house.LastOffer().status(), events::OFFER_STATUS_CREATED);
  EXPECT_EQ(house.LastOffer().escalation().severity(), 85);
  EXPECT_EQ(house.LastOffer().escalation().moments_size(), 2);
}

// An agent who says no, or takes it, is there: only a row of silences means that nobody is.
TEST(DispatcherStory, AnAnswerEndsTheRowOfMisses) {
  for (const bool accepts : {false, true}) {
    Waiting house;
    const int64_t session = house.Connect("bo");
    house.Run();
    const auto miss = [&] {
      ASSERT_EQ(house.LastOffer().status(), events::OFFER_STATUS_CREATED);
      house.Deliver(house.LastOffer());
      house.Pass(absl::Seconds(40));  // Then asked again after a short rest: nobody else is there.
    };
    miss();
    miss();
    ASSERT_EQ(house.LastOffer().status(), events::OFFER_STATUS_CREATED);
    if (accepts) {
      house.Accept(house.LastOffer());
      house.Run();
      house.Resolve("bo", session, house.EscalationOf(kAna).id());
      house.Found(kDan, "m2", 70);
      house.Run();
    } else {
      house.Decline(house.LastOffer());
      house.Pass(absl::Seconds(10));
    }
    miss();
    EXPECT_EQ(house.LastSession("bo").availability(), events::AVAILABILITY_AVAILABLE) << (accepts ? "accepted" : "declined");
  }
}

TEST(DispatcherStory, WhatWasDeclinedKeepsItsAge) {
  Waiting house;
  house.Connect("bo");
  house.Run();
  house.Deliver(house.LastOffer("bo"));
  house.Pass(absl::Seconds(1));
  house.Found(kDan, "m2", 70);
  house.Found("customer:eve", "m3", 70);
  house.Pass(absl::Seconds(1));
  house.Decline(house.LastOffer("bo"));
  house.Run();
  house.Connect("cy");
  house.Run();
  EXPECT_EQ(house.LastOffer("cy").escalation_id(), house.EscalationOf(kAna).id());
}

TEST(DispatcherStory, AnAcceptAfterTheTimeIsRefused) {
  Waiting house;
  house.Connect("bo");
  house.Run();
  const events::Offer offer = house.LastOffer();
  house.Deliver(offer);
  house.Pass(absl::Seconds(30));
  house.Accept(offer);
  house.Run();
  EXPECT_EQ(house.notices().back().refused().reason(), "OFFER_ENDED");
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_QUEUED);
}

TEST(DispatcherStory, ALostStreamKeepsTheWorkForTheGrace) {
  Waiting house;
  const int64_t session = house.Connect("bo");
  house.Run();
  house.Accept(house.LastOffer());
  events::DesktopSignal lost = house.SignalOf("bo", session);
  lost.mutable_lost();
  house.Signal(lost);
  house.Pass(absl::Seconds(59));
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_ASSIGNED);
  house.Connect("bo", {}, 1, session);
  house.Run();
  EXPECT_EQ(house.LastSession("bo").resumed_session_id(), session);
  EXPECT_THAT(house.LastSession("bo").held_escalation_ids(), ElementsAre(house.EscalationOf(kAna).id()));
  house.Pass(absl::Minutes(5));
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_ASSIGNED);
}

TEST(DispatcherStory, AfterTheGraceTheWorkGoesToSomebodyElseRaisedAndNoYounger) {
  Waiting house;
  const int64_t session = house.Connect("bo");
  house.Run();
  house.Accept(house.LastOffer());
  house.Run();
  events::DesktopSignal lost = house.SignalOf("bo", session);
  lost.mutable_lost();
  house.Signal(lost);
  house.Pass(absl::Seconds(30));
  house.Found(kDan, "m2", 85);  // More severe, but not than an orphan of 70 + 20.
  house.Pass(absl::Seconds(30));
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_QUEUED);
  house.Connect("cy");
  house.Run();
  EXPECT_EQ(house.LastOffer("cy").escalation_id(), house.EscalationOf(kAna).id());
}

TEST(DispatcherStory, AnOrphanIsOlderThanWhatCameAfterIt) {
  Waiting house;
  const int64_t session = house.Connect("bo");
  house.Run();
  house.Accept(house.LastOffer());
  house.Run();
  house.Pass(absl::Seconds(1));
  house.Found(kDan, "m2", 90);  // As severe as an orphan of 70 + 20, and younger. Needs who is not there yet.
  house.Pass(absl::Seconds(1));
  events::DesktopSignal closed = house.SignalOf("bo", session);
  closed.mutable_closed();
  house.Signal(closed);
  house.Pass(absl::Seconds(1));
  house.Connect("cy", {"retention"});
  house.Run();
  EXPECT_EQ(house.LastOffer("cy").escalation_id(), house.EscalationOf(kAna).id());
}

TEST(DispatcherStory, ThatNobodyHasAnOrphanIsSaidAgain) {
  Waiting house;
  const int64_t session = house.Connect("bo");
  house.Run();
  house.Accept(house.LastOffer());
  house.Pass(absl::Minutes(6));  // Past the first reminder, which is not for what somebody has.
  events::DesktopSignal closed = house.SignalOf("bo", session);
  closed.mutable_closed();
  house.Signal(closed);
  house.Pass(absl::Minutes(5));
  EXPECT_EQ(house.EscalationOf(kAna).change(), "nobody has it after 11m");
}

TEST(DispatcherStory, OnlyTheNewestSessionIsResumed) {
  Waiting house;
  const int64_t first = house.Connect("bo");
  house.Run();
  house.Connect("bo");
  house.Run();
  house.Connect("bo", {}, 1, first);
  house.Run();
  EXPECT_EQ(house.LastSession("bo").status(), events::SESSION_STATUS_CONNECTED);
  EXPECT_EQ(house.LastSession("bo").resumed_session_id(), 0);
}

TEST(DispatcherStory, ANewerSessionFencesTheOlder) {
  Waiting house;
  const int64_t older = house.Connect("bo");
  house.Run();
  const events::Offer offer = house.LastOffer();
  const int64_t newer = house.Connect("bo");
  house.Run();
  EXPECT_GT(newer, older);
  house.Accept(offer);
  house.Run();
  EXPECT_EQ(house.notices().back().refused().reason(), "SESSION_FENCED");
  EXPECT_EQ(house.notices().back().session_id(), older);
  EXPECT_EQ(house.LastOffer().session_id(), newer);
  EXPECT_EQ(house.LastOffer().status(), events::OFFER_STATUS_CREATED);
}

TEST(DispatcherStory, ASilentInstanceLosesItsSessions) {
  Waiting house;
  house.Connect("bo", {}, 1, 0, "two");
  house.Run();
  house.Accept(house.LastOffer());
  house.Run();
  house.alive().erase("two");
  house.Pass(absl::Seconds(15));
  EXPECT_EQ(house.LastSession("bo").status(), events::SESSION_STATUS_SUSPECT);
  house.Pass(absl::Seconds(60));
  EXPECT_EQ(house.LastSession("bo").status(), events::SESSION_STATUS_DISCONNECTED);
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_QUEUED);
}

// The word that it was lost could not be written, or its opening was never acknowledged.
TEST(DispatcherStory, ASessionThatItsInstanceDoesNotHoldIsFoundOut) {
  Waiting house;
  const int64_t held = house.Connect("bo");
  house.Connect("cy");
  house.Run();
  house.RenewLease("one", {held});
  house.Run();
  EXPECT_EQ(house.LastSession("bo").status(), events::SESSION_STATUS_CONNECTED);
  EXPECT_EQ(house.LastSession("cy").status(), events::SESSION_STATUS_SUSPECT);
}

TEST(DispatcherStory, GoodbyeGivesTheWorkBackAtOnce) {
  Waiting house;
  const int64_t session = house.Connect("bo");
  house.Run();
  house.Accept(house.LastOffer());
  events::DesktopSignal closed = house.SignalOf("bo", session);
  closed.mutable_closed();
  house.Signal(closed);
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_QUEUED);
}

TEST(DispatcherStory, ARestartLosesNothingAndDoublesNothing) {
  Waiting house;
  const int64_t session = house.Connect("bo", {}, 2);
  house.Run();
  house.Deliver(house.LastOffer());
  house.Accept(house.LastOffer());
  house.Found(kDan, "m2", 70);
  house.Run();
  const events::Offer open = house.LastOffer();
  house.Restart();
  house.Run();
  EXPECT_EQ(OffersTo(house, "bo"), 2);
  house.Deliver(open);
  house.Pass(absl::Seconds(30));
  EXPECT_EQ(house.LastOffer().status(), events::OFFER_STATUS_TIMED_OUT) << "its deadline has survived";
  house.Resolve("bo", session, house.EscalationOf(kAna).id());
  house.Run();
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_RESOLVED);
}

TEST(DispatcherStory, WhatIsNotYoursCannotBeResolved) {
  Waiting house;
  const int64_t session = house.Connect("bo");
  house.Run();
  house.Resolve("bo", session, house.EscalationOf(kAna).id());
  house.Run();
  EXPECT_EQ(house.notices().back().refused().reason(), "NOT_YOURS");
}

TEST(DispatcherStory, AResolutionSaysHowItEnded) {
  Waiting house;
  const int64_t session = house.Connect("bo");
  house.Run();
  house.Accept(house.LastOffer());
  house.Run();
  house.Resolve("bo", session, house.EscalationOf(kAna).id(), events::RESOLUTION_CODE_UNSPECIFIED);
  house.Run();
  EXPECT_EQ(house.notices().back().refused().reason(), "CODE_MISSING");
  EXPECT_EQ(house.EscalationOf(kAna).status(), events::ESCALATION_STATUS_ASSIGNED);
}

TEST(DispatcherStory, ARepeatedSignalChangesNothing) {
  Waiting house;
  house.Connect("bo");
  house.Run();
  events::DesktopSignal accept = house.SignalOf("bo", house.LastOffer().session_id());
  accept.mutable_accepted()->set_offer_id(house.LastOffer().id());
  house.Signal(accept);
  house.Run();
  const size_t notices = house.notices().size();
  house.Signal(accept);
  house.Run();
  EXPECT_EQ(house.notices().size(), notices);
}

}  // namespace
}  // namespace touchstone::routing
