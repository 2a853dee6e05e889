#include "tools/cli/desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/cli/message_json.h"

namespace touchstone::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

routing::v1::ConnectResponse Said(const std::string& json) {
  routing::v1::ConnectResponse response;
  const absl::Status status = ParseJson(json, response);
  EXPECT_TRUE(status.ok()) << status;
  return response;
}

constexpr char kOffer[] = R"({"resume_token": "r1", "notice": {"offer": {"id": "o1", "escalation_id": "e1",
    "status": "OFFER_STATUS_CREATED", "escalation": {"id": "e1", "subject": "customer:42", "severity": 80}}}})";
constexpr char kAssigned[] = R"({"resume_token": "r2", "notice": {"escalation": {"id": "e1", "subject": "customer:42",
    "status": "ESCALATION_STATUS_ASSIGNED", "agent_id": "ana", "change": "accepted by ana"}}})";
constexpr char kResolved[] =
    R"({"notice": {"escalation": {"id": "e1", "status": "ESCALATION_STATUS_RESOLVED", "agent_id": "ana", "subject": "customer:42",
    "change": "resolved"}}})";

TEST(Desk, APersonAcceptsAndResolves) {
  Desk desk({.agent = "ana", .zone = absl::UTCTimeZone()});
  const Desk::Reaction offered = desk.OnResponse(Said(kOffer), absl::Seconds(1));
  ASSERT_EQ(offered.send.size(), 1u);
  EXPECT_EQ(offered.send[0].delivered().offer_id(), "o1");
  EXPECT_THAT(offered.text, HasSubstr("customer:42"));
  const Desk::Reaction accepted = desk.OnLine("accept");
  ASSERT_EQ(accepted.send.size(), 1u);
  EXPECT_EQ(accepted.send[0].accept().offer_id(), "o1");
  EXPECT_EQ(desk.OnResponse(Said(kAssigned), absl::Seconds(2)).text, "1 (customer:42): assigned, accepted by ana\n");
  const Desk::Reaction resolved = desk.OnLine("resolve 1 not-reached rang twice");
  ASSERT_EQ(resolved.send.size(), 1u);
  EXPECT_EQ(resolved.send[0].resolve().escalation_id(), "e1");
  EXPECT_EQ(resolved.send[0].resolve().code(), events::v1::RESOLUTION_CODE_NOT_REACHED);
  EXPECT_EQ(resolved.send[0].resolve().note(), "rang twice");
  EXPECT_EQ(desk.OnResponse(Said(kResolved), absl::Seconds(3)).text, "1 (customer:42): resolved\n");
  EXPECT_EQ(desk.resolved(), 1);
  EXPECT_THAT(desk.OnLine("resolve").send, IsEmpty());
}

TEST(Desk, AnAutomaticOneWorksForItsTimeAndLeaves) {
  Desk desk({.agent = "ana", .automatic = true, .work_time = absl::Seconds(3), .leave_after = 1, .zone = absl::UTCTimeZone()});
  EXPECT_EQ(desk.Hello(absl::ZeroDuration()).hello().resume_token(), "");
  const Desk::Reaction offered = desk.OnResponse(Said(kOffer), absl::Seconds(1));
  ASSERT_EQ(offered.send.size(), 2u);
  EXPECT_EQ(offered.send[1].accept().offer_id(), "o1");
  desk.OnResponse(Said(kAssigned), absl::Seconds(1));
  EXPECT_THAT(desk.OnTime(absl::Seconds(3)).send, IsEmpty());
  const Desk::Reaction done = desk.OnTime(absl::Seconds(4));
  ASSERT_EQ(done.send.size(), 1u);
  EXPECT_EQ(done.send[0].resolve().code(), events::v1::RESOLUTION_CODE_SOLVED);
  EXPECT_TRUE(desk.OnResponse(Said(kResolved), absl::Seconds(4)).leave);
}

TEST(Desk, AfterALostStreamItComesBackWithItsTokenAndKeepsWhatItHolds) {
  Desk desk({.agent = "ana", .zone = absl::UTCTimeZone()});
  desk.OnResponse(Said(kAssigned), absl::Seconds(1));
  EXPECT_EQ(desk.Hello(absl::Seconds(2)).hello().resume_token(), "r2");
  EXPECT_THAT(desk.OnLine("work").text, HasSubstr("yours 1"));
  desk.OnResponse(Said(R"({"notice": {"session": {"status": "SESSION_STATUS_CONNECTED"}}})"), absl::Seconds(3));
  EXPECT_THAT(desk.OnLine("work").text, HasSubstr("nothing"));
}

TEST(Desk, ANewerDesktopOfTheSameAgentEndsThisOne) {
  Desk desk({.agent = "ana", .zone = absl::UTCTimeZone()});
  EXPECT_TRUE(desk.OnResponse(Said(R"({"notice": {"session": {"status": "SESSION_STATUS_FENCED"}}})"), absl::Seconds(1)).leave);
}

TEST(Desk, AHeartbeatIsDueEveryFiveSeconds) {
  Desk desk({.agent = "ana", .zone = absl::UTCTimeZone()});
  desk.Hello(absl::ZeroDuration());
  EXPECT_THAT(desk.OnTime(absl::Seconds(4)).send, IsEmpty());
  EXPECT_TRUE(desk.OnTime(absl::Seconds(5)).send.at(0).has_heartbeat());
  EXPECT_THAT(desk.OnTime(absl::Seconds(6)).send, IsEmpty());
}

}  // namespace
}  // namespace touchstone::cli
