#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

#include "absl/strings/string_view.h"

namespace touchstone::cli {

// What protobuf says of JSON that is none of `descriptor`'s, in the words of whoever wrote it: the field first, then what may
// stand there, with the nearest where one is near: `channel: "web" is none of CHANNEL_WEB, ...; did you mean 'CHANNEL_WEB'?`.
// A fault of the JSON itself stays as it is, in one line.
std::string JsonErrorText(absl::string_view error, const google::protobuf::Descriptor& descriptor);

}  // namespace touchstone::cli
