#include "services/outreach/gate_processor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

constexpr char kMail[] = "email:a";

// The gate alone: what the planner would intend is written by hand.
class GateStory : public ::testing::Test {
 protected:
  void StartAt(absl::string_view minute, GatePolicy policy = PlainGate()) {
    world_ = std::make_unique<OutreachWorld>(std::make_shared<PlannerPolicy>(ThreePlays()), std::make_shared<GatePolicy>(policy),
                                             At(minute));
  }

  void Intend(absl::string_view send_key, events::OutreachClass outreach_class, absl::Duration expire_after = absl::Hours(48)) {
    const PlannerPolicy policy = ThreePlays();
    events::GateMessage message;
    message.set_address_key(kMail);
    events::Intent& intent = *message.mutable_intent();
    events::OutreachRequest& request = *intent.mutable_request();
    request.set_send_key(std::string(send_key));
    request.set_outreach_id(std::string(send_key));
    request.set_subject("customer:ana");
    request.set_outreach_class(outreach_class);
    *request.mutable_expire_time() = clock::ToProto(world_->now() + expire_after);
    *intent.mutable_quiet_hours() = policy.quiet_hours;
    for (const std::string& zone : policy.candidate_time_zones) intent.add_candidate_time_zones(zone);
    intent.set_consent_required(outreach_class == events::OUTREACH_CLASS_MARKETING);
    world_->Append(topics::kGate, kMail, message);
    world_->Settle();
  }

  void Tell(const events::GateMessage& message) {
    world_->Append(topics::kGate, kMail, message);
    world_->Settle();
  }

  std::vector<std::string> Requested() const {
    std::vector<std::string> keys;
    for (const auto& request : world_->All<events::OutreachRequest>(topics::kOutreachRequests))
      keys.push_back(request.send_key());
    return keys;
  }

  events::GateAnswer LastAnswer() const { return world_->All<events::PlayMessage>(topics::kPlays).back().answer(); }
  events::Preferences LastPreferences() const { return world_->All<events::Preferences>(topics::kPreferences).back(); }

  std::unique_ptr<OutreachWorld> world_;
};

constexpr events::OutreachClass kService = events::OUTREACH_CLASS_SERVICE;
constexpr events::OutreachClass kFeedback = events::OUTREACH_CLASS_FEEDBACK;
constexpr events::OutreachClass kMarketing = events::OUTREACH_CLASS_MARKETING;

TEST_F(GateStory, ASendKeyIsRequestedOnce) {
  StartAt("2026-03-02 14:00");
  Intend("k1", kService);
  Intend("k1", kService);
  EXPECT_THAT(Requested(), ElementsAre("k1"));
  EXPECT_EQ(LastAnswer().status(), events::OUTREACH_STATUS_REQUESTED);
}

TEST_F(GateStory, AWithdrawalCountsFromItsCommit) {
  StartAt("2026-03-02 14:00");
  Tell(Consents(kMail, "r1", kFeedback, events::CONSENT_STATE_WITHDRAWN));
  Intend("k1", kFeedback);
  Intend("k2", kService);
  EXPECT_THAT(Requested(), ElementsAre("k2"));
}

TEST_F(GateStory, AWithdrawalDropsWhatIsHeld) {
  StartAt("2026-03-02 23:00");
  Intend("k1", kFeedback);
  EXPECT_EQ(LastAnswer().status(), events::OUTREACH_STATUS_HELD);
  Tell(Consents(kMail, "r1", kFeedback, events::CONSENT_STATE_WITHDRAWN));
  EXPECT_EQ(LastAnswer().status(), events::OUTREACH_STATUS_DROPPED);
  EXPECT_THAT(LastAnswer().reason(), HasSubstr("CONSENT"));
  Tell(Consents(kMail, "r2", kFeedback, events::CONSENT_STATE_GRANTED));
  world_->RunUntil(At("2026-03-04 00:00"));
  EXPECT_THAT(Requested(), ElementsAre());
}

TEST_F(GateStory, WhereConsentIsRequiredSilenceIsNone) {
  StartAt("2026-03-02 14:00");
  Intend("k1", kMarketing);
  EXPECT_THAT(LastAnswer().reason(), HasSubstr("none on record for marketing, "));
  Tell(Consents(kMail, "r1", kMarketing, events::CONSENT_STATE_GRANTED));
  Intend("k2", kMarketing);
  EXPECT_THAT(Requested(), ElementsAre("k2"));
}

