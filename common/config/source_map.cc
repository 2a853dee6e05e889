#include "common/config/source_map.h"

#include <algorithm>

namespace touchstone::config {
namespace {

size_t SkipBlanks(absl::string_view text, size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

// `at` is the | or > of a block scalar. Its lines are indented alike; each end of a line is one byte of the value.
size_t InsideBlock(absl::string_view text, size_t at, size_t offset) {
  size_t line = text.find('\n', at);
  if (line == absl::string_view::npos) return at;
  ++line;
  size_t first = line;
  while (SkipBlanks(text, first) < text.size() && text[SkipBlanks(text, first)] == '\n') first = SkipBlanks(text, first) + 1;
  const size_t indentation = SkipBlanks(text, first) - first;
  while (line < text.size()) {
    const size_t end = std::min(text.find('\n', line), text.size());
    const size_t begin = std::min(line + indentation, end);
    if (offset <= end - begin) return begin + offset;
    offset -= end - begin + 1;
    line = end + 1;
  }
  return text.size();
}

// In a plain or quoted scalar an end of a line, and the indentation after it, are one blank.
size_t InsideFlow(absl::string_view text, size_t at, size_t offset) {
  while (offset > 0 && at < text.size()) {
    at = text[at] == '\n' ? SkipBlanks(text, at + 1) : at + 1;
    --offset;
  }
  return std::min(at, text.size());
}

}  // namespace

size_t SourceMap::OffsetOf(absl::string_view path) const {
  while (true) {
    const auto found = offsets_.find(path);
    if (found != offsets_.end()) return found->second;
    const size_t cut = path.find_last_of(".[");
    if (cut == absl::string_view::npos) break;
    path = path.substr(0, cut);
  }
  const auto whole = offsets_.find("");
  return whole == offsets_.end() ? 0 : whole->second;
}

size_t SourceMap::OffsetInside(absl::string_view path, size_t offset) const {
  const size_t at = OffsetOf(path);
  if (!offsets_.contains(path) || at >= text_.size()) return at;
  const char first = text_[at];
  if (first == '|' || first == '>') return InsideBlock(text_, at, offset);
  return InsideFlow(text_, first == '"' || first == '\'' ? at + 1 : at, offset);
}

Diagnostic SourceMap::AtOffset(size_t offset, absl::string_view message, absl::string_view hint) const {
  Diagnostic diagnostic = Diagnostic::FromOffset(text_, offset);
  diagnostic.file = file_;
  diagnostic.message = std::string(message);
  diagnostic.hint = std::string(hint);
  return diagnostic;
}

SourceLocation SourceMap::Find(absl::string_view path) const {
  const Diagnostic place = At(path, "");
  return {place.file, place.line, place.column};
}

SourceLocation SourceMap::FindInside(absl::string_view path, size_t offset) const {
  const Diagnostic place = Inside(path, offset, "");
  return {place.file, place.line, place.column};
}

Diagnostic SourceMap::At(absl::string_view path, absl::string_view message, absl::string_view hint) const {
  return AtOffset(OffsetOf(path), message, hint);
}

Diagnostic SourceMap::Inside(absl::string_view path, size_t offset, absl::string_view message, absl::string_view hint) const {
  return AtOffset(OffsetInside(path, offset), message, hint);
}

}  // namespace touchstone::config
