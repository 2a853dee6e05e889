#include "common/rpc/to_grpc.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace touchstone::rpc {
namespace {

constexpr char kBadRequestUrl[] = "type.googleapis.com/google.rpc.BadRequest";
constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kRetryInfoUrl[] = "type.googleapis.com/google.rpc.RetryInfo";

google::rpc::BadRequest Violations(int count) {
  google::rpc::BadRequest bad_request;
  for (int i = 0; i < count; ++i) {
    google::rpc::BadRequest::FieldViolation& violation = *bad_request.add_field_violations();
    violation.set_field(absl::StrCat("touchpoints[", i, "].occur_time"));
    violation.set_description("9999-12-31T00:00:00Z is more than 24 h ahead of now");
  }
  return bad_request;
}

google::rpc::BadRequest BadRequestOf(const absl::Status& status) {
  google::rpc::BadRequest bad_request;
  EXPECT_TRUE(bad_request.ParseFromString(std::string(status.GetPayload(kBadRequestUrl).value_or(absl::Cord()))));
  return bad_request;
}

TEST(ToGrpc, KeepsCodeMessageAndDetailsBothWays) {
  absl::Status status = absl::InvalidArgumentError("touchpoint.occur_time: too far ahead");
  status.SetPayload(kBadRequestUrl, absl::Cord(Violations(2).SerializeAsString()));
  google::rpc::ErrorInfo info;
  info.set_reason("OCCUR_TIME_AHEAD");
  status.SetPayload(kErrorInfoUrl, absl::Cord(info.SerializeAsString()));

  const grpc::Status on_the_wire = ToGrpcStatus(status);
  EXPECT_EQ(on_the_wire.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(on_the_wire.error_details()));
  EXPECT_EQ(details.code(), 3);
  EXPECT_EQ(details.message(), "touchpoint.occur_time: too far ahead");

  EXPECT_EQ(FromGrpcStatus(on_the_wire), status);
}

TEST(ToGrpc, OkIsOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
}

TEST(ToGrpc, ManyViolationsAreShortenedToWhatATrailerCarries) {
  absl::Status status = absl::InvalidArgumentError("bad");
  status.SetPayload(kBadRequestUrl, absl::Cord(Violations(1000).SerializeAsString()));
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  status.SetPayload(kRetryInfoUrl, absl::Cord(retry.SerializeAsString()));

  const grpc::Status on_the_wire = ToGrpcStatus(status);
  EXPECT_LE(on_the_wire.error_details().size(), size_t{kDetailBytesMax + kMessageBytesMax});
  const absl::Status back = FromGrpcStatus(on_the_wire);
  const google::rpc::BadRequest kept = BadRequestOf(back);
  EXPECT_GT(kept.field_violations_size(), 5);
  EXPECT_EQ(kept.field_violations(0).field(), "touchpoints[0].occur_time");
  EXPECT_EQ(status::RetryDelayOf(back), absl::Seconds(2)) << "the smallest details outlive the largest";
}

TEST(ToGrpc, ADetailTooLargeToCutIsLeftOutAndTheOthersStay) {
  google::rpc::BadRequest large = Violations(1);
  large.mutable_field_violations(0)->set_description(std::string(10'000, 'x'));
  absl::Status status = absl::InvalidArgumentError("bad");
  status.SetPayload(kBadRequestUrl, absl::Cord(large.SerializeAsString()));
  google::rpc::ErrorInfo info;
  info.set_reason("TOO_LONG");
  status.SetPayload(kErrorInfoUrl, absl::Cord(info.SerializeAsString()));

  const absl::Status back = FromGrpcStatus(ToGrpcStatus(status));
  EXPECT_FALSE(back.GetPayload(kBadRequestUrl).has_value());
  EXPECT_TRUE(back.GetPayload(kErrorInfoUrl).has_value());
}

TEST(ToGrpc, ALongMessageIsCutBetweenCharacters) {
  std::string umlauts = "x";
  while (umlauts.size() < 3'000) umlauts += "ü";
  const std::string cut = ToGrpcStatus(absl::InternalError(umlauts)).error_message();
  EXPECT_LE(cut.size(), size_t{kMessageBytesMax});
  EXPECT_EQ(cut.substr(cut.size() - 5), "ü...");
}

TEST(ToGrpc, DetailsThatAreNoneLeaveTheError) {
  const absl::Status back = FromGrpcStatus(grpc::Status(grpc::StatusCode::NOT_FOUND, "no such moment", "\xff\xff garbage"));
  EXPECT_EQ(back, absl::NotFoundError("no such moment"));
}

}  // namespace
}  // namespace touchstone::rpc
