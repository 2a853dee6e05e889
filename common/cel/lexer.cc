#include "common/cel/lexer.h"

#include <cmath>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/cel/string_literal.h"
#include "common/cel/utf8.h"

namespace touchstone::cel {
namespace {

bool BeginsName(char c) { return c == '_' || absl::ascii_isalpha(c); }
bool ContinuesName(char c) { return BeginsName(c) || absl::ascii_isdigit(c); }

class Lexer {
 public:
  Lexer(absl::string_view text, CompileError& error) : text_(text), error_(error) {}

  absl::optional<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    while (true) {
      SkipBlank();
      Token token;
      token.begin = static_cast<int>(at_);
      if (at_ < text_.size() && !Read(token)) return absl::nullopt;
      token.end = static_cast<int>(at_);
      token.text = text_.substr(token.begin, token.end - token.begin);
      const bool last = token.kind == TokenKind::kEnd;
      tokens.push_back(std::move(token));
      if (last) return tokens;
    }
  }

 private:
  char Peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  bool Fail(size_t offset, std::string message) {
    error_ = {static_cast<int>(offset), std::move(message)};
    return false;
  }

  void SkipBlank() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        ++at_;
      } else if (c == '/' && Peek(1) == '/') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  bool Read(Token& token) {
    if (BeginsStringLiteral(text_.substr(at_))) return ReadString(token);
    if (absl::ascii_isdigit(Peek()) || (Peek() == '.' && absl::ascii_isdigit(Peek(1)))) return ReadNumber(token);
    if (BeginsName(Peek())) return ReadWord(token);
    return ReadOperator(token);
  }

  bool ReadString(Token& token) {
    StringLiteral literal;
    if (!ReadStringLiteral(text_.substr(at_), literal, error_)) {
      error_.offset += static_cast<int>(at_);
      return false;
    }
    at_ += literal.length;
    token.kind = TokenKind::kLiteral;
    token.literal.kind = literal.is_bytes ? LiteralKind::kBytes : LiteralKind::kString;
    token.literal.text = std::move(literal.value);
    return true;
  }

  bool ReadWord(Token& token) {
    while (ContinuesName(Peek())) ++at_;
    const absl::string_view word = text_.substr(token.begin, at_ - token.begin);
    token.kind = TokenKind::kIdent;
    if (word == "in") token.kind = TokenKind::kOperator;
    if (word == "true" || word == "false" || word == "null") {
      token.kind = TokenKind::kLiteral;
      token.literal.kind = word == "null" ? LiteralKind::kNull : LiteralKind::kBool;
      token.literal.boolean = word == "true";
    }
    return true;
  }

  void SkipDigits() {
    while (absl::ascii_isdigit(Peek())) ++at_;
  }

  bool ReadNumber(Token& token) {
    const bool is_hex = Peek() == '0' && Peek(1) == 'x' && absl::ascii_isxdigit(Peek(2));
    bool is_double = false;
    if (is_hex) {
      at_ += 2;
      while (absl::ascii_isxdigit(Peek())) ++at_;
    } else {
      is_double = SkipDecimal();
    }
    const absl::string_view digits = text_.substr(token.begin, at_ - token.begin);
    const bool is_uint = !is_double && (Peek() == 'u' || Peek() == 'U');
    if (is_uint) ++at_;
    if (ContinuesName(Peek())) return Fail(at_, "a number ends here; a name cannot begin with a digit");
    if (is_double) return SetDouble(token, digits);
    if (is_uint) return SetUint(token, digits, is_hex);
    token.kind = TokenKind::kInt;
    return true;
  }

  // True if what was skipped has a point or an exponent.
  bool SkipDecimal() {
    bool is_double = false;
    SkipDigits();
    if (Peek() == '.' && absl::ascii_isdigit(Peek(1))) {
      is_double = true;
      ++at_;
      SkipDigits();
    }
    const size_t sign = Peek(1) == '+' || Peek(1) == '-' ? 1 : 0;
    if ((Peek() == 'e' || Peek() == 'E') && absl::ascii_isdigit(Peek(1 + sign))) {
      is_double = true;
      at_ += 1 + sign;
      SkipDigits();
    }
    return is_double;
  }

  bool SetDouble(Token& token, absl::string_view digits) {
    token.kind = TokenKind::kLiteral;
    token.literal.kind = LiteralKind::kDouble;
    if (!absl::SimpleAtod(digits, &token.literal.real) || std::isinf(token.literal.real)) {
      return Fail(token.begin, "this number is beyond what a double holds");
    }
    return true;
  }

  bool SetUint(Token& token, absl::string_view digits, bool is_hex) {
    token.kind = TokenKind::kLiteral;
    token.literal.kind = LiteralKind::kUint;
    const bool ok =
        is_hex ? absl::SimpleHexAtoi(digits, &token.literal.natural) : absl::SimpleAtoi(digits, &token.literal.natural);
    return ok || Fail(token.begin, "this number is beyond what a uint holds, 18446744073709551615");
  }

  bool ReadOperator(Token& token) {
    static constexpr absl::string_view kOperators[] = {"&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/",
                                                       "%",  "!",  "?",  ":",  "(",  ")",  "[", "]", "{", "}", ",", "."};
    for (absl::string_view op : kOperators) {
      if (text_.substr(at_, op.size()) != op) continue;
      at_ += op.size();
      token.kind = TokenKind::kOperator;
      return true;
    }
    if (Peek() == '=') return Fail(at_, "CEL has no '='; to compare, write '=='");
    if (Peek() == '&' || Peek() == '|') return Fail(at_, absl::StrCat("write '", std::string(2, Peek()), "'"));
    const int length = std::max(1, Utf8Length(text_.substr(at_)));
    const absl::string_view there = text_.substr(at_, length);
    const bool printable = there.size() > 1 || absl::ascii_isprint(there[0]);
    return Fail(at_, printable
                         ? absl::StrCat("'", there, "' means nothing here")
                         : absl::StrCat("byte ", static_cast<int>(static_cast<unsigned char>(there[0])), " means nothing here"));
  }

  absl::string_view text_;
  CompileError& error_;
  size_t at_ = 0;
};

}  // namespace

absl::optional<std::vector<Token>> Tokenize(absl::string_view text, CompileError& error) { return Lexer(text, error).Run(); }

bool IsReservedWord(absl::string_view word) {
  static const auto* words = new absl::flat_hash_set<absl::string_view>{
      "as",  "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
      "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};
  return words->contains(word);
}

}  // namespace touchstone::cel
