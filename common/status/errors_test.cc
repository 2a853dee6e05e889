#include "common/status/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "common/text/utf8.h"

namespace touchstone::status {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(FieldErrors, NothingAddedIsOk) {
  FieldErrors errors;
  EXPECT_TRUE(errors.empty());
  EXPECT_TRUE(errors.ToStatus().ok());
}

TEST(FieldErrors, SayAllThatIsWrong) {
  FieldErrors errors;
  errors.Add("names[0].value", "is empty");
  errors.Add("occur_time", "is required");
  const absl::Status status = errors.ToStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "names[0].value: is empty; occur_time: is required");
  EXPECT_THAT(FieldViolationsOf(status),
              ElementsAre(FieldViolation{"names[0].value", "is empty"}, FieldViolation{"occur_time", "is required"}));
}

TEST(FieldErrors, AreBoundedAndCounted) {
  FieldErrors errors;
  for (int i = 0; i < 10'000; ++i) errors.Add(absl::StrCat("attributes[", i, "]"), std::string(1'000, 'x'));
  const absl::Status status = errors.ToStatus();
  EXPECT_EQ(errors.count(), 10'000u);
  EXPECT_THAT(FieldViolationsOf(status), SizeIs(kFieldViolationsMax));
  EXPECT_THAT(std::string(status.message()), EndsWith("; and 9995 more"));
  size_t bytes = status.message().size();
  status.ForEachPayload([&](absl::string_view, const absl::Cord& payload) { bytes += payload.size(); });
  EXPECT_LT(bytes, 6'000u) << "a status must fit gRPC's metadata";
}

TEST(FieldErrors, NeverCarryBadUtf8) {
  const absl::Status status = InvalidField("text", "has \xFF in it");
  ASSERT_THAT(FieldViolationsOf(status), SizeIs(1));
  EXPECT_TRUE(text::IsValidUtf8(status.message()));
}

TEST(Errors, AReasonIsReadBack) {
  const absl::Status status =
      WithReason(absl::NotFoundError("no journey"), "JOURNEY_NOT_FOUND", "classification", {{"name", "customer:42"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(status), (Reason{"JOURNEY_NOT_FOUND", "classification", {{"name", "customer:42"}}}));
  EXPECT_EQ(ReasonOf(absl::NotFoundError("bare")), std::nullopt);
}

TEST(Errors, ADetailThatDoesNotParseIsNone) {
  absl::Status status = absl::NotFoundError("odd");
  status.SetPayload("type.googleapis.com/google.rpc.ErrorInfo", absl::Cord("\xFF\xFF"));
  EXPECT_EQ(ReasonOf(status), std::nullopt);
}

TEST(Errors, ARetryDelayIsReadBackExactly) {
  const absl::Duration delay = absl::Seconds(2) + absl::Nanoseconds(5);
  EXPECT_EQ(RetryDelayOf(WithRetry(absl::UnavailableError("restoring"), delay)), delay);
  EXPECT_EQ(RetryDelayOf(WithRetry(absl::UnavailableError("x"), absl::Seconds(-1))), absl::ZeroDuration());
  EXPECT_EQ(RetryDelayOf(WithRetry(absl::UnavailableError("x"), absl::InfiniteDuration())), absl::Hours(24));
  EXPECT_EQ(RetryDelayOf(absl::UnavailableError("x")), std::nullopt);
}

TEST(Errors, AnnotatingKeepsCodeAndDetails) {
  const absl::Status status = Annotated(WithRetry(InvalidField("id", "is empty"), absl::Seconds(1)), "touchpoints[3]");
  EXPECT_EQ(status.message(), "touchpoints[3]: id: is empty");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(FieldViolationsOf(status), SizeIs(1));
  EXPECT_EQ(RetryDelayOf(status), absl::Seconds(1));
}

TEST(Errors, OkStaysOk) {
  EXPECT_TRUE(Annotated(absl::OkStatus(), "x").ok());
  EXPECT_TRUE(WithReason(absl::OkStatus(), "X", "y").ok());
  EXPECT_TRUE(WithRetry(absl::OkStatus(), absl::Seconds(1)).ok());
}

TEST(ErrorsDeathTest, AReasonThatIsNoConstantCrashes) {
  EXPECT_DEATH(WithReason(absl::NotFoundError(""), "not found", "classification").IgnoreError(), "UPPER_SNAKE, not 'not found'");
}

}  // namespace
}  // namespace touchstone::status
