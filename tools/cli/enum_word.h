#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/status/errors.h"

namespace touchstone::cli {

// `email` for CHANNEL_EMAIL, `less than zero` for MOMENT_KIND_LESS_THAN_ZERO; empty for the unspecified value, the number for
// one that this build does not know.
std::string EnumWord(const google::protobuf::EnumDescriptor& descriptor, int number);

// The same for an enum's own type: EnumWord(touchpoint.channel(), ...).
template <typename Enum>
std::string WordOf(Enum value) {
  return EnumWord(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}

// `email`, `EMAIL`, `less-than-zero`, `CHANNEL_EMAIL`. INVALID_ARGUMENT lists the words and names the nearest.
absl::StatusOr<int> ParseEnumWord(const google::protobuf::EnumDescriptor& descriptor, absl::string_view word);

template <typename Enum>
absl::StatusOr<Enum> ParseWord(absl::string_view word) {
  const absl::StatusOr<int> number = ParseEnumWord(*google::protobuf::GetEnumDescriptor<Enum>(), word);
  if (!number.ok()) return number.status();
  return static_cast<Enum>(*number);
}

// The same for what was typed behind a flag, which the error names: `--status: 'qeued' is none of ...`.
template <typename Enum>
absl::StatusOr<Enum> ParseWord(absl::string_view flag, absl::string_view word) {
  absl::StatusOr<Enum> value = ParseWord<Enum>(word);
  if (!value.ok()) return status::Annotated(value.status(), flag);
  return value;
}

}  // namespace touchstone::cli
