#include "common/cel/program.h"

#include "absl/strings/str_cat.h"
#include "common/cel/checker.h"
#include "common/cel/evaluation.h"
#include "common/cel/node.h"
#include "common/cel/parser.h"

namespace touchstone::cel {

struct Program::State {
  explicit State(const Environment& environment) : environment(environment) {}

  Environment environment;
  std::string text;
  ValueArena arena;  // Names and constants of the nodes.
  std::unique_ptr<const Node> root;
};

namespace {

absl::Status CompileStatus(absl::string_view text, std::vector<CompileError> found, std::vector<CompileError>* errors) {
  absl::Status status = absl::InvalidArgumentError(RenderErrors(text, found));
  if (errors != nullptr) *errors = std::move(found);
  return status;
}

}  // namespace

absl::string_view Program::text() const { return state_->text; }
Type Program::result_type() const { return state_->root->type; }
int Program::size() const { return state_->root->nodes; }
const Environment& Program::environment() const { return state_->environment; }
const Node& Program::root() const { return *state_->root; }

absl::StatusOr<Value> Program::Evaluate(const Activation& activation) const {
  if (!(activation.environment() == state_->environment)) {
    return absl::InvalidArgumentError(absl::StrCat("'", text(), "' was compiled for other variables than it is evaluated with"));
  }
  const Value value = Evaluation(activation.values(), activation.arena(), nullptr).Eval(*state_->root);
  if (value.IsError()) return EvaluationStatus(*this, value);
  return value;
}

absl::StatusOr<bool> Program::EvaluateBool(const Activation& activation) const {
  absl::StatusOr<Value> value = Evaluate(activation);
  if (!value.ok()) return value.status();
  if (value->kind() != Kind::kBool) {
    return absl::InvalidArgumentError(absl::StrCat("'", text(), "' is a ", KindName(value->kind()), " and not a bool"));
  }
  return value->bool_value();
}

absl::StatusOr<Program> Compile(const Environment& environment, absl::string_view text, std::vector<CompileError>* errors) {
  CompileError syntax_error;
  const std::unique_ptr<Expr> expr = Parse(text, syntax_error);
  if (expr == nullptr) return CompileStatus(text, {syntax_error}, errors);
  auto state = std::make_shared<Program::State>(environment);
  state->text = std::string(text);
  Checker checker(state->environment, state->text, state->arena);
  state->root = checker.Run(*expr);
  if (state->root == nullptr) return CompileStatus(text, checker.errors(), errors);
  return Program(std::move(state));
}

absl::StatusOr<Program> CompileCondition(const Environment& environment, absl::string_view text,
                                         std::vector<CompileError>* errors) {
  absl::StatusOr<Program> program = Compile(environment, text, errors);
  if (!program.ok() || program->result_type().kind() == Kind::kBool || program->result_type().IsOpen()) return program;
  const int begin = program->root().begin;
  return CompileStatus(text, {{begin, absl::StrCat("a condition is a bool, and this is a ", program->result_type().Name())}},
                       errors);
}

absl::Status EvaluationStatus(const Program& program, const Value& error) {
  const Node& node = error.error_node() == nullptr ? program.root() : *error.error_node();
  return absl::Status(CodeOf(error.error()), absl::StrCat("'", program.text().substr(node.begin, node.end - node.begin),
                                                          "': ", MessageOf(error.error())));
}

}  // namespace touchstone::cel
