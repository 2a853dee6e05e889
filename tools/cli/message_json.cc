#include "tools/cli/message_json.h"

#include <google/protobuf/util/json_util.h>

#include "absl/strings/str_cat.h"
#include "common/status/invariant.h"
#include "tools/cli/json_error.h"

namespace touchstone::cli {

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
  const std::string why = JsonErrorText({words.data(), words.size()}, *message.GetDescriptor());
  return absl::InvalidArgumentError(absl::StrCat("is no JSON of a ", message.GetDescriptor()->name(), ": ", why));
}

}  // namespace touchstone::cli
