#include "common/runtime/log_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "google/rpc/status.pb.h"
#include "touchstone/events/v1/dead_letter.pb.h"
#include "touchstone/events/v1/outreach.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::runtime {
namespace {

namespace events = touchstone::events::v1;
using testing::HasSubstr;
using testing::Not;

TEST(LogMessage, PersonalFieldsShowThatTheyAreThereAndNoMore) {
  events::Touchpoint touchpoint;
  touchpoint.set_id("t-1");
  touchpoint.set_text("my address is 5 Canary Street");
  events::Name& name = *touchpoint.add_names();
  name.set_kind(events::NAME_KIND_EMAIL);
  name.set_value("canary@example.org");
  (*touchpoint.mutable_attributes())["canary"].set_text("canary");
  const std::string text = LogMessage(touchpoint);
  EXPECT_THAT(text, HasSubstr("id: \"t-1\""));
  EXPECT_THAT(text, HasSubstr("names { kind: NAME_KIND_EMAIL value: (personal) }"));
  EXPECT_THAT(text, HasSubstr("text: (personal)"));
  EXPECT_THAT(text, HasSubstr("attributes: (personal)"));
  EXPECT_THAT(text, Not(HasSubstr("anary")));
}

TEST(LogMessage, WhatNobodyKnowsTheInsideOfShowsItsSize) {
  events::Name name;
  name.set_value("canary");
  google::rpc::Status status;
  status.set_code(3);
  status.add_details()->PackFrom(name);
  const std::string text = LogMessage(status);
  EXPECT_THAT(text, HasSubstr("code: 3 details: ("));
  EXPECT_THAT(text, Not(HasSubstr("canary")));
}

TEST(LogMessage, TextIsEscaped) {
  google::rpc::Status status;
  status.set_message("a\nb\"c");
  EXPECT_EQ(LogMessage(status), "message: \"a\\nb\\\"c\"");
}

TEST(LogMessage, AHugeMessageIsCut) {
  events::Touchpoint touchpoint;
  for (int i = 0; i < 10'000; ++i) touchpoint.add_names()->set_key(absl::StrCat("customer:", i));
  const std::string text = LogMessage(touchpoint);
  EXPECT_LT(text.size(), 10'000u);
  EXPECT_THAT(text, HasSubstr("..."));
}

}  // namespace
}  // namespace touchstone::runtime
