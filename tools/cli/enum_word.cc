#include "tools/cli/enum_word.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/text/nearest.h"

namespace touchstone::cli {
namespace {

using google::protobuf::EnumDescriptor;

// `CHANNEL_`: the zero value is this and UNSPECIFIED.
std::string PrefixOf(const EnumDescriptor& descriptor) {
  return std::string(absl::StripSuffix(descriptor.FindValueByNumber(0)->name(), "UNSPECIFIED"));
}

// As it is typed: `less-than-zero`.
std::string Typed(const EnumDescriptor& descriptor, const google::protobuf::EnumValueDescriptor& value) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripPrefix(value.name(), PrefixOf(descriptor))), {{"_", "-"}});
}

}  // namespace

std::string EnumWord(const EnumDescriptor& descriptor, int number) {
  if (number == 0) return "";
  const google::protobuf::EnumValueDescriptor* value = descriptor.FindValueByNumber(number);
  if (value == nullptr) return absl::StrCat(number);
  return absl::StrReplaceAll(Typed(descriptor, *value), {{"-", " "}});
}

absl::StatusOr<int> ParseEnumWord(const EnumDescriptor& descriptor, absl::string_view word) {
  const std::string wanted = absl::StrReplaceAll(absl::AsciiStrToLower(word), {{"_", "-"}, {" ", "-"}});
  std::vector<std::string> words;
  for (int i = 0; i < descriptor.value_count(); ++i) {
    const google::protobuf::EnumValueDescriptor& value = *descriptor.value(i);
    if (value.number() == 0) continue;
    const std::string typed = Typed(descriptor, value);
    if (wanted == typed || absl::EqualsIgnoreCase(word, value.name())) return value.number();
    words.push_back(typed);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", word, "' is none of ", absl::StrJoin(words, ", "), text::DidYouMean(wanted, words)));
}

}  // namespace touchstone::cli
