#include "common/status/macros.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace touchstone::status {
namespace {

absl::StatusOr<std::unique_ptr<int>> Boxed(int value) {
  if (value < 0) return absl::OutOfRangeError("negative");
  return std::make_unique<int>(value);
}

absl::Status Checked(int value, int limit) {
  if (value > limit) return absl::ResourceExhaustedError("too much");
  return absl::OkStatus();
}

absl::StatusOr<int> Sum(int a, int b) {
  ASSIGN_OR_RETURN(std::unique_ptr<int> left, Boxed(a));
  ASSIGN_OR_RETURN(const auto right, Boxed(b));
  RETURN_IF_ERROR(Checked(*left + *right, 100));
  int again = 0;
  ASSIGN_OR_RETURN(again, absl::StatusOr<int>(*left));
  return again + *right;
}

TEST(Macros, PassValuesThroughAndErrorsOut) {
  EXPECT_EQ(*Sum(1, 2), 3);
  EXPECT_EQ(Sum(-1, 2).status(), absl::OutOfRangeError("negative"));
  EXPECT_EQ(Sum(1, -2).status(), absl::OutOfRangeError("negative"));
  EXPECT_EQ(Sum(99, 2).status(), absl::ResourceExhaustedError("too much"));
}

}  // namespace
}  // namespace touchstone::status
