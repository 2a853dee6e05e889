#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace touchstone::text {

// True for well-formed UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing above U+10FFFF. Linear.
bool IsValidUtf8(absl::string_view text);

// A copy in which each byte that is not part of a well-formed sequence is replaced by U+FFFD.
std::string ReplaceInvalidUtf8(absl::string_view text);

// The bytes of the sequence that begins `text`: 1 to 4, or 0 where it is not well-formed or `text` is empty.
int Utf8SequenceLength(absl::string_view text);

// The longest prefix of at most `max_bytes` that does not cut a sequence in two.
absl::string_view Utf8Prefix(absl::string_view text, size_t max_bytes);

// Control characters of ASCII (below U+0020, and U+007F) or of Latin 1 (U+0080 to U+009F). `text` must be valid UTF-8.
bool HasControlCharacter(absl::string_view text);

}  // namespace touchstone::text
