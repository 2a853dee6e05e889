#include "common/status/rpc_status.h"

#include <gtest/gtest.h>

#include "common/status/errors.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace touchstone::status {
namespace {

TEST(RpcStatus, GoesAndComesBackWhole) {
  const absl::Status status =
      WithRetry(WithReason(absl::UnavailableError("restoring"), "RESTORING", "routing"), absl::Milliseconds(250));
  google::rpc::Status wire;
  ToRpcStatus(status, &wire);
  EXPECT_EQ(wire.code(), 14);
  EXPECT_EQ(wire.details_size(), 2);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(wire.details(0).UnpackTo(&info)) << "a detail that others can read";
  EXPECT_EQ(info.reason(), "RESTORING");
  EXPECT_EQ(FromRpcStatus(wire), status);
}

TEST(RpcStatus, OverwritesWhatWasThere) {
  google::rpc::Status wire;
  ToRpcStatus(InvalidField("id", "is empty"), &wire);
  ToRpcStatus(absl::OkStatus(), &wire);
  EXPECT_EQ(wire.code(), 0);
  EXPECT_EQ(wire.details_size(), 0);
  EXPECT_TRUE(FromRpcStatus(wire).ok());
}

TEST(RpcStatus, ACodeNobodyKnowsIsUnknown) {
  google::rpc::Status wire;
  wire.set_code(99);
  wire.set_message("from the future");
  EXPECT_EQ(FromRpcStatus(wire), absl::UnknownError("from the future"));
}

TEST(RpcStatus, BadUtf8DoesNotBecomeAPoisonPill) {
  google::rpc::Status wire;
  ToRpcStatus(absl::InternalError("caf\xE9"), &wire);
  google::rpc::Status parsed;
  EXPECT_TRUE(parsed.ParseFromString(wire.SerializeAsString()));
  EXPECT_EQ(parsed.message(), "caf\xEF\xBF\xBD");
}

}  // namespace
}  // namespace touchstone::status
