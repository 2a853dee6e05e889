#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace touchstone::cli {

// One line without its end: protobuf's JSON with the field names of the contracts. Fields that are not set are left out.
std::string JsonLine(const google::protobuf::Message& message);

// The way back; also takes lowerCamelCase names. INVALID_ARGUMENT says what is wrong, unknown fields included.
absl::Status ParseJson(absl::string_view text, google::protobuf::Message& message);

}  // namespace touchstone::cli
