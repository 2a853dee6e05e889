#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// One value of text into one field, by reflection: shared by files and flags. The library's own.
namespace touchstone::config {

// Whether the field's value is written as one piece of text: all but messages, except Duration and Timestamp.
bool IsScalar(const google::protobuf::FieldDescriptor& field);

// Sets the field, or adds to it where it is repeated. INVALID_ARGUMENT says what is expected, without place. `text` is UTF-8.
absl::Status SetScalar(const google::protobuf::FieldDescriptor& field, absl::string_view text,
                       google::protobuf::Message& message);

// `; did you mean 'x'?`, or the fields there are: for a name that is none.
std::string UnknownFieldText(const google::protobuf::Descriptor& type, absl::string_view name);

}  // namespace touchstone::config
