#include "absl/strings/match.h"
#include "common/cel/evaluation.h"
#include "common/cel/functions.h"
#include "common/cel/node.h"
#include "common/cel/utf8.h"

namespace touchstone::cel {
namespace {

Value TooManySteps() { return Value::Error(EvaluationError::kTooManySteps); }

Value Contains(const Node&, Evaluation& evaluation, const Value* a) {
  return evaluation.SpendOn(a[0].text()) ? Value::Bool(absl::StrContains(a[0].text(), a[1].text())) : TooManySteps();
}
Value StartsWith(const Node&, Evaluation&, const Value* a) { return Value::Bool(absl::StartsWith(a[0].text(), a[1].text())); }
Value EndsWith(const Node&, Evaluation&, const Value* a) { return Value::Bool(absl::EndsWith(a[0].text(), a[1].text())); }
// The pattern is a literal, compiled with the program.
Value Matches(const Node& node, Evaluation& evaluation, const Value* a) {
  if (!evaluation.SpendOn(a[0].text())) return TooManySteps();
  const absl::string_view text = a[0].text();
  return Value::Bool(RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *node.regex));
}

Value TextSize(const Node&, Evaluation& evaluation, const Value* a) {
  return evaluation.SpendOn(a[0].text()) ? Value::Int(CountCodePoints(a[0].text())) : TooManySteps();
}
Value BytesSize(const Node&, Evaluation&, const Value* a) { return Value::Int(static_cast<int64_t>(a[0].text().size())); }
Value AggregateSize(const Node&, Evaluation&, const Value* a) { return Value::Int(static_cast<int64_t>(a[0].size())); }

}  // namespace

std::vector<Overload> StringOverloads() {
  std::vector<Overload> overloads = {
      {"contains", CallStyle::kReceiver, {Kind::kString, Kind::kString}, Kind::kBool, Contains},
      {"startsWith", CallStyle::kReceiver, {Kind::kString, Kind::kString}, Kind::kBool, StartsWith},
      {"endsWith", CallStyle::kReceiver, {Kind::kString, Kind::kString}, Kind::kBool, EndsWith},
  };
  for (CallStyle style : {CallStyle::kGlobal, CallStyle::kReceiver}) {
    overloads.push_back({"matches", style, {Kind::kString, Kind::kString}, Kind::kBool, Matches});
    overloads.push_back({"size", style, {Kind::kString}, Kind::kInt, TextSize});
    overloads.push_back({"size", style, {Kind::kBytes}, Kind::kInt, BytesSize});
    overloads.push_back({"size", style, {Kind::kList}, Kind::kInt, AggregateSize});
    overloads.push_back({"size", style, {Kind::kMap}, Kind::kInt, AggregateSize});
  }
  return overloads;
}

}  // namespace touchstone::cel
