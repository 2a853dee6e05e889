#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "touchstone/events/v1/name.pb.h"

namespace touchstone::names {

namespace events = touchstone::events::v1;

// Of a normalised value.
inline constexpr size_t kValueBytesMax = 256;
// What is looked at at all, white space and separators included.
inline constexpr size_t kTextBytesMax = 1024;

// Reads `customer:42` or `email:Jo@Example.com` and normalises it. The value may hold further colons. INVALID_ARGUMENT with
// the kinds, and the nearest one, where the kind is none. Errors fit behind a field path and never repeat the value.
absl::StatusOr<events::Name> ParseName(absl::string_view text);

// The name in its one normal form, its key empty. INVALID_ARGUMENT where it has none.
// - all: valid UTF-8, white space around trimmed, no control characters, 1 to 256 bytes.
// - email: letters A to Z in lower case; something@something.something without white space.
// - handle: letters A to Z in lower case, without white space.
// - phone: `+` and 6 to 15 digits. Separators (blank - . / and brackets) and a bracketed (0) go, 00 in front becomes +. A number
//   without a country code is refused: nobody can know where it rings.
absl::StatusOr<events::Name> NormaliseName(const events::Name& name);

// `customer:42`, as ParseName reads it, in the clear: for people who may see the name, never for logs or keys.
std::string NameText(const events::Name& name);

}  // namespace touchstone::names
