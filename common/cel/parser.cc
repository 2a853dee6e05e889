#include "common/cel/parser.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/cel/lexer.h"
#include "common/cel/limits.h"
#include "common/cel/utf8.h"

namespace touchstone::cel {
namespace {

using ExprPtr = std::unique_ptr<Expr>;

struct BinaryOperator {
  absl::string_view text;
  Operator op;
};

// Recursive descent, a function a rule of the grammar. A null result means that the error is set.
class Parser {
 public:
  Parser(std::vector<Token> tokens, CompileError& error) : tokens_(std::move(tokens)), error_(error) {}

  ExprPtr Run() {
    ExprPtr expr = ParseExpr();
    if (expr == nullptr) return nullptr;
    if (Peek().kind != TokenKind::kEnd) return Unexpected("an operator or the end");
    return expr;
  }

 private:
  const Token& Peek(size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  bool At(absl::string_view op, size_t ahead = 0) const {
    return Peek(ahead).kind == TokenKind::kOperator && Peek(ahead).text == op;
  }
  bool Take(absl::string_view op) {
    if (!At(op)) return false;
    ++at_;
    return true;
  }
  int LastEnd() const { return tokens_[at_ - 1].end; }

  ExprPtr Fail(int offset, std::string message) {
    error_ = {offset, std::move(message)};
    return nullptr;
  }

  ExprPtr Unexpected(absl::string_view wanted) {
    const Token& token = Peek();
    if (token.kind == TokenKind::kEnd) return Fail(token.begin, absl::StrCat("the expression ends where ", wanted, " is needed"));
    return Fail(token.begin, absl::StrCat("'", token.text, "' stands where ", wanted, " is needed"));
  }

  // Gives `expr` its depth, and counts it.
  ExprPtr Finish(ExprPtr expr) {
    for (const ExprPtr& child : expr->children) expr->depth = std::max(expr->depth, child->depth + 1);
    if (expr->depth > kTreeDepthMax) return Fail(expr->place, absl::StrCat("nested deeper than ", kTreeDepthMax, " levels"));
    if (++nodes_ > kTreeNodesMax) return Fail(expr->place, absl::StrCat("more than ", kTreeNodesMax, " parts in one expression"));
    return expr;
  }

  ExprPtr Operation(Operator op, int place, std::vector<ExprPtr> children) {
    auto expr = std::make_unique<Expr>();
    expr->kind = ExprKind::kOperator;
    expr->op = op;
    expr->place = place;
    expr->begin = std::min(place, children.front()->begin);
    expr->end = std::max(children.back()->end, LastEnd());
    expr->children = std::move(children);
    return Finish(std::move(expr));
  }

  ExprPtr Binary(Operator op, int place, ExprPtr left, ExprPtr right) {
    std::vector<ExprPtr> children;
    children.push_back(std::move(left));
    children.push_back(std::move(right));
    return Operation(op, place, std::move(children));
  }

  ExprPtr ParseExpr() {
    // The stack is spent before a tree exists whose depth could be measured.
    if (++nesting_ > kTreeDepthMax) return Fail(Peek().begin, absl::StrCat("nested deeper than ", kTreeDepthMax, " levels"));
    ExprPtr expr = ParseConditional();
    --nesting_;
    return expr;
  }

  ExprPtr ParseConditional() {
    ExprPtr condition = ParseChain("||", Operator::kOr);
    if (condition == nullptr || !At("?")) return condition;
    const int place = Peek().begin;
    ++at_;
    ExprPtr yes = ParseChain("||", Operator::kOr);
    if (yes == nullptr) return nullptr;
    if (!Take(":")) return Unexpected("the ':' of '?:'");
    ExprPtr no = ParseExpr();
    if (no == nullptr) return nullptr;
    std::vector<ExprPtr> children;
    children.push_back(std::move(condition));
    children.push_back(std::move(yes));
    children.push_back(std::move(no));
    return Operation(Operator::kConditional, place, std::move(children));
  }

  // `a || b || c` and, a level below, `a && b && c`: one node over all of them.
  ExprPtr ParseChain(absl::string_view text, Operator op) {
    auto next = [&] { return op == Operator::kOr ? ParseChain("&&", Operator::kAnd) : ParseRelation(); };
    ExprPtr first = next();
    if (first == nullptr || !At(text)) return first;
    const int place = Peek().begin;
    std::vector<ExprPtr> children;
    children.push_back(std::move(first));
    while (Take(text)) {
      children.push_back(next());
      if (children.back() == nullptr) return nullptr;
    }
    return Operation(op, place, std::move(children));
  }

  const BinaryOperator* AtOneOf(std::initializer_list<BinaryOperator> operators) const {
    for (const BinaryOperator& candidate : operators) {
      if (At(candidate.text)) return &candidate;
    }
    return nullptr;
  }

  ExprPtr ParseRelation() {
    static const std::initializer_list<BinaryOperator> kOperators = {
        {"==", Operator::kEqual},          {"!=", Operator::kNotEqual}, {"<", Operator::kLess}, {"<=", Operator::kLessOrEqual},
        {">=", Operator::kGreaterOrEqual}, {">", Operator::kGreater},   {"in", Operator::kIn}};
    return ParseLeft(kOperators, [this] { return ParseAddition(); });
  }
  ExprPtr ParseAddition() {
    static const std::initializer_list<BinaryOperator> kOperators = {{"+", Operator::kAdd}, {"-", Operator::kSubtract}};
    return ParseLeft(kOperators, [this] { return ParseMultiplication(); });
  }
  ExprPtr ParseMultiplication() {
    static const std::initializer_list<BinaryOperator> kOperators = {
        {"*", Operator::kMultiply}, {"/", Operator::kDivide}, {"%", Operator::kModulo}};
    return ParseLeft(kOperators, [this] { return ParseUnary(); });
  }

  template <typename Next>
  ExprPtr ParseLeft(std::initializer_list<BinaryOperator> operators, Next next) {
    ExprPtr left = next();
    while (left != nullptr) {
      const BinaryOperator* op = AtOneOf(operators);
      if (op == nullptr) return left;
      const int place = Peek().begin;
      ++at_;
      ExprPtr right = next();
      if (right == nullptr) return nullptr;
      left = Binary(op->op, place, std::move(left), std::move(right));
    }
    return nullptr;
  }

  // A minus belongs to the number behind it, so that the smallest int can be written.
  bool AtNegativeNumber() const {
    const Token& number = Peek(1);
    return At("-") && (number.kind == TokenKind::kInt ||
                       (number.kind == TokenKind::kLiteral && number.literal.kind == LiteralKind::kDouble));
  }

  ExprPtr ParseUnary() {
    const absl::string_view sign = At("!") ? "!" : "-";
    std::vector<int> places;
    while (At(sign) && !AtNegativeNumber()) {
      places.push_back(Peek().begin);
      ++at_;
    }
    ExprPtr expr = ParseMember();
    for (; expr != nullptr && !places.empty(); places.pop_back()) {
      std::vector<ExprPtr> children;
      children.push_back(std::move(expr));
      expr = Operation(sign == "!" ? Operator::kNot : Operator::kNegate, places.back(), std::move(children));
    }
    return expr;
  }

  ExprPtr ParseMember() {
    ExprPtr expr = ParsePrimary();
    while (expr != nullptr) {
      if (At(".")) {
        expr = ParseSelection(std::move(expr));
      } else if (At("[")) {
        expr = ParseIndex(std::move(expr));
      } else if (At("{") && (expr->kind == ExprKind::kIdent || expr->kind == ExprKind::kSelect)) {
        return Fail(Peek().begin, "building a message, 'Type{...}', is left out of this CEL");
      } else {
        return expr;
      }
    }
    return nullptr;
  }

  ExprPtr ParseSelection(ExprPtr operand) {
    ++at_;
    if (At("?")) return Fail(Peek().begin, "optional values, '.?', are left out of this CEL");
    if (Peek().kind != TokenKind::kIdent) return Unexpected("the name of a field");
    auto expr = std::make_unique<Expr>();
    expr->kind = ExprKind::kSelect;
    expr->begin = operand->begin;
    expr->place = Peek().begin;
    expr->name = std::string(Peek().text);
    expr->children.push_back(std::move(operand));
    ++at_;
    if (Take("(")) {
      expr->kind = ExprKind::kReceiver;
      if (!ParseList(")", expr->children)) return nullptr;
    }
    expr->end = LastEnd();
    return Finish(std::move(expr));
  }

  ExprPtr ParseIndex(ExprPtr operand) {
    const int place = Peek().begin;
    ++at_;
    if (At("?")) return Fail(Peek().begin, "optional values, '[?', are left out of this CEL");
    ExprPtr index = ParseExpr();
    if (index == nullptr) return nullptr;
    if (!Take("]")) return Unexpected("']'");
    return Binary(Operator::kIndex, place, std::move(operand), std::move(index));
  }

  // Expressions up to `closing`, which is taken.
  bool ParseList(absl::string_view closing, std::vector<ExprPtr>& out) {
    if (Take(closing)) return true;
    while (true) {
      out.push_back(ParseExpr());
      if (out.back() == nullptr) return false;
      if (Take(closing)) return true;
      if (!Take(",")) return Unexpected(absl::StrCat("',' or '", closing, "'")) != nullptr;
      // CEL lets a list end in a comma; a call's arguments may not.
      if (closing != ")" && Take(closing)) return true;
    }
  }

  ExprPtr ParsePrimary() {
    const Token& token = Peek();
    if (token.kind == TokenKind::kLiteral || token.kind == TokenKind::kInt || AtNegativeNumber()) return ParseLiteral();
    if (token.kind == TokenKind::kIdent || At(".")) return ParseName();
    if (At("(")) {
      const int begin = Peek().begin;
      ++at_;
      ExprPtr expr = ParseExpr();
      if (expr == nullptr) return nullptr;
      if (!Take(")")) return Unexpected("')'");
      expr->begin = begin;
      expr->end = LastEnd();
      return expr;
    }
    if (At("[")) return ParseListLiteral();
    if (At("{")) return ParseMapLiteral();
    return Unexpected("a value");
  }

  ExprPtr ParseLiteral() {
    auto expr = std::make_unique<Expr>();
    expr->begin = expr->place = Peek().begin;
    const bool negative = Take("-");
    const Token& token = Peek();
    ++at_;
    expr->end = token.end;
    expr->literal = token.literal;
    if (token.kind == TokenKind::kInt) {
      expr->literal.kind = LiteralKind::kInt;
      const std::string digits = absl::StrCat(negative ? "-" : "", token.text);
      const bool ok = absl::StartsWith(token.text, "0x") ? absl::SimpleHexAtoi(digits, &expr->literal.integer)
                                                         : absl::SimpleAtoi(digits, &expr->literal.integer);
      if (!ok) return Fail(expr->begin, "this number is beyond what an int holds, -9223372036854775808 to 9223372036854775807");
    } else if (negative) {
      expr->literal.real = -expr->literal.real;
    }
    return Finish(std::move(expr));
  }

  ExprPtr ParseName() {
    auto expr = std::make_unique<Expr>();
    expr->kind = ExprKind::kIdent;
    expr->begin = Peek().begin;
    expr->root_scope = Take(".");
    const Token& token = Peek();
    if (token.kind != TokenKind::kIdent) return Unexpected("a name");
    expr->place = token.begin;
    expr->name = std::string(token.text);
    if (IsReservedWord(token.text)) return Fail(token.begin, absl::StrCat("'", token.text, "' is a reserved word of CEL"));
    ++at_;
    if (Take("(")) {
      expr->kind = ExprKind::kCall;
      if (!ParseList(")", expr->children)) return nullptr;
    }
    expr->end = LastEnd();
    return Finish(std::move(expr));
  }

  ExprPtr ParseListLiteral() {
    auto expr = std::make_unique<Expr>();
    expr->kind = ExprKind::kList;
    expr->begin = expr->place = Peek().begin;
    ++at_;
    if (!ParseList("]", expr->children)) return nullptr;
    expr->end = LastEnd();
    return Finish(std::move(expr));
  }

  ExprPtr ParseMapLiteral() {
    auto expr = std::make_unique<Expr>();
    expr->kind = ExprKind::kMap;
    expr->begin = expr->place = Peek().begin;
    ++at_;
    while (!Take("}")) {
      expr->children.push_back(ParseExpr());
      if (expr->children.back() == nullptr) return nullptr;
      if (!Take(":")) return Unexpected("':' and the value of this key");
      expr->children.push_back(ParseExpr());
      if (expr->children.back() == nullptr) return nullptr;
      if (!At("}") && !Take(",")) return Unexpected("',' or '}'");
    }
    expr->end = LastEnd();
    return Finish(std::move(expr));
  }

  std::vector<Token> tokens_;
  CompileError& error_;
  size_t at_ = 0;
  int nesting_ = 0;
  int nodes_ = 0;
};

}  // namespace

std::unique_ptr<Expr> Parse(absl::string_view text, CompileError& error) {
  if (text.size() > kExpressionBytesMax) {
    error = {0, absl::StrCat("an expression of ", text.size(), " bytes; at most ", kExpressionBytesMax, " are allowed")};
    return nullptr;
  }
  if (!IsValidUtf8(text)) {
    size_t good = 0;
    while (const int length = Utf8Length(text.substr(good))) good += length;
    error = {static_cast<int>(good), "this byte is not UTF-8"};
    return nullptr;
  }
  absl::optional<std::vector<Token>> tokens = Tokenize(text, error);
  if (!tokens.has_value()) return nullptr;
  return Parser(*std::move(tokens), error).Run();
}

}  // namespace touchstone::cel
