#include "common/cel/field_access.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <limits>

#include "common/cel/time_range.h"

namespace touchstone::cel {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

struct SecondsAndNanos {
  int64_t seconds = 0;
  int32_t nanos = 0;
};

// Of a Timestamp or a Duration, generated or dynamic.
template <typename Generated>
SecondsAndNanos ReadTime(const Message& message) {
  const Reflection* reflection = message.GetReflection();
  if (reflection == Generated::default_instance().GetReflection()) {
    const auto& generated = static_cast<const Generated&>(message);
    return {generated.seconds(), generated.nanos()};
  }
  const Descriptor* descriptor = message.GetDescriptor();
  return {reflection->GetInt64(message, descriptor->FindFieldByNumber(1)),
          reflection->GetInt32(message, descriptor->FindFieldByNumber(2))};
}

Value ReadDuration(const Message& message) {
  const SecondsAndNanos parts = ReadTime<google::protobuf::Duration>(message);
  int64_t nanos = 0;
  if (__builtin_mul_overflow(parts.seconds, kNanosPerSecond, &nanos) ||
      __builtin_add_overflow(nanos, int64_t{parts.nanos}, &nanos)) {
    return Value::Error(EvaluationError::kDurationRange);
  }
  return Value::DurationNanos(nanos);
}

bool IsWrapper(const Descriptor* descriptor) {
  const Descriptor::WellKnownType type = descriptor->well_known_type();
  return type >= Descriptor::WELLKNOWNTYPE_DOUBLEVALUE && type <= Descriptor::WELLKNOWNTYPE_BOOLVALUE;
}

Value ReadMessageField(const Message& message, const Reflection* reflection, const FieldDescriptor* field) {
  if (!reflection->HasField(message, field) && IsWrapper(field->message_type())) return Value::Null();
  return Value::Message(&reflection->GetMessage(message, field));
}

Value StringOf(const FieldDescriptor* field, const std::string& text) {
  return field->type() == FieldDescriptor::TYPE_BYTES ? Value::Bytes(text) : Value::String(text);
}

// Reflection wants a place for strings that are not stored as std::string. This protobuf stores all of them so, and
// leaves the place alone: a view of the returned reference is one of the message.
std::string* NeverCopied() {
  static thread_local std::string scratch;
  return &scratch;
}

}  // namespace

Value ReadField(const Message& message, const FieldDescriptor* field) {
  if (field->is_repeated()) return Value::RepeatedField(&message, field);
  const Reflection* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Value::Int(reflection->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return Value::Int(reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value::Uint(reflection->GetUInt32(message, field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Value::Uint(reflection->GetUInt64(message, field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Value::Double(reflection->GetFloat(message, field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Value::Double(reflection->GetDouble(message, field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value::Bool(reflection->GetBool(message, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return Value::Int(reflection->GetEnumValue(message, field));
    case FieldDescriptor::CPPTYPE_STRING:
      return StringOf(field, reflection->GetStringReference(message, field, NeverCopied()));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ReadMessageField(message, reflection, field);
  }
  return Value::Error(EvaluationError::kNoSuchField);
}

bool HasField(const Message& message, const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  return field->is_repeated() ? reflection->FieldSize(message, field) > 0 : reflection->HasField(message, field);
}

Value ReadElement(const Message& message, const FieldDescriptor* field, int index) {
  const Reflection* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Value::Int(reflection->GetRepeatedInt32(message, field, index));
    case FieldDescriptor::CPPTYPE_INT64:
      return Value::Int(reflection->GetRepeatedInt64(message, field, index));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value::Uint(reflection->GetRepeatedUInt32(message, field, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Value::Uint(reflection->GetRepeatedUInt64(message, field, index));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Value::Double(reflection->GetRepeatedFloat(message, field, index));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Value::Double(reflection->GetRepeatedDouble(message, field, index));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value::Bool(reflection->GetRepeatedBool(message, field, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return Value::Int(reflection->GetRepeatedEnumValue(message, field, index));
    case FieldDescriptor::CPPTYPE_STRING:
      return StringOf(field, reflection->GetRepeatedStringReference(message, field, index, NeverCopied()));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Value::Message(&reflection->GetRepeatedMessage(message, field, index));
  }
  return Value::Error(EvaluationError::kNoSuchField);
}

Value ReadEntryKey(const Message& message, const FieldDescriptor* field, int index) {
  return ReadField(message.GetReflection()->GetRepeatedMessage(message, field, index), field->message_type()->map_key());
}

MapEntry ReadEntry(const Message& message, const FieldDescriptor* field, int index) {
  const Message& entry = message.GetReflection()->GetRepeatedMessage(message, field, index);
  const FieldDescriptor* value = field->message_type()->map_value();
  // A value of a map is there, even where its wrapper is all default.
  if (value->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return {ReadField(entry, field->message_type()->map_key()), Value::Message(&entry.GetReflection()->GetMessage(entry, value))};
  }
  return {ReadField(entry, field->message_type()->map_key()), ReadField(entry, value)};
}

Value ReadWellKnown(const Message& message) {
  const Descriptor* descriptor = message.GetDescriptor();
  switch (descriptor->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP: {
      const SecondsAndNanos parts = ReadTime<google::protobuf::Timestamp>(message);
      return Value::Timestamp(parts.seconds, parts.nanos);
    }
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return ReadDuration(message);
    default:
      break;
  }
  if (IsWrapper(descriptor)) return ReadField(message, descriptor->FindFieldByNumber(1));
  return Value::Error(EvaluationError::kLeftOut);
}

}  // namespace touchstone::cel
