#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace touchstone::cel {

// The length in bytes of the code point at the start of `text`, 1 to 4; 0 if it is not valid UTF-8 (also surrogates,
// overlong forms, and beyond U+10FFFF) or `text` is empty.
int Utf8Length(absl::string_view text);

bool IsValidUtf8(absl::string_view text);

// Code points; a byte that is not valid UTF-8 counts as one.
int64_t CountCodePoints(absl::string_view text);

// False, and nothing is appended, if it is a surrogate or beyond U+10FFFF.
bool AppendCodePoint(uint32_t code_point, std::string& out);

}  // namespace touchstone::cel
