#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace touchstone::cel {

// Why an expression has no value.
enum class EvaluationError : uint8_t {
  kNoSuchOverload,
  kNoSuchField,
  kNoSuchKey,
  kIndexOutOfRange,
  kDivisionByZero,
  kModulusByZero,
  kIntegerOverflow,
  kTimestampRange,
  kDurationRange,
  kConversionRange,
  kNotConvertible,
  kInvalidUtf8,
  kDuplicateKey,
  kBadKey,
  kUnbound,
  kTooManySteps,
  kTooLarge,
  kLeftOut,
};

// OutOfRange for what passes a range, ResourceExhausted for the limits of limits.h, else InvalidArgument.
absl::StatusCode CodeOf(EvaluationError error);
// `division by zero`.
absl::string_view MessageOf(EvaluationError error);

}  // namespace touchstone::cel
