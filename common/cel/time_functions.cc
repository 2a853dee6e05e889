#include <limits>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/cel/evaluation.h"
#include "common/cel/functions.h"
#include "common/cel/node.h"
#include "common/cel/time_range.h"

namespace touchstone::cel {
namespace {

constexpr int64_t kNanosPerMillisecond = 1'000'000;

Value DurationRange() { return Value::Error(EvaluationError::kDurationRange); }

Value MoveTimestamp(const Value& timestamp, int64_t nanos) {
  int64_t seconds = timestamp.seconds() + nanos / kNanosPerSecond;
  int64_t rest = timestamp.nanos() + nanos % kNanosPerSecond;
  if (rest < 0) --seconds, rest += kNanosPerSecond;
  if (rest >= kNanosPerSecond) ++seconds, rest -= kNanosPerSecond;
  return Value::Timestamp(seconds, static_cast<int32_t>(rest));
}

Value AddTimestampDuration(const Node&, Evaluation&, const Value* a) { return MoveTimestamp(a[0], a[1].duration_nanos()); }
Value AddDurationTimestamp(const Node&, Evaluation&, const Value* a) { return MoveTimestamp(a[1], a[0].duration_nanos()); }
Value SubtractTimestampDuration(const Node&, Evaluation&, const Value* a) {
  // The least duration has no negative: go there in two steps.
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  if (a[1].duration_nanos() != kLeast) return MoveTimestamp(a[0], -a[1].duration_nanos());
  const Value nearly = MoveTimestamp(a[0], std::numeric_limits<int64_t>::max());
  return nearly.IsError() ? nearly : MoveTimestamp(nearly, 1);
}
Value SubtractTimestamps(const Node&, Evaluation&, const Value* a) {
  int64_t nanos = 0;
  // Both are within 10,000 years: the seconds cannot overflow, the nanoseconds can.
  if (__builtin_mul_overflow(a[0].seconds() - a[1].seconds(), kNanosPerSecond, &nanos) ||
      __builtin_add_overflow(nanos, int64_t{a[0].nanos()} - a[1].nanos(), &nanos)) {
    return DurationRange();
  }
  return Value::DurationNanos(nanos);
}
Value AddDurations(const Node&, Evaluation&, const Value* a) {
  int64_t sum = 0;
  return __builtin_add_overflow(a[0].duration_nanos(), a[1].duration_nanos(), &sum) ? DurationRange() : Value::DurationNanos(sum);
}
Value SubtractDurations(const Node&, Evaluation&, const Value* a) {
  int64_t difference = 0;
  return __builtin_sub_overflow(a[0].duration_nanos(), a[1].duration_nanos(), &difference) ? DurationRange()
                                                                                           : Value::DurationNanos(difference);
}

// --- parts of a timestamp, in the zone of the call ---

absl::CivilSecond Civil(const Node& node, const Value& timestamp) {
  return absl::ToCivilSecond(absl::FromUnixSeconds(timestamp.seconds()), node.zone);
}

Value FullYear(const Node& node, Evaluation&, const Value* a) { return Value::Int(Civil(node, a[0]).year()); }
Value Month(const Node& node, Evaluation&, const Value* a) { return Value::Int(Civil(node, a[0]).month() - 1); }
Value Date(const Node& node, Evaluation&, const Value* a) { return Value::Int(Civil(node, a[0]).day()); }
Value DayOfMonth(const Node& node, Evaluation&, const Value* a) { return Value::Int(Civil(node, a[0]).day() - 1); }
Value DayOfWeek(const Node& node, Evaluation&, const Value* a) {
  // Abseil counts from Monday, CEL from Sunday.
  return Value::Int((static_cast<int>(absl::GetWeekday(Civil(node, a[0]))) + 1) % 7);
}
Value DayOfYear(const Node& node, Evaluation&, const Value* a) {
  return Value::Int(absl::GetYearDay(absl::CivilDay(Civil(node, a[0]))) - 1);
}
Value Hours(const Node& node, Evaluation&, const Value* a) { return Value::Int(Civil(node, a[0]).hour()); }
Value Minutes(const Node& node, Evaluation&, const Value* a) { return Value::Int(Civil(node, a[0]).minute()); }
Value Seconds(const Node& node, Evaluation&, const Value* a) { return Value::Int(Civil(node, a[0]).second()); }
Value Milliseconds(const Node&, Evaluation&, const Value* a) { return Value::Int(a[0].nanos() / kNanosPerMillisecond); }

// --- a duration in whole units; its milliseconds are only the part below a second ---

Value DurationHours(const Node&, Evaluation&, const Value* a) {
  return Value::Int(a[0].duration_nanos() / kNanosPerSecond / 3600);
}
Value DurationMinutes(const Node&, Evaluation&, const Value* a) {
  return Value::Int(a[0].duration_nanos() / kNanosPerSecond / 60);
}
Value DurationSeconds(const Node&, Evaluation&, const Value* a) { return Value::Int(a[0].duration_nanos() / kNanosPerSecond); }
Value DurationMilliseconds(const Node&, Evaluation&, const Value* a) {
  return Value::Int(a[0].duration_nanos() % kNanosPerSecond / kNanosPerMillisecond);
}

void AddAccessor(absl::string_view name, Implementation run, std::vector<Overload>& overloads) {
  overloads.push_back({name, CallStyle::kReceiver, {Kind::kTimestamp}, Kind::kInt, run});
  overloads.push_back({name, CallStyle::kReceiver, {Kind::kTimestamp, Kind::kString}, Kind::kInt, run});
}

}  // namespace

std::vector<Overload> TimeOverloads() {
  std::vector<Overload> overloads = {
      {"+", CallStyle::kOperator, {Kind::kTimestamp, Kind::kDuration}, Kind::kTimestamp, AddTimestampDuration},
      {"+", CallStyle::kOperator, {Kind::kDuration, Kind::kTimestamp}, Kind::kTimestamp, AddDurationTimestamp},
      {"+", CallStyle::kOperator, {Kind::kDuration, Kind::kDuration}, Kind::kDuration, AddDurations},
      {"-", CallStyle::kOperator, {Kind::kTimestamp, Kind::kDuration}, Kind::kTimestamp, SubtractTimestampDuration},
      {"-", CallStyle::kOperator, {Kind::kTimestamp, Kind::kTimestamp}, Kind::kDuration, SubtractTimestamps},
      {"-", CallStyle::kOperator, {Kind::kDuration, Kind::kDuration}, Kind::kDuration, SubtractDurations},
      {"getHours", CallStyle::kReceiver, {Kind::kDuration}, Kind::kInt, DurationHours},
      {"getMinutes", CallStyle::kReceiver, {Kind::kDuration}, Kind::kInt, DurationMinutes},
      {"getSeconds", CallStyle::kReceiver, {Kind::kDuration}, Kind::kInt, DurationSeconds},
      {"getMilliseconds", CallStyle::kReceiver, {Kind::kDuration}, Kind::kInt, DurationMilliseconds},
  };
  AddAccessor("getFullYear", FullYear, overloads);
  AddAccessor("getMonth", Month, overloads);
  AddAccessor("getDate", Date, overloads);
  AddAccessor("getDayOfMonth", DayOfMonth, overloads);
  AddAccessor("getDayOfWeek", DayOfWeek, overloads);
  AddAccessor("getDayOfYear", DayOfYear, overloads);
  AddAccessor("getHours", Hours, overloads);
  AddAccessor("getMinutes", Minutes, overloads);
  AddAccessor("getSeconds", Seconds, overloads);
  AddAccessor("getMilliseconds", Milliseconds, overloads);
  return overloads;
}

}  // namespace touchstone::cel
