#include "common/config/flag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::config {
namespace {

namespace events = touchstone::events::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ErrorOf(absl::string_view flag) {
  events::Touchpoint touchpoint;
  return std::string(ApplyFlag(&touchpoint, flag).message());
}

TEST(Flag, OverridesWhatAFileSaid) {
  events::Touchpoint touchpoint;
  touchpoint.mutable_money()->set_units(1);
  touchpoint.mutable_money()->set_currency_code("EUR");
  ASSERT_TRUE(ApplyFlag(&touchpoint, "money.units=7").ok());
  ASSERT_TRUE(ApplyFlag(&touchpoint, "channel=phone").ok());
  ASSERT_TRUE(ApplyFlag(&touchpoint, "text=a=b, c").ok());
  EXPECT_EQ(touchpoint.money().units(), 7);
  EXPECT_EQ(touchpoint.money().currency_code(), "EUR");
  EXPECT_EQ(touchpoint.channel(), events::CHANNEL_PHONE);
  EXPECT_EQ(touchpoint.text(), "a=b, c");
}

TEST(Flag, ReadsSpansOfTime) {
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(ApplyFlag(&retry, "retry_delay=250ms").ok());
  EXPECT_EQ(retry.retry_delay().nanos(), 250'000'000);
}

TEST(Flag, AListReplacesAList) {
  google::rpc::DebugInfo info;
  info.add_stack_entries("old");
  ASSERT_TRUE(ApplyFlag(&info, "stack_entries=a,b").ok());
  EXPECT_THAT(info.stack_entries(), ElementsAre("a", "b"));
  ASSERT_TRUE(ApplyFlag(&info, "stack_entries=").ok());
  EXPECT_EQ(info.stack_entries_size(), 0);
}

TEST(Flag, AnEntryOfAMapIsSetByItsKey) {
  google::rpc::ErrorInfo info;
  (*info.mutable_metadata())["a.b"] = "old";
  ASSERT_TRUE(ApplyFlag(&info, "metadata.a.b=new").ok());
  ASSERT_TRUE(ApplyFlag(&info, "metadata.c=3").ok());
  EXPECT_EQ(info.metadata().size(), 2u);
  EXPECT_EQ(info.metadata().at("a.b"), "new");
  EXPECT_EQ(info.metadata().at("c"), "3");
}

TEST(Flag, AnErrorNamesThePath) {
  EXPECT_EQ(ErrorOf("money.unit=7"), "money.unit: unknown field 'unit'; did you mean 'units'?");
  EXPECT_THAT(ErrorOf("money.units=x"), HasSubstr("money.units: expects a whole number"));
  EXPECT_THAT(ErrorOf("money=7"), HasSubstr("money: is a group of settings; there are currency_code, units, nanos"));
  EXPECT_THAT(ErrorOf("id.x=7"), HasSubstr("'id' is a single setting"));
  EXPECT_THAT(ErrorOf("names=7"), HasSubstr("set it in the file"));
  EXPECT_THAT(ErrorOf("attributes.a=7"), HasSubstr("set it in the file"));
  EXPECT_THAT(ErrorOf("money"), HasSubstr("is written path=value"));
  EXPECT_THAT(ErrorOf("=7"), HasSubstr("is written path=value"));
}

TEST(Flag, AWrongFlagChangesNothing) {
  google::rpc::DebugInfo info;
  info.add_stack_entries("old");
  EXPECT_FALSE(ApplyFlag(&info, "stack_entries.x=a,b").ok());
  EXPECT_THAT(info.stack_entries(), ElementsAre("old"));
}

}  // namespace
}  // namespace touchstone::config
