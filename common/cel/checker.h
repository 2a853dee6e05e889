#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "common/cel/compile_error.h"
#include "common/cel/environment.h"
#include "common/cel/node.h"
#include "common/cel/syntax_tree.h"
#include "common/cel/value_arena.h"

namespace touchstone::cel {

// Turns what was written into what can be evaluated: resolves names, expands macros, gives every part a type, picks
// overloads, evaluates lists and times of literals. All that is wrong is reported, not only the first.
class Checker {
 public:
  // All borrowed. `arena` is the program's: it holds names and constants.
  Checker(const Environment& environment, absl::string_view text, ValueArena& arena)
      : environment_(environment), text_(text), arena_(arena) {}

  // Null if there are errors.
  std::unique_ptr<Node> Run(const Expr& expr);
  const std::vector<CompileError>& errors() const { return errors_; }

 private:
  using NodePtr = std::unique_ptr<Node>;
  struct Local {
    std::string name;
    Type type;
  };

  // Always a node; a constant of type dyn where an error was reported, so that one mistake is reported once.
  NodePtr Check(const Expr& expr);
  NodePtr CheckLiteral(const Expr& expr);
  NodePtr CheckList(const Expr& expr);
  NodePtr CheckMap(const Expr& expr);

  // checker_names.cc
  NodePtr CheckIdent(const Expr& expr);
  NodePtr CheckSelect(const Expr& expr);
  NodePtr CheckHas(const Expr& expr);
  NodePtr Select(const Expr& expr, NodePtr operand, bool has);
  NodePtr SelectField(const Expr& expr, NodePtr operand, bool has);
  // The variable or constant that the whole dotted name `expr` is, if it is one.
  NodePtr ResolveName(const Expr& expr);
  NodePtr ResolveLocal(const Expr& expr);
  NodePtr UnknownName(const Expr& expr);

  // checker_operators.cc
  NodePtr CheckOperator(const Expr& expr);
  NodePtr CheckLogic(const Expr& expr, Op op);
  NodePtr CheckConditional(const Expr& expr);
  NodePtr CheckEquality(const Expr& expr);
  NodePtr CheckOrdering(const Expr& expr);
  NodePtr CheckIn(const Expr& expr);
  NodePtr CheckIndex(const Expr& expr);
  bool WantBool(const Node& node, const Expr& expr);

  // checker_calls.cc
  NodePtr CheckCall(const Expr& expr);
  NodePtr CheckReceiverCall(const Expr& expr);
  NodePtr CheckMacro(const Expr& expr, Op op);
  NodePtr CheckOverloads(const Expr& expr, CallStyle style, absl::string_view name);
  NodePtr NoOverload(const Expr& expr, const Node& call, CallStyle style);
  void PreparePattern(const Expr& expr, Node& call);
  void PrepareZone(const Expr& expr, Node& call);
  NodePtr Fold(NodePtr node, bool must_succeed);

  NodePtr NewNode(Op op, const Expr& expr, Type type);
  void Adopt(Node& parent, NodePtr child);
  NodePtr Fail(int place, std::string message, const Expr& expr);

  const Environment& environment_;
  absl::string_view text_;
  ValueArena& arena_;
  std::vector<Local> locals_;
  std::vector<CompileError> errors_;
};

}  // namespace touchstone::cel
