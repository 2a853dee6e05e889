#pragma once

#include <cstddef>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "common/config/diagnostic.h"

namespace touchstone::config {

// From 1; a column counts characters.
struct SourceLocation {
  std::string file;
  int line = 0;
  int column = 0;

  bool operator==(const SourceLocation&) const = default;
};

// Where each field of a message stands in the file it was read from, so that a check made later can point at it. A path is as
// in errors: `moments[2].when`, entries of a map `labels[key]`. Holds a copy of the text. A value; any thread once filled.
class SourceMap {
 public:
  SourceMap() = default;
  SourceMap(absl::string_view file, absl::string_view text) : file_(file), text_(text) {}

  // The value at the path, or what is nearest around it (a field left out: the message that lacks it).
  SourceLocation Find(absl::string_view path) const;

  // The same for byte `offset` of a text value: exact in plain and quoted scalars without escapes and in block scalars (| and,
  // line ends counted as blanks, >).
  SourceLocation FindInside(absl::string_view path, size_t offset) const;

  // An error there, with its line.
  Diagnostic At(absl::string_view path, absl::string_view message, absl::string_view hint = "") const;
  Diagnostic Inside(absl::string_view path, size_t offset, absl::string_view message, absl::string_view hint = "") const;

  // For the reader: byte offset of a value's first byte (its quote or its | included).
  void Add(absl::string_view path, size_t offset) { offsets_[std::string(path)] = offset; }

 private:
  size_t OffsetOf(absl::string_view path) const;
  size_t OffsetInside(absl::string_view path, size_t offset) const;
  Diagnostic AtOffset(size_t offset, absl::string_view message, absl::string_view hint) const;

  std::string file_;
  std::string text_;
  absl::flat_hash_map<std::string, size_t> offsets_;
};

}  // namespace touchstone::config
