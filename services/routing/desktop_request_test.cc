#include "services/routing/desktop_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/status/errors.h"

namespace touchstone::routing {
namespace {

namespace events = touchstone::events::v1;
using ::testing::ElementsAre;

std::vector<std::string> PathsOf(const absl::Status& status) {
  std::vector<std::string> paths;
  for (const status::FieldViolation& each : status::FieldViolationsOf(status)) paths.push_back(each.path);
  return paths;
}

TEST(DesktopRequest, AHelloOpensASessionAsItSays) {
  v1::Hello hello;
  hello.set_agent_id("bo");
  hello.add_skills("delivery");
  hello.add_skills("retention");
  hello.set_capacity(3);
  hello.set_away(true);
  const absl::StatusOr<events::SessionOpened> opened = OpenedFrom(hello);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_THAT(opened->skills(), ElementsAre("delivery", "retention"));
  EXPECT_EQ(opened->capacity(), 3);
  EXPECT_EQ(opened->availability(), events::AVAILABILITY_AWAY);
  hello.clear_capacity();
  hello.clear_away();
  EXPECT_EQ(OpenedFrom(hello)->capacity(), 1);
  EXPECT_EQ(OpenedFrom(hello)->availability(), events::AVAILABILITY_AVAILABLE);
}

TEST(DesktopRequest, EachThingSaidIsASignalOfItsOwn) {
  v1::ConnectRequest request;
  request.mutable_delivered()->set_offer_id("o1");
  EXPECT_EQ(SignalFrom(request)->delivered().offer_id(), "o1");
  request.mutable_accept()->set_offer_id("o2");
  EXPECT_EQ(SignalFrom(request)->accepted().offer_id(), "o2");
  request.mutable_decline()->set_offer_id("o3");
  request.mutable_decline()->set_reason("lunch");
  EXPECT_EQ(SignalFrom(request)->declined().offer_id(), "o3");
  EXPECT_EQ(SignalFrom(request)->declined().reason(), "lunch");
  request.mutable_resolve()->set_escalation_id("e1");
  request.mutable_resolve()->set_code(events::RESOLUTION_CODE_NOT_REACHED);
  request.mutable_resolve()->set_note("nobody there");
  EXPECT_EQ(SignalFrom(request)->resolved().escalation_id(), "e1");
  EXPECT_EQ(SignalFrom(request)->resolved().code(), events::RESOLUTION_CODE_NOT_REACHED);
  EXPECT_EQ(SignalFrom(request)->resolved().note(), "nobody there");
  request.mutable_set_availability()->set_availability(events::AVAILABILITY_AWAY);
  request.mutable_set_availability()->set_reason("lunch");
  EXPECT_EQ(SignalFrom(request)->availability().availability(), events::AVAILABILITY_AWAY);
  EXPECT_EQ(SignalFrom(request)->availability().reason(), "lunch");
  request.mutable_goodbye();
  EXPECT_TRUE(SignalFrom(request)->has_closed());
}

TEST(DesktopRequest, WhatIsWrongIsNamed) {
  v1::Hello hello;
  hello.set_agent_id("b\no");
  hello.add_skills("");
  hello.set_capacity(21);
  hello.set_resume_token(std::string(129, 'x'));
  EXPECT_THAT(PathsOf(OpenedFrom(hello).status()),
              ElementsAre("hello.agent_id", "hello.skills", "hello.capacity", "hello.resume_token"));
  v1::ConnectRequest request;
  EXPECT_THAT(PathsOf(SignalFrom(request).status()), ElementsAre("message"));
  request.mutable_accept();
  EXPECT_THAT(PathsOf(SignalFrom(request).status()), ElementsAre("accept.offer_id"));
  request.mutable_decline()->set_offer_id("o");
  request.mutable_decline()->set_reason(std::string(257, 'x'));
  EXPECT_THAT(PathsOf(SignalFrom(request).status()), ElementsAre("decline.reason"));
  request.mutable_resolve()->set_note(std::string(1025, 'x'));
  EXPECT_THAT(PathsOf(SignalFrom(request).status()), ElementsAre("resolve.escalation_id", "resolve.note", "resolve.code"));
  request.mutable_set_availability();
  EXPECT_THAT(PathsOf(SignalFrom(request).status()), ElementsAre("set_availability.availability"));
}

}  // namespace
}  // namespace touchstone::routing