TEST_F(GateStory, AnUnknownZoneWaitsForAllCandidates) {
  // 09:00 in Berlin, 03:00 in New York.
  StartAt("2026-03-02 08:00");
  Intend("k1", kService);
  EXPECT_EQ(clock::TimeFrom(LastAnswer().hold_until_time()), At("2026-03-02 13:00"));
  EXPECT_THAT(LastAnswer().checks(2).saw(), HasSubstr("03:00 in America/New_York"));
  world_->RunUntil(At("2026-03-02 12:59"));
  EXPECT_THAT(Requested(), ElementsAre());
  world_->RunUntil(At("2026-03-02 13:00"));
  EXPECT_THAT(Requested(), ElementsAre("k1"));
}

TEST_F(GateStory, AZoneThatBecomesKnownReleasesAtOnce) {
  StartAt("2026-03-02 08:00");
  Intend("k1", kService);
  EXPECT_THAT(Requested(), ElementsAre());
  Tell(Zone(kMail, "r1", "Europe/Berlin"));
  EXPECT_THAT(Requested(), ElementsAre("k1"));
}

TEST_F(GateStory, QuietHoursFollowTheChangeOfTheClock) {
  // The night in which Berlin loses an hour: 08:00 is 06:00 UTC after it, 07:00 before.
  StartAt("2026-03-28 22:00");
  Tell(Zone(kMail, "r1", "Europe/Berlin"));
  Intend("k1", kService);
  EXPECT_EQ(clock::TimeFrom(LastAnswer().hold_until_time()), At("2026-03-29 06:00"));
}

TEST_F(GateStory, TheAddressesOwnQuietHoursCount) {
  StartAt("2026-03-02 14:00");
  Tell(Zone(kMail, "r1", "UTC"));
  events::GateMessage siesta;
  siesta.set_address_key(kMail);
  siesta.mutable_preferences()->set_request_id("r2");
  siesta.mutable_preferences()->add_fields("quiet_hours");
  siesta.mutable_preferences()->mutable_preferences()->mutable_quiet_hours()->set_from_minute(13 * 60);
  siesta.mutable_preferences()->mutable_preferences()->mutable_quiet_hours()->set_to_minute(15 * 60 + 30);
  Tell(siesta);
  Intend("k1", kService);
  EXPECT_EQ(clock::TimeFrom(LastAnswer().hold_until_time()), At("2026-03-02 15:30"));
}

TEST_F(GateStory, WhatIsHeldTooLongIsDroppedWithItsReason) {
  StartAt("2026-03-02 22:00");
  Intend("k1", kService, absl::Hours(2));
  world_->RunUntil(At("2026-03-04 00:00"));
  EXPECT_THAT(Requested(), ElementsAre());
  EXPECT_EQ(LastAnswer().status(), events::OUTREACH_STATUS_DROPPED);
  EXPECT_THAT(LastAnswer().reason(), HasSubstr("EXPIRY"));
  EXPECT_EQ(clock::TimeFrom(LastAnswer().decide_time()), At("2026-03-03 00:00"));
}

// What is decided is kept for its repeats and reports; its words and its address are somebody's own.
TEST(GateKeeps, NoWordsOfWhatIsDecided) {
  const GatePolicy policy = PlainGate();
  AddressBook book(kMail, {}, [](absl::string_view) { return std::optional<state::v1::GateSend>(); });
  events::Intent intent;
  intent.mutable_request()->set_send_key("k1");
  intent.mutable_request()->set_outreach_class(kService);
  intent.mutable_request()->set_body("Dear Ana");
  *intent.mutable_request()->mutable_expire_time() = clock::ToProto(At("2026-03-03 00:00"));
  GateFacts facts;
  Gate(policy).OnIntent(intent, At("2026-03-02 14:00"), book, facts);
  ASSERT_EQ(facts.requests.size(), 1);
  EXPECT_EQ(facts.requests[0].body(), "Dear Ana");
  EXPECT_FALSE(book.Find("k1")->has_intent());
}

TEST_F(GateStory, TheAddressesCapHoldsUntilItsWindowFrees) {
  StartAt("2026-03-02 14:00");
  Intend("k1", kFeedback);
  world_->RunUntil(At("2026-03-02 15:00"));
  Intend("k2", kFeedback, absl::Hours(72));
  Intend("k3", kFeedback, absl::Hours(72));
  Intend("k4", kService);
  EXPECT_THAT(Requested(), ElementsAre("k1", "k2", "k4"));
  world_->RunUntil(At("2026-03-04 14:00"));
  EXPECT_THAT(Requested(), ElementsAre("k1", "k2", "k4", "k3"));
}

TEST_F(GateStory, ARepeatedRequestChangesNothing) {
  StartAt("2026-03-02 14:00");
  Tell(Consents(kMail, "r1", kFeedback, events::CONSENT_STATE_WITHDRAWN));
  Tell(Consents(kMail, "r2", kFeedback, events::CONSENT_STATE_GRANTED));
  Tell(Consents(kMail, "r1", kFeedback, events::CONSENT_STATE_WITHDRAWN));
  EXPECT_EQ(LastPreferences().version(), 2);
  EXPECT_EQ(LastPreferences().consents(0).state(), events::CONSENT_STATE_GRANTED);
}

