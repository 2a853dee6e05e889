#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/cel/evaluation.h"
#include "common/cel/functions.h"
#include "common/cel/number_text.h"
#include "common/cel/time_text.h"
#include "common/cel/utf8.h"

namespace touchstone::cel {
namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

Value OutOfRange() { return Value::Error(EvaluationError::kConversionRange); }
Value NotConvertible() { return Value::Error(EvaluationError::kNotConvertible); }

Value Same(const Node&, Evaluation&, const Value* a) { return a[0]; }

// Digits with a sign before them if `sign` allows it: Abseil's readers also skip white space.
bool IsWholeNumber(absl::string_view text, bool sign) {
  if (sign && !absl::ConsumePrefix(&text, "-")) absl::ConsumePrefix(&text, "+");
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

// --- to int ---

Value UintToInt(const Node&, Evaluation&, const Value* a) {
  const uint64_t value = a[0].uint_value();
  return value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) ? OutOfRange()
                                                                            : Value::Int(static_cast<int64_t>(value));
}
// Toward zero. CEL leaves both ends out, so that no platform's rounding shows.
Value DoubleToInt(const Node&, Evaluation&, const Value* a) {
  const double value = a[0].double_value();
  return value > -kTwoTo63 && value < kTwoTo63 ? Value::Int(static_cast<int64_t>(value)) : OutOfRange();
}
Value StringToInt(const Node&, Evaluation&, const Value* a) {
  int64_t value = 0;
  if (!IsWholeNumber(a[0].text(), true)) return NotConvertible();
  return absl::SimpleAtoi(a[0].text(), &value) ? Value::Int(value) : OutOfRange();
}
Value TimestampToInt(const Node&, Evaluation&, const Value* a) { return Value::Int(a[0].seconds()); }

// --- to uint ---

Value IntToUint(const Node&, Evaluation&, const Value* a) {
  return a[0].int_value() < 0 ? OutOfRange() : Value::Uint(static_cast<uint64_t>(a[0].int_value()));
}
Value DoubleToUint(const Node&, Evaluation&, const Value* a) {
  const double value = a[0].double_value();
  return value >= 0 && value < kTwoTo64 ? Value::Uint(static_cast<uint64_t>(value)) : OutOfRange();
}
Value StringToUint(const Node&, Evaluation&, const Value* a) {
  uint64_t value = 0;
  if (!IsWholeNumber(a[0].text(), false)) return NotConvertible();
  return absl::SimpleAtoi(a[0].text(), &value) ? Value::Uint(value) : OutOfRange();
}

// --- to double ---

Value IntToDouble(const Node&, Evaluation&, const Value* a) { return Value::Double(static_cast<double>(a[0].int_value())); }
Value UintToDouble(const Node&, Evaluation&, const Value* a) { return Value::Double(static_cast<double>(a[0].uint_value())); }
Value StringToDouble(const Node&, Evaluation&, const Value* a) {
  double value = 0;
  const absl::string_view text = a[0].text();
  if (text.empty() || absl::ascii_isspace(text.front()) || absl::ascii_isspace(text.back()) || !absl::SimpleAtod(text, &value)) {
    return NotConvertible();
  }
  const bool says_infinite = text.find_first_of("iI") != absl::string_view::npos;
  return std::isinf(value) && !says_infinite ? OutOfRange() : Value::Double(value);
}

// --- to string, bytes, bool ---

Value BoolToString(const Node&, Evaluation&, const Value* a) { return Value::String(a[0].bool_value() ? "true" : "false"); }
Value IntToString(const Node&, Evaluation& evaluation, const Value* a) {
  return evaluation.NewString(absl::StrCat(a[0].int_value()));
}
Value UintToString(const Node&, Evaluation& evaluation, const Value* a) {
  return evaluation.NewString(absl::StrCat(a[0].uint_value()));
}
Value DoubleToString(const Node&, Evaluation& evaluation, const Value* a) {
  return evaluation.NewString(FormatDouble(a[0].double_value()));
}
Value BytesToString(const Node&, Evaluation&, const Value* a) {
  return IsValidUtf8(a[0].text()) ? Value::String(a[0].text()) : Value::Error(EvaluationError::kInvalidUtf8);
}
Value TimestampToString(const Node&, Evaluation& evaluation, const Value* a) {
  return evaluation.NewString(FormatTimestamp(a[0]));
}
Value DurationToString(const Node&, Evaluation& evaluation, const Value* a) { return evaluation.NewString(FormatDuration(a[0])); }
Value StringToBytes(const Node&, Evaluation&, const Value* a) { return Value::Bytes(a[0].text()); }
Value StringToBool(const Node&, Evaluation&, const Value* a) {
  const absl::string_view text = a[0].text();
  for (absl::string_view yes : {"1", "t", "T", "true", "True", "TRUE"}) {
    if (text == yes) return Value::Bool(true);
  }
  for (absl::string_view no : {"0", "f", "F", "false", "False", "FALSE"}) {
    if (text == no) return Value::Bool(false);
  }
  return NotConvertible();
}

Value StringToTimestamp(const Node&, Evaluation&, const Value* a) { return ParseTimestamp(a[0].text()); }
Value StringToDuration(const Node&, Evaluation&, const Value* a) { return ParseDuration(a[0].text()); }

Overload To(absl::string_view name, Kind result, Kind from, Implementation run) {
  return {name, CallStyle::kGlobal, {from}, result, from == result ? Same : run};
}

}  // namespace

std::vector<Overload> ConversionOverloads() {
  return {
      To("bool", Kind::kBool, Kind::kBool, Same),
      To("bool", Kind::kBool, Kind::kString, StringToBool),
      To("bytes", Kind::kBytes, Kind::kBytes, Same),
      To("bytes", Kind::kBytes, Kind::kString, StringToBytes),
      To("double", Kind::kDouble, Kind::kDouble, Same),
      To("double", Kind::kDouble, Kind::kInt, IntToDouble),
      To("double", Kind::kDouble, Kind::kUint, UintToDouble),
      To("double", Kind::kDouble, Kind::kString, StringToDouble),
      To("duration", Kind::kDuration, Kind::kDuration, Same),
      To("duration", Kind::kDuration, Kind::kString, StringToDuration),
      To("int", Kind::kInt, Kind::kInt, Same),
      To("int", Kind::kInt, Kind::kUint, UintToInt),
      To("int", Kind::kInt, Kind::kDouble, DoubleToInt),
      To("int", Kind::kInt, Kind::kString, StringToInt),
      To("int", Kind::kInt, Kind::kTimestamp, TimestampToInt),
      To("string", Kind::kString, Kind::kString, Same),
      To("string", Kind::kString, Kind::kBool, BoolToString),
      To("string", Kind::kString, Kind::kInt, IntToString),
      To("string", Kind::kString, Kind::kUint, UintToString),
      To("string", Kind::kString, Kind::kDouble, DoubleToString),
      To("string", Kind::kString, Kind::kBytes, BytesToString),
      To("string", Kind::kString, Kind::kTimestamp, TimestampToString),
      To("string", Kind::kString, Kind::kDuration, DurationToString),
      To("timestamp", Kind::kTimestamp, Kind::kTimestamp, Same),
      To("timestamp", Kind::kTimestamp, Kind::kString, StringToTimestamp),
      To("uint", Kind::kUint, Kind::kUint, Same),
      To("uint", Kind::kUint, Kind::kInt, IntToUint),
      To("uint", Kind::kUint, Kind::kDouble, DoubleToUint),
      To("uint", Kind::kUint, Kind::kString, StringToUint),
  };
}

}  // namespace touchstone::cel
