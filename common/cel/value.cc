#include "common/cel/value.h"

#include <limits>

#include "common/cel/field_access.h"
#include "common/cel/time_range.h"

namespace touchstone::cel {

Value Value::Bool(bool value) {
  Value v;
  v.kind_ = Kind::kBool;
  v.first_.boolean = value;
  return v;
}

Value Value::Int(int64_t value) {
  Value v;
  v.kind_ = Kind::kInt;
  v.first_.integer = value;
  return v;
}

Value Value::Uint(uint64_t value) {
  Value v;
  v.kind_ = Kind::kUint;
  v.first_.natural = value;
  return v;
}

Value Value::Double(double value) {
  Value v;
  v.kind_ = Kind::kDouble;
  v.first_.real = value;
  return v;
}

Value Value::String(absl::string_view text) {
  Value v;
  v.kind_ = Kind::kString;
  v.first_.text = text.data();
  v.second_.size = text.size();
  return v;
}

Value Value::Bytes(absl::string_view bytes) {
  Value v = String(bytes);
  v.kind_ = Kind::kBytes;
  return v;
}

Value Value::Timestamp(int64_t seconds, int32_t nanos) {
  if (!IsTimestampInRange(seconds, nanos)) return Error(EvaluationError::kTimestampRange);
  Value v = Int(seconds);
  v.kind_ = Kind::kTimestamp;
  v.nanos_ = nanos;
  return v;
}

Value Value::Timestamp(absl::Time time) {
  if (time == absl::InfiniteFuture() || time == absl::InfinitePast()) return Error(EvaluationError::kTimestampRange);
  const int64_t seconds = absl::ToUnixSeconds(time);  // Rounds down.
  return Timestamp(seconds, static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

Value Value::DurationNanos(int64_t nanos) {
  Value v = Int(nanos);
  v.kind_ = Kind::kDuration;
  return v;
}

Value Value::Duration(absl::Duration duration) {
  if (duration > absl::Nanoseconds(std::numeric_limits<int64_t>::max()) ||
      duration < absl::Nanoseconds(std::numeric_limits<int64_t>::min())) {
    return Error(EvaluationError::kDurationRange);
  }
  return DurationNanos(absl::ToInt64Nanoseconds(duration));
}

Value Value::Message(const google::protobuf::Message* message) {
  using google::protobuf::Descriptor;
  const Descriptor* descriptor = message->GetDescriptor();
  const Descriptor::WellKnownType type = descriptor->well_known_type();
  if (type != Descriptor::WELLKNOWNTYPE_UNSPECIFIED && type != Descriptor::WELLKNOWNTYPE_FIELDMASK)
    return ReadWellKnown(*message);
  Value v;
  v.kind_ = Kind::kMessage;
  v.first_.message = message;
  v.second_.descriptor = descriptor;
  return v;
}

Value Value::List(absl::Span<const Value> elements) {
  Value v;
  v.kind_ = Kind::kList;
  v.first_.elements = elements.data();
  v.second_.size = elements.size();
  return v;
}

Value Value::Map(absl::Span<const MapEntry> entries) {
  Value v;
  v.kind_ = Kind::kMap;
  v.first_.entries = entries.data();
  v.second_.size = entries.size();
  return v;
}

Value Value::RepeatedField(const google::protobuf::Message* message, const google::protobuf::FieldDescriptor* field) {
  Value v;
  v.kind_ = field->is_map() ? Kind::kMap : Kind::kList;
  v.is_field_ = true;
  v.first_.message = message;
  v.second_.field = field;
  return v;
}

Value Value::Error(EvaluationError error, const Node* node) {
  Value v;
  v.kind_ = Kind::kError;
  v.error_ = error;
  v.first_.node = node;
  return v;
}

absl::Time Value::time() const { return absl::FromUnixSeconds(seconds()) + absl::Nanoseconds(nanos_); }

absl::Duration Value::duration() const { return absl::Nanoseconds(duration_nanos()); }

size_t Value::size() const {
  if (!is_field_) return second_.size;
  return static_cast<size_t>(first_.message->GetReflection()->FieldSize(*first_.message, second_.field));
}

Value Value::At(size_t index) const {
  if (!is_field_) return first_.elements[index];
  return ReadElement(*first_.message, second_.field, static_cast<int>(index));
}

MapEntry Value::EntryAt(size_t index) const {
  if (!is_field_) return first_.entries[index];
  return ReadEntry(*first_.message, second_.field, static_cast<int>(index));
}

absl::optional<Value> Value::Find(const Value& key) const {
  const size_t entries = size();
  for (size_t i = 0; i < entries; ++i) {
    if (!is_field_) {
      if (Equal(first_.entries[i].key, key)) return first_.entries[i].value;
    } else if (Equal(ReadEntryKey(*first_.message, second_.field, static_cast<int>(i)), key)) {
      return ReadEntry(*first_.message, second_.field, static_cast<int>(i)).value;
    }
  }
  return absl::nullopt;
}

}  // namespace touchstone::cel
