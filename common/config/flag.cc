#include "common/config/flag.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/config/scalar.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/text/utf8.h"

namespace touchstone::config {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

absl::Status SetList(const FieldDescriptor& field, absl::string_view value, Message& message) {
  message.GetReflection()->ClearField(&message, &field);
  if (value.empty()) return absl::OkStatus();
  for (const absl::string_view item : absl::StrSplit(value, ',')) RETURN_IF_ERROR(SetScalar(field, item, message));
  return absl::OkStatus();
}

// The entry of a key, added where there is none. Keys are compared as text, which is how they were written.
absl::Status SetEntry(const FieldDescriptor& field, absl::string_view key, absl::string_view value, Message& message) {
  const FieldDescriptor& value_field = *field.message_type()->map_value();
  if (!IsScalar(value_field)) return absl::InvalidArgumentError("is a map of groups of settings: set it in the file");
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor& key_field = *field.message_type()->map_key();
  if (key_field.cpp_type() != FieldDescriptor::CPPTYPE_STRING)
    return absl::InvalidArgumentError("is a map by number: set it in the file");
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    Message& entry = *reflection.MutableRepeatedMessage(&message, &field, i);
    if (entry.GetReflection()->GetString(entry, &key_field) == key) return SetScalar(value_field, value, entry);
  }
  Message& entry = *reflection.AddMessage(&message, &field);
  RETURN_IF_ERROR(SetScalar(key_field, key, entry));
  return SetScalar(value_field, value, entry);
}

absl::Status SetAt(absl::string_view path, absl::string_view value, Message& message) {
  const std::pair<absl::string_view, absl::string_view> split = absl::StrSplit(path, absl::MaxSplits('.', 1));
  const auto& [name, rest] = split;
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  if (field == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown field '", name, "'", UnknownFieldText(*message.GetDescriptor(), name)));
  }
  if (field->is_map()) {
    if (rest.empty()) return absl::InvalidArgumentError("is a map: write its key behind a dot");
    return SetEntry(*field, rest, value, message);
  }
  if (!IsScalar(*field)) {
    if (field->is_repeated()) return absl::InvalidArgumentError("is a list of groups of settings: set it in the file");
    if (rest.empty())
      return absl::InvalidArgumentError(absl::StrCat("is a group of settings", UnknownFieldText(*field->message_type(), "")));
    return SetAt(rest, value, *message.GetReflection()->MutableMessage(&message, field));
  }
  if (!rest.empty()) return absl::InvalidArgumentError(absl::StrCat("'", name, "' is a single setting: nothing follows it"));
  return field->is_repeated() ? SetList(*field, value, message) : SetScalar(*field, value, message);
}

}  // namespace

absl::Status ApplyFlag(google::protobuf::Message* message, absl::string_view flag) {
  const size_t equals = flag.find('=');
  if (equals == absl::string_view::npos || equals == 0) {
    return absl::InvalidArgumentError("a setting on the command line is written path=value, as in pack=retail");
  }
  const absl::string_view path = flag.substr(0, equals);
  if (!text::IsValidUtf8(flag)) return absl::InvalidArgumentError("a setting on the command line is not valid UTF-8");
  const std::unique_ptr<Message> changed(message->New());
  changed->CopyFrom(*message);
  const absl::Status set = SetAt(path, flag.substr(equals + 1), *changed);
  if (set.ok()) message->GetReflection()->Swap(message, changed.get());
  return status::Annotated(set, path);
}

}  // namespace touchstone::config
