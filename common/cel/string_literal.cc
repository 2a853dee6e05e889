#include "common/cel/string_literal.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/cel/utf8.h"

namespace touchstone::cel {
namespace {

struct Opening {
  bool is_bytes = false;
  bool is_raw = false;
  size_t prefix = 0;
};

bool Fail(CompileError& error, size_t offset, std::string message) {
  error = {static_cast<int>(offset), std::move(message)};
  return false;
}

Opening ReadOpening(absl::string_view text) {
  Opening opening;
  if (!text.empty() && absl::ascii_tolower(text[opening.prefix]) == 'b') {
    opening.is_bytes = true;
    ++opening.prefix;
  }
  if (text.size() > opening.prefix && absl::ascii_tolower(text[opening.prefix]) == 'r') {
    opening.is_raw = true;
    ++opening.prefix;
  }
  return opening;
}

// `digits` of `base` at `text`; false if there are fewer.
bool ReadDigits(absl::string_view text, size_t digits, int base, uint32_t& value) {
  if (text.size() < digits) return false;
  value = 0;
  for (char c : text.substr(0, digits)) {
    const int digit = absl::ascii_isdigit(c) ? c - '0' : absl::ascii_isxdigit(c) ? absl::ascii_tolower(c) - 'a' + 10 : 99;
    if (digit >= base) return false;
    value = value * base + digit;
  }
  return true;
}

// One character that stands for another, 0 if `c` is none.
char SimpleEscape(char c) {
  switch (c) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '\\':
    case '?':
    case '"':
    case '\'':
    case '`':
      return c;
    default:
      return 0;
  }
}

// Reads the escape at text[at] == '\\' and moves `at` behind it.
bool ReadEscape(absl::string_view text, size_t& at, StringLiteral& literal, CompileError& error) {
  const size_t start = at;
  const char kind = at + 1 < text.size() ? text[at + 1] : '\0';
  if (const char simple = SimpleEscape(kind); simple != 0) {
    literal.value.push_back(simple);
    at += 2;
    return true;
  }
  size_t digits = 0, skip = 2;
  int base = 16;
  if (kind == 'x' || kind == 'X') {
    digits = 2;
  } else if (kind == 'u') {
    digits = 4;
  } else if (kind == 'U') {
    digits = 8;
  } else if (kind >= '0' && kind <= '3') {
    digits = 3, base = 8, skip = 1;
  } else {
    return Fail(error, start, "unknown escape; to write a backslash write \\\\, or begin the string with r");
  }
  if (literal.is_bytes && digits > 3) return Fail(error, start, "\\u and \\U are for strings; bytes are written \\xHH");
  uint32_t value = 0;
  if (!ReadDigits(text.substr(at + skip), digits, base, value)) {
    return Fail(error, start, absl::StrCat("this escape needs ", digits, base == 8 ? " octal" : " hexadecimal", " digits"));
  }
  at += skip + digits;
  if (literal.is_bytes) {
    literal.value.push_back(static_cast<char>(value));
    return true;
  }
  if (!AppendCodePoint(value, literal.value)) return Fail(error, start, "this escape is no Unicode code point");
  return true;
}

}  // namespace

bool BeginsStringLiteral(absl::string_view text) {
  const Opening opening = ReadOpening(text);
  return text.size() > opening.prefix && (text[opening.prefix] == '"' || text[opening.prefix] == '\'');
}

bool ReadStringLiteral(absl::string_view text, StringLiteral& literal, CompileError& error) {
  const Opening opening = ReadOpening(text);
  literal.is_bytes = opening.is_bytes;
  size_t at = opening.prefix;
  const char quote = text[at];
  const std::string triple(3, quote);
  const bool is_triple = text.substr(at, 3) == triple;
  const absl::string_view closing = is_triple ? absl::string_view(triple) : text.substr(at, 1);
  at += closing.size();
  while (true) {
    if (at >= text.size())
      return Fail(error, 0, absl::StrCat("this ", literal.is_bytes ? "bytes" : "string", " has no closing ", closing));
    if (text.substr(at, closing.size()) == closing) break;
    const char c = text[at];
    if (!is_triple && (c == '\n' || c == '\r')) {
      return Fail(error, 0, absl::StrCat("this string does not end in its line; use ", triple, " for one of several lines"));
    }
    if (c == '\\' && !opening.is_raw) {
      if (!ReadEscape(text, at, literal, error)) return false;
      continue;
    }
    literal.value.push_back(c);
    ++at;
  }
  literal.length = at + closing.size();
  return true;
}

}  // namespace touchstone::cel
