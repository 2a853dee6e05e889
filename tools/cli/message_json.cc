#include "tools/cli/message_json.h"

#include <google/protobuf/util/json_util.h>

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/config/diagnostic.h"
#include "common/status/invariant.h"
#include "tools/cli/json_error.h"

namespace touchstone::cli {
namespace {

// Of a fault of the JSON itself protobuf shows a few bytes around the place, and a caret below: `Unexpected token.\nx}\n^`. The
// same with the place in the whole text; nothing where that is not what it says.
std::optional<std::string> SyntaxErrorText(absl::string_view text, absl::string_view words) {
  const size_t caret_line = words.rfind('\n');
  if (caret_line == absl::string_view::npos || !absl::EndsWith(words, "^")) return std::nullopt;
  const size_t message_end = words.find('\n');
  if (message_end == caret_line) return std::nullopt;
  const absl::string_view shown = words.substr(message_end + 1, caret_line - message_end - 1);
  const size_t before = words.size() - caret_line - 2;
  const size_t begin = text.find(shown);
  // Rather no place than another that looks the same.
  if (begin == absl::string_view::npos || begin != text.rfind(shown)) return std::nullopt;
  config::Diagnostic place = config::Diagnostic::FromOffset(text, begin + before);
  place.message = std::string(words.substr(0, message_end));
  return std::string(absl::StripPrefix(place.Render(), ":"));
}

}  // namespace

std::string JsonLine(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  INVARIANT(status.ok(), "a message that was parsed has a JSON form");
  return text;
}

absl::Status ParseJson(absl::string_view text, google::protobuf::Message& message) {
  const auto status = google::protobuf::util::JsonStringToMessage({text.data(), text.size()}, &message);
  if (status.ok()) return absl::OkStatus();
  const auto words = status.message();
  const absl::string_view said(words.data(), words.size());
  const std::string why = SyntaxErrorText(text, said).value_or(JsonErrorText(said, *message.GetDescriptor()));
  return absl::InvalidArgumentError(absl::StrCat("is no JSON of a ", message.GetDescriptor()->name(), ": ", why));
}

}  // namespace touchstone::cli
