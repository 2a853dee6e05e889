#include "common/cel/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/cel/cel.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::cel {
namespace {

namespace events = touchstone::events::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Environment Touchpoints() {
  return Environment::Builder()
      .Container("touchstone.events.v1")
      .Variable("touchpoint", Type::Message(events::Touchpoint::descriptor()))
      .Variable("count", Type::Int())
      .EnumsOf(events::Touchpoint::descriptor()->file())
      .Build()
      .value();
}

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() {
    touchpoint_.set_type("order.delivered");
    touchpoint_.set_channel(events::CHANNEL_PHONE);
    touchpoint_.set_text("my name is Ann");
    activation_.Bind(0, touchpoint_);
    activation_.Bind(1, Value::Int(3));
  }

  bool IsTrue(absl::string_view text) { return CompileCondition(environment_, text).value().EvaluateBool(activation_).value(); }

  std::vector<CompileError> ErrorsOf(absl::string_view text) {
    std::vector<CompileError> errors;
    EXPECT_FALSE(Compile(environment_, text, &errors).ok()) << text;
    return errors;
  }

  Environment environment_ = Touchpoints();
  events::Touchpoint touchpoint_;
  Activation activation_{environment_};
};

TEST_F(ProgramTest, ARuleOverATouchpoint) {
  EXPECT_TRUE(IsTrue(R"(touchpoint.type == "order.delivered" && touchpoint.channel == Channel.PHONE)"));
  EXPECT_TRUE(IsTrue("touchpoint.channel == Channel.CHANNEL_PHONE && touchpoint.channel == CHANNEL_PHONE"));
  EXPECT_FALSE(IsTrue("touchpoint.channel == Channel.WEB"));
  EXPECT_TRUE(IsTrue("count > 2 && !has(touchpoint.survey)"));
}

TEST_F(ProgramTest, AProgramIsEvaluatedAgainWithOtherValues) {
  const Program program = CompileCondition(environment_, "count == 3").value();
  EXPECT_TRUE(program.EvaluateBool(activation_).value());
  activation_.Bind(1, Value::Int(4));
  EXPECT_FALSE(program.EvaluateBool(activation_).value());
}

TEST_F(ProgramTest, AMisspeltFieldIsShownWithACaretAndANearerName) {
  std::vector<CompileError> errors;
  const absl::Status status = Compile(environment_, R"(touchpoint.chanel == "phone")", &errors).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(),
            "1:12: unknown field 'touchpoint.chanel'; did you mean 'channel'?\n"
            "    touchpoint.chanel == \"phone\"\n"
            "               ^");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].offset, 11);
}

TEST_F(ProgramTest, EveryMistakeIsReported) {
  EXPECT_EQ(ErrorsOf("touchpoint.tipe == 'a' || cuont > 1 || count == 'x'").size(), 3u);
}

TEST_F(ProgramTest, AMisspeltConstantIsOneUnknownName) {
  const std::vector<CompileError> errors = ErrorsOf("touchpoint.channel == Channel.FONE");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].message, "unknown name 'Channel.FONE'; did you mean 'Channel.PHONE'?");
}

TEST_F(ProgramTest, AConditionThatIsNoBoolIsRefused) {
  EXPECT_THAT(CompileCondition(environment_, "count + 1").status().message(),
              HasSubstr("a condition is a bool, and this is a int"));
}

TEST_F(ProgramTest, AnEvaluationErrorNamesThePartAndNoValue) {
  const absl::Status status = Compile(environment_, "count > 2 && 10 / (count - 3) > 1").value().Evaluate(activation_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "'10 / (count - 3)': division by zero");
}

TEST_F(ProgramTest, AVariableWithoutAValueIsAnErrorOnlyWhereItIsRead) {
  activation_.Clear();
  const absl::Status status = Compile(environment_, "count > 2").value().Evaluate(activation_).status();
  EXPECT_EQ(status.message(), "'count': no value was given for this variable");
  EXPECT_TRUE(IsTrue("true || count > 2"));
}

TEST_F(ProgramTest, AnActivationOfAnotherEnvironmentIsRefused) {
  const Environment other = Touchpoints();
  const Activation activation(other);
  EXPECT_EQ(Compile(environment_, "count > 2").value().Evaluate(activation).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ProgramTest, BindingAnotherTypeIsABrokenInvariant) {
  EXPECT_DEATH(activation_.Bind(1, Value::String("three")), "variable 'count' of type int was bound to a string");
  EXPECT_DEATH(activation_.Bind(0, events::Name::default_instance()), "bound to a touchstone.events.v1.Name");
}

TEST_F(ProgramTest, NestedMacrosStopAtTheStepLimit) {
  const Program program =
      Compile(environment_,
              "[1,2,3,4,5,6,7,8,9,10].map(a, [1,2,3,4,5,6,7,8,9,10].map(b, [1,2,3,4,5,6,7,8,9,10].map(c, "
              "[1,2,3,4,5,6,7,8,9,10].map(d, [1,2,3,4,5,6,7,8,9,10].exists(e, [1,2,3,4,5,6,7,8,9,10].exists(f, "
              "a + b + c + d + e + f == 0)))))).size() > 0")
          .value();
  EXPECT_EQ(program.Evaluate(activation_).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(ProgramTest, GrowingTextStopsAtTheMemoryLimit) {
  std::string text = "['" + std::string(1000, 'x') + "']";
  for (int i = 0; i < 12; ++i) text += ".map(x, x + x)";
  EXPECT_EQ(Compile(environment_, text).value().Evaluate(activation_).status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace touchstone::cel
