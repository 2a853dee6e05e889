#pragma once

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/config/source_map.h"

namespace touchstone::config {

inline constexpr size_t kYamlBytesMax = 4 * 1024 * 1024;
inline constexpr int kYamlDepthMax = 32;
// Values of all kinds; aliases count each time they are used.
inline constexpr size_t kYamlValuesMax = 200'000;
// How many errors are told at once.
inline constexpr size_t kYamlErrorsMax = 20;

// Reads a YAML document into `message` (merged into what it holds; an empty document sets nothing). `file_name` is for errors.
//
//   message          a map of its fields, by their names in the .proto
//   repeated         a list
//   map              a map; no key twice
//   enum             `email` or `EMAIL` for NAME_KIND_EMAIL
//   Duration         7d, 2h, 15m, 30s, 250ms, 1h30m
//   Timestamp        2026-11-22T07:25:00Z
//
// INVALID_ARGUMENT holds every error, up to kYamlErrorsMax, each as `file:line:column: message`, the line and a caret; what
// `message` holds then is of no use. Where `sources` is not null it is replaced by a map of where everything stands, also on
// error. Does not block; no file is opened.
absl::Status ParseYaml(absl::string_view file_name, absl::string_view text, google::protobuf::Message* message,
                       SourceMap* sources = nullptr);

}  // namespace touchstone::config
