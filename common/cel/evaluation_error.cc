#include "common/cel/evaluation_error.h"

namespace touchstone::cel {

absl::StatusCode CodeOf(EvaluationError error) {
  switch (error) {
    case EvaluationError::kIndexOutOfRange:
    case EvaluationError::kIntegerOverflow:
    case EvaluationError::kTimestampRange:
    case EvaluationError::kDurationRange:
    case EvaluationError::kConversionRange:
      return absl::StatusCode::kOutOfRange;
    case EvaluationError::kTooManySteps:
    case EvaluationError::kTooLarge:
      return absl::StatusCode::kResourceExhausted;
    default:
      return absl::StatusCode::kInvalidArgument;
  }
}

absl::string_view MessageOf(EvaluationError error) {
  switch (error) {
    case EvaluationError::kNoSuchOverload:
      return "not defined for values of these types";
    case EvaluationError::kNoSuchField:
      return "no such field";
    case EvaluationError::kNoSuchKey:
      return "no such key";
    case EvaluationError::kIndexOutOfRange:
      return "index out of range";
    case EvaluationError::kDivisionByZero:
      return "division by zero";
    case EvaluationError::kModulusByZero:
      return "modulus by zero";
    case EvaluationError::kIntegerOverflow:
      return "integer overflow";
    case EvaluationError::kTimestampRange:
      return "timestamp out of range (years 1 to 9999)";
    case EvaluationError::kDurationRange:
      return "duration out of range (about 292 years)";
    case EvaluationError::kConversionRange:
      return "the value is out of the range of the type it is converted to";
    case EvaluationError::kNotConvertible:
      return "the text does not read as a value of this type";
    case EvaluationError::kInvalidUtf8:
      return "the bytes are not UTF-8";
    case EvaluationError::kDuplicateKey:
      return "the same key twice in a map";
    case EvaluationError::kBadKey:
      return "a map's key is an int, uint, bool or string";
    case EvaluationError::kUnbound:
      return "no value was given for this variable";
    case EvaluationError::kTooManySteps:
      return "takes more steps than one evaluation may";
    case EvaluationError::kTooLarge:
      return "builds more than one evaluation may";
    case EvaluationError::kLeftOut:
      return "google.protobuf.Any, Struct, Value and ListValue are left out of this CEL";
  }
  return "?";
}

}  // namespace touchstone::cel