TEST_F(GateStory, UnsubscribingWithdrawsTheClassAndAComplaintSuppresses) {
  StartAt("2026-03-02 14:00");
  Intend("k1", kFeedback);
  Tell(Report(kMail, "k1", "1", events::DELIVERY_STATUS_UNSUBSCRIBED, world_->now()));
  EXPECT_EQ(LastPreferences().consents(0).outreach_class(), kFeedback);
  EXPECT_EQ(LastPreferences().consents(0).state(), events::CONSENT_STATE_WITHDRAWN);
  Intend("k2", kFeedback);
  Intend("k3", kService);
  EXPECT_THAT(Requested(), ElementsAre("k1", "k3"));
  Tell(Report(kMail, "k3", "1", events::DELIVERY_STATUS_COMPLAINED, world_->now()));
  EXPECT_TRUE(LastPreferences().suppressed());
  Intend("k4", kService);
  EXPECT_THAT(Requested(), ElementsAre("k1", "k3"));
}

TEST_F(GateStory, AnObjectionDropsWhatIsHeld) {
  StartAt("2026-03-02 14:00");
  Intend("k1", kFeedback);
  world_->RunUntil(At("2026-03-02 23:00"));
  Intend("k2", kFeedback);
  EXPECT_EQ(LastAnswer().status(), events::OUTREACH_STATUS_HELD);
  Tell(Report(kMail, "k1", "1", events::DELIVERY_STATUS_UNSUBSCRIBED, world_->now()));
  EXPECT_EQ(LastAnswer().outreach_id(), "k2");
  EXPECT_EQ(LastAnswer().status(), events::OUTREACH_STATUS_DROPPED);
  EXPECT_THAT(LastAnswer().reason(), HasSubstr("CONSENT"));
}

TEST_F(GateStory, ARecallOfWhatIsRequestedComesTooLate) {
  StartAt("2026-03-02 14:00");
  Intend("k1", kService);
  const size_t answers = world_->All<events::PlayMessage>(topics::kPlays).size();
  events::GateMessage recall;
  recall.set_address_key(kMail);
  recall.mutable_recall()->set_send_key("k1");
  Tell(recall);
  EXPECT_EQ(world_->All<events::PlayMessage>(topics::kPlays).size(), answers);
  EXPECT_EQ(LastAnswer().status(), events::OUTREACH_STATUS_REQUESTED);
}

TEST_F(GateStory, WhatIsHeldForAnAddressIsBounded) {
  StartAt("2026-03-02 23:00");
  for (int i = 0; i < Gate::kHeldMax; ++i) Intend(absl::StrCat("k", i), kService);
  EXPECT_EQ(LastAnswer().status(), events::OUTREACH_STATUS_HELD);
  Intend("one more", kService);
  EXPECT_EQ(LastAnswer().status(), events::OUTREACH_STATUS_DROPPED);
  EXPECT_THAT(LastAnswer().reason(), HasSubstr("HELD_LIMIT"));
}

TEST_F(GateStory, ReportsOfOneSendAreBounded) {
  StartAt("2026-03-02 14:00");
  Intend("k1", kService);
  for (int i = 0; i <= Gate::kReportsMax; ++i) {
    Tell(Report(kMail, "k1", absl::StrCat(i), events::DELIVERY_STATUS_OPENED, world_->now()));
  }
  int passed_on = 0;
  for (const auto& message : world_->All<events::PlayMessage>(topics::kPlays)) passed_on += message.answer().has_report();
  EXPECT_EQ(passed_on, Gate::kReportsMax);
}

TEST_F(GateStory, ARepeatedReportDoesNotWithdrawWhatWasGrantedSince) {
  StartAt("2026-03-02 14:00");
  Intend("k1", kFeedback);
  Tell(Report(kMail, "k1", "1", events::DELIVERY_STATUS_UNSUBSCRIBED, world_->now()));
  Tell(Consents(kMail, "r1", kFeedback, events::CONSENT_STATE_GRANTED));
  Tell(Report(kMail, "k1", "1", events::DELIVERY_STATUS_UNSUBSCRIBED, world_->now()));
  EXPECT_EQ(LastPreferences().consents(0).state(), events::CONSENT_STATE_GRANTED);
}

TEST_F(GateStory, AReportOfAnUnknownSendIsADeadLetter) {
  StartAt("2026-03-02 14:00");
  Tell(Report(kMail, "k9", "1", events::DELIVERY_STATUS_DELIVERED, world_->now()));
  EXPECT_EQ(world_->dead_letters(), 1);
}

}  // namespace
}  // namespace touchstone::outreach
