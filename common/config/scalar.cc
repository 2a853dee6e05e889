#include "common/config/scalar.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/clock/proto_time.h"
#include "common/config/duration_text.h"
#include "common/status/macros.h"
#include "common/text/nearest.h"

namespace touchstone::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kListedNamesMax = 12;

bool IsDuration(const FieldDescriptor& field) {
  return field.message_type() != nullptr && field.message_type()->full_name() == "google.protobuf.Duration";
}

bool IsTimestamp(const FieldDescriptor& field) {
  return field.message_type() != nullptr && field.message_type()->full_name() == "google.protobuf.Timestamp";
}

// The `NAME_KIND_` of NameKind: what the style guide puts before every value.
std::string PrefixOf(const EnumDescriptor& type) {
  std::string prefix;
  for (const char c : type.name()) {
    if (absl::ascii_isupper(c) && !prefix.empty()) prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(c));
  }
  return prefix + "_";
}

absl::Status SetEnum(const FieldDescriptor& field, absl::string_view text, Message& message) {
  const std::string prefix = PrefixOf(*field.enum_type());
  const std::string asked = absl::StrReplaceAll(absl::AsciiStrToUpper(text), {{"-", "_"}});
  std::vector<std::string> names;
  for (int i = 0; i < field.enum_type()->value_count(); ++i) {
    const EnumValueDescriptor& value = *field.enum_type()->value(i);
    const absl::string_view name = absl::StripPrefix(value.name(), prefix);
    if (name == "UNSPECIFIED") continue;
    if (asked == name || asked == value.name()) {
      const Reflection& reflection = *message.GetReflection();
      field.is_repeated() ? reflection.AddEnum(&message, &field, &value) : reflection.SetEnum(&message, &field, &value);
      return absl::OkStatus();
    }
    names.push_back(absl::AsciiStrToLower(name));
  }
  return absl::InvalidArgumentError(absl::StrCat("'", text, "' is no value of '", field.name(), "'",
                                                 text::DidYouMean(text, names), "; expects ", absl::StrJoin(names, ", ")));
}

Message& ValueMessage(const FieldDescriptor& field, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? *reflection.AddMessage(&message, &field) : *reflection.MutableMessage(&message, &field);
}

// CopyFrom by descriptor: the field may be of another pool's Duration.
void SetSecondsAndNanos(int64_t seconds, int32_t nanos, Message& value) {
  const Reflection& reflection = *value.GetReflection();
  reflection.SetInt64(&value, value.GetDescriptor()->FindFieldByName("seconds"), seconds);
  reflection.SetInt32(&value, value.GetDescriptor()->FindFieldByName("nanos"), nanos);
}

absl::Status SetTime(const FieldDescriptor& field, absl::string_view text, Message& message) {
  if (IsDuration(field)) {
    ASSIGN_OR_RETURN(const absl::Duration span, ParseDuration(text));
    const google::protobuf::Duration duration = clock::ToProto(span);
    SetSecondsAndNanos(duration.seconds(), duration.nanos(), ValueMessage(field, message));
    return absl::OkStatus();
  }
  absl::Time time;
  std::string error;
  if (text.empty() || !absl::ascii_isdigit(text[0]) || !absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return absl::InvalidArgumentError("expects a time such as 2026-11-22T07:25:00Z");
  }
  const google::protobuf::Timestamp timestamp = clock::ToProto(time);
  if (clock::TimeFrom(timestamp) != time)
    return absl::InvalidArgumentError("expects a time between the years 1 and 9999, to the nanosecond");
  SetSecondsAndNanos(timestamp.seconds(), timestamp.nanos(), ValueMessage(field, message));
  return absl::OkStatus();
}

absl::Status SetBool(const FieldDescriptor& field, absl::string_view text, Message& message) {
  if (text != "true" && text != "false") return absl::InvalidArgumentError("expects true or false");
  const Reflection& reflection = *message.GetReflection();
  field.is_repeated() ? reflection.AddBool(&message, &field, text == "true")
                      : reflection.SetBool(&message, &field, text == "true");
  return absl::OkStatus();
}

template <typename Number>
absl::Status SetWhole(const FieldDescriptor& field, absl::string_view text, Message& message,
                      void (Reflection::*set)(Message*, const FieldDescriptor*, Number) const,
                      void (Reflection::*add)(Message*, const FieldDescriptor*, Number) const) {
  Number number = 0;
  if (!absl::SimpleAtoi(text, &number)) {
    return absl::InvalidArgumentError(absl::StrCat("expects a whole number",
                                                   std::is_signed_v<Number> ? "" : " that is not negative",
                                                   sizeof(Number) == 4 ? " of 32 bits" : ""));
  }
  (message.GetReflection()->*(field.is_repeated() ? add : set))(&message, &field, number);
  return absl::OkStatus();
}

absl::Status SetReal(const FieldDescriptor& field, absl::string_view text, Message& message) {
  double number = 0;
  if (!absl::SimpleAtod(text, &number) || !std::isfinite(number)) return absl::InvalidArgumentError("expects a number");
  const Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
    if (!std::isfinite(static_cast<float>(number))) return absl::InvalidArgumentError("expects a smaller number");
    field.is_repeated() ? reflection.AddFloat(&message, &field, static_cast<float>(number))
                        : reflection.SetFloat(&message, &field, static_cast<float>(number));
  } else {
    field.is_repeated() ? reflection.AddDouble(&message, &field, number) : reflection.SetDouble(&message, &field, number);
  }
  return absl::OkStatus();
}

}  // namespace

bool IsScalar(const FieldDescriptor& field) {
  return field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || IsDuration(field) || IsTimestamp(field);
}

absl::Status SetScalar(const FieldDescriptor& field, absl::string_view text, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      field.is_repeated() ? reflection.AddString(&message, &field, std::string(text))
                          : reflection.SetString(&message, &field, std::string(text));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_BOOL:
      return SetBool(field, text, message);
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetEnum(field, text, message);
    case FieldDescriptor::CPPTYPE_INT32:
      return SetWhole<int32_t>(field, text, message, &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return SetWhole<int64_t>(field, text, message, &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return SetWhole<uint32_t>(field, text, message, &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return SetWhole<uint64_t>(field, text, message, &Reflection::SetUInt64, &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return SetReal(field, text, message);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return SetTime(field, text, message);
}

std::string UnknownFieldText(const Descriptor& type, absl::string_view name) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  const std::string meant = text::DidYouMean(name, names);
  if (!meant.empty()) return meant;
  const bool all = names.size() <= kListedNamesMax;
  if (!all) names.resize(kListedNamesMax);
  return absl::StrCat("; there are ", absl::StrJoin(names, ", "), all ? "" : ", ...");
}

}  // namespace touchstone::config
