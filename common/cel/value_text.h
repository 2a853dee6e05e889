#pragma once

#include <cstddef>
#include <string>

#include "common/cel/value.h"

namespace touchstone::cel {

// The value as CEL would write it: `"a\"b"`, `2u`, `1.0`, `b"\xff"`, `[1, 2]`, `timestamp("...")`; a message as
// `package.Type{...}` with its fields in protobuf's text. For eyes: it may hold personal data, and is not for logs.
std::string ToString(const Value& value);

// The value as JSON, as CEL's specification converts it: bytes in base64, ints beyond 2^53 as strings, messages as
// protobuf's JSON, a key that is no string as its text.
std::string ToJson(const Value& value);

// ToString in at most about `bytes` bytes, messages as `Type{...}` without their fields.
std::string ToBriefString(const Value& value, size_t bytes);

}  // namespace touchstone::cel
