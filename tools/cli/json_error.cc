#include "tools/cli/json_error.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/text/nearest.h"
#include "tools/cli/enum_word.h"
#include "tools/cli/text_width.h"

namespace touchstone::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

std::vector<std::string> FieldNames(const Descriptor& descriptor) {
  std::vector<std::string> names;
  for (int i = 0; i < descriptor.field_count(); ++i) names.push_back(descriptor.field(i)->name());
  return names;
}

std::string NoneOf(const EnumDescriptor& descriptor, absl::string_view value) {
  std::vector<std::string> words;
  for (int i = 1; i < descriptor.value_count(); ++i) words.push_back(descriptor.value(i)->name());
  const absl::string_view word = absl::StripSuffix(absl::StripPrefix(value, "\""), "\"");
  // `web` is as near to CHANNEL_WEB as can be, though not by its letters.
  const absl::StatusOr<int> meant = ParseEnumWord(descriptor, word);
  return absl::StrCat("is none of ", absl::StrJoin(words, ", "),
                      meant.ok() ? absl::StrCat("; did you mean '", descriptor.FindValueByNumber(*meant)->name(), "'?")
                                 : text::DidYouMean(word, words));
}

// What the value should have been, by the type that protobuf names.
std::string Instead(absl::string_view type, absl::string_view value) {
  const std::string name(absl::StripPrefix(type, "type.googleapis.com/"));
  if (name == "google.protobuf.Timestamp") return "is no time: write \"2026-11-22T07:25:00Z\"";
  if (name == "google.protobuf.Duration") return "is no span: write \"90s\"";
  const DescriptorPool& pool = *DescriptorPool::generated_pool();
  if (const EnumDescriptor* of_enum = pool.FindEnumTypeByName(name); of_enum != nullptr) return NoneOf(*of_enum, value);
  if (const Descriptor* of_message = pool.FindMessageTypeByName(name); of_message != nullptr)
    return absl::StrCat("is no object of ", absl::StrJoin(FieldNames(*of_message), ", "));
  return absl::StrCat("is no ", absl::AsciiStrToLower(absl::StripPrefix(name, "TYPE_")));
}

// The message at `names[0].x`; null where there is none.
const Descriptor* MessageAt(const Descriptor* descriptor, absl::string_view path) {
  for (const absl::string_view part : absl::StrSplit(path, '.', absl::SkipEmpty())) {
    const FieldDescriptor* field = descriptor->FindFieldByName(std::string(part.substr(0, part.find('['))));
    descriptor = field == nullptr ? nullptr : field->message_type();
    if (descriptor == nullptr) return nullptr;
  }
  return descriptor;
}

// `chanel: Cannot find field.`, `path` being of the message that it is looked for in.
std::string UnknownField(absl::string_view path, absl::string_view field, const Descriptor& descriptor) {
  const Descriptor* message = MessageAt(&descriptor, path);
  return absl::StrCat(path, path.empty() ? "" : ".", field, ": is no field of it",
                      message == nullptr ? "" : text::DidYouMean(field, FieldNames(*message)));
}

}  // namespace

std::string JsonErrorText(absl::string_view error, const Descriptor& descriptor) {
  // `(path): invalid value VALUE for type TYPE`, `(path) FIELD: Cannot find field.`, `FIELD: Cannot find field.`.
  absl::string_view path;
  absl::string_view rest = error;
  if (const size_t end = rest.find(')'); absl::ConsumePrefix(&rest, "(") && end != absl::string_view::npos) {
    path = error.substr(1, end - 1);
    rest = error.substr(end + 1);
  }
  if (absl::ConsumeSuffix(&rest, ": Cannot find field."))
    return UnknownField(path, absl::StripLeadingAsciiWhitespace(rest), descriptor);
  const size_t type = rest.rfind(" for type ");
  if (!absl::ConsumePrefix(&rest, ": invalid value ") || type == absl::string_view::npos)
    return Wrapped(absl::StripPrefix(error, ": "), kUnboundedWidth, 0);
  const absl::string_view value = rest.substr(0, rest.rfind(" for type "));
  const absl::string_view of = rest.substr(rest.rfind(" for type ") + absl::string_view(" for type ").size());
  // Of times protobuf repeats the field before the value.
  const std::string said = absl::StartsWith(value, "Field '") ? "" : absl::StrCat(Fitted(value, kUnboundedWidth), " ");
  return absl::StrCat(path, ": ", said, Instead(of, value));
}

}  // namespace touchstone::cli
