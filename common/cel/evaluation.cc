#include "common/cel/evaluation.h"

#include <new>

#include "common/cel/field_access.h"
#include "common/cel/node.h"

namespace touchstone::cel {
namespace {

Value NoSuchOverload() { return Value::Error(EvaluationError::kNoSuchOverload); }

bool IsMapKey(const Value& value) {
  return value.kind() == Kind::kInt || value.kind() == Kind::kUint || value.kind() == Kind::kBool ||
         value.kind() == Kind::kString;
}

// What comparing it costs.
int64_t StepsOf(const Value& value) {
  if (value.kind() == Kind::kList || value.kind() == Kind::kMap) return static_cast<int64_t>(value.size());
  if (value.kind() == Kind::kString || value.kind() == Kind::kBytes) return static_cast<int64_t>(value.text().size() / 16);
  return 0;
}

// The whole number `value` is, as an index; nothing if it is none.
absl::optional<int64_t> AsIndex(const Value& value) {
  for (Kind kind : {Kind::kInt, Kind::kUint, Kind::kDouble}) {
    if (value.kind() != kind) continue;
    if (kind == Kind::kInt) return value.int_value();
    const double real = kind == Kind::kUint ? static_cast<double>(value.uint_value()) : value.double_value();
    // Beyond this no list is so long, and a double may not be whole.
    constexpr double kBeyondAnyList = 1e9;
    if (!(real >= 0) || real > kBeyondAnyList) return -1;
    const auto whole = static_cast<int64_t>(real);
    if (static_cast<double>(whole) == real) return whole;
  }
  return absl::nullopt;
}

}  // namespace

char* Evaluation::Allocate(size_t bytes) {
  if (bytes > kScratchBytesMax || arena_.used() - arena_start_ > kScratchBytesMax - bytes) return nullptr;
  return arena_.Allocate(bytes);
}

Value Evaluation::NewString(absl::string_view text) {
  char* memory = Allocate(text.size());
  if (memory == nullptr) return Value::Error(EvaluationError::kTooLarge);
  std::copy(text.begin(), text.end(), memory);
  return Value::String({memory, text.size()});
}

Value Evaluation::Eval(const Node& node) {
  Value value = Run(node);
  if (value.IsError() && value.error_node() == nullptr) value = Value::Error(value.error(), &node);
  if (observer_ != nullptr) observer_->OnValue(node, value);
  return value;
}

Value Evaluation::Run(const Node& node) {
  switch (node.op) {
    case Op::kConstant:
      return node.constant;
    case Op::kVariable:
      return variables_[node.slot];
    case Op::kLocal:
      return locals_[node.slot];
    case Op::kField:
    case Op::kHasField:
      return Field(node);
    case Op::kSelectByName:
      return SelectByName(node);
    case Op::kHasByName:
      return HasByName(node);
    case Op::kIndex:
      return Index(node);
    case Op::kList:
      return NewList(node);
    case Op::kMap:
      return NewMap(node);
    case Op::kCall:
      return Call(node);
    case Op::kAll:
    case Op::kExists:
    case Op::kExistsOne:
    case Op::kFilter:
    case Op::kTransform:
      return Comprehension(node);
    default:
      return Operator(node);
  }
}

Value Evaluation::Operator(const Node& node) {
  switch (node.op) {
    case Op::kAnd:
      return And(node);
    case Op::kOr:
      return Or(node);
    case Op::kNot:
      return Not(node);
    case Op::kConditional:
      return Conditional(node);
    case Op::kEqual:
    case Op::kNotEqual:
      return Equality(node);
    case Op::kLess:
    case Op::kLessOrEqual:
    case Op::kGreater:
    case Op::kGreaterOrEqual:
      return Ordering(node);
    case Op::kIn:
      return In(node);
    default:
      return NoSuchOverload();
  }
}

Value Evaluation::Field(const Node& node) {
  const Value operand = Eval(*node.children[0]);
  if (operand.kind() == Kind::kMessage && operand.descriptor() == node.field->containing_type()) {
    return node.op == Op::kField ? ReadField(operand.message(), node.field)
                                 : Value::Bool(HasField(operand.message(), node.field));
  }
  return operand.IsError() ? operand : NoSuchOverload();
}

Value Evaluation::SelectByName(const Node& node) {
  const Value operand = Eval(*node.children[0]);
  if (operand.IsError()) return operand;
  if (operand.kind() == Kind::kMap) {
    if (!Spend(StepsOf(operand))) return Value::Error(EvaluationError::kTooManySteps);
    return operand.Find(Value::String(node.name)).value_or(Value::Error(EvaluationError::kNoSuchKey));
  }
  if (operand.kind() != Kind::kMessage) return NoSuchOverload();
  const auto* field = operand.descriptor()->FindFieldByName(std::string(node.name));
  return field == nullptr ? Value::Error(EvaluationError::kNoSuchField) : ReadField(operand.message(), field);
}

Value Evaluation::HasByName(const Node& node) {
  const Value operand = Eval(*node.children[0]);
  if (operand.IsError()) return operand;
  if (operand.kind() == Kind::kMap) {
    if (!Spend(StepsOf(operand))) return Value::Error(EvaluationError::kTooManySteps);
    return Value::Bool(operand.Find(Value::String(node.name)).has_value());
  }
  if (operand.kind() != Kind::kMessage) return NoSuchOverload();
  const auto* field = operand.descriptor()->FindFieldByName(std::string(node.name));
  return field == nullptr ? Value::Error(EvaluationError::kNoSuchField) : Value::Bool(HasField(operand.message(), field));
}

Value Evaluation::Index(const Node& node) {
  const Value operand = Eval(*node.children[0]);
  if (operand.IsError()) return operand;
  const Value index = Eval(*node.children[1]);
  if (index.IsError()) return index;
  if (operand.kind() == Kind::kMap) {
    if (!index.IsNumber() && !IsMapKey(index)) return NoSuchOverload();
    if (!Spend(StepsOf(operand))) return Value::Error(EvaluationError::kTooManySteps);
    return operand.Find(index).value_or(Value::Error(EvaluationError::kNoSuchKey));
  }
  if (operand.kind() != Kind::kList) return NoSuchOverload();
  const absl::optional<int64_t> at = AsIndex(index);
  if (!at.has_value()) return NoSuchOverload();
  if (*at < 0 || static_cast<uint64_t>(*at) >= operand.size()) return Value::Error(EvaluationError::kIndexOutOfRange);
  return operand.At(static_cast<size_t>(*at));
}

// What decides it wins over errors on either side; so && and || commute.
Value Evaluation::And(const Node& node) {
  Value result = Value::Bool(true);
  for (const auto& child : node.children) {
    const Value value = Eval(*child);
    if (value.kind() == Kind::kBool) {
      if (!value.bool_value()) return value;
    } else if (!result.IsError()) {
      result = value.IsError() ? value : Value::Error(EvaluationError::kNoSuchOverload, child.get());
    }
  }
  return result;
}

Value Evaluation::Or(const Node& node) {
  Value result = Value::Bool(false);
  for (const auto& child : node.children) {
    const Value value = Eval(*child);
    if (value.kind() == Kind::kBool) {
      if (value.bool_value()) return value;
    } else if (!result.IsError()) {
      result = value.IsError() ? value : Value::Error(EvaluationError::kNoSuchOverload, child.get());
    }
  }
  return result;
}

Value Evaluation::Not(const Node& node) {
  const Value value = Eval(*node.children[0]);
  if (value.IsError()) return value;
  return value.kind() == Kind::kBool ? Value::Bool(!value.bool_value()) : NoSuchOverload();
}

Value Evaluation::Conditional(const Node& node) {
  const Value condition = Eval(*node.children[0]);
  if (condition.IsError()) return condition;
  if (condition.kind() != Kind::kBool) return NoSuchOverload();
  return Eval(*node.children[condition.bool_value() ? 1 : 2]);
}

Value Evaluation::Equality(const Node& node) {
  const Value left = Eval(*node.children[0]);
  if (left.IsError()) return left;
  const Value right = Eval(*node.children[1]);
  if (right.IsError()) return right;
  if (!Spend(StepsOf(left))) return Value::Error(EvaluationError::kTooManySteps);
  return Value::Bool(Equal(left, right) == (node.op == Op::kEqual));
}

Value Evaluation::Ordering(const Node& node) {
  const Value left = Eval(*node.children[0]);
  if (left.IsError()) return left;
  const Value right = Eval(*node.children[1]);
  if (right.IsError()) return right;
  const absl::optional<Order> order = Compare(left, right);
  if (!order.has_value()) return NoSuchOverload();
  switch (node.op) {
    case Op::kLess:
      return Value::Bool(*order == Order::kLess);
    case Op::kLessOrEqual:
      return Value::Bool(*order == Order::kLess || *order == Order::kEqual);
    case Op::kGreater:
      return Value::Bool(*order == Order::kGreater);
    default:
      return Value::Bool(*order == Order::kGreater || *order == Order::kEqual);
  }
}

Value Evaluation::In(const Node& node) {
  const Value wanted = Eval(*node.children[0]);
  if (wanted.IsError()) return wanted;
  const Value range = Eval(*node.children[1]);
  if (range.IsError()) return range;
  if (range.kind() != Kind::kList && range.kind() != Kind::kMap) return NoSuchOverload();
  const size_t size = range.size();
  if (!Spend(static_cast<int64_t>(size) * (1 + StepsOf(wanted)))) return Value::Error(EvaluationError::kTooManySteps);
  if (range.kind() == Kind::kMap) {
    if (!wanted.IsNumber() && !IsMapKey(wanted)) return NoSuchOverload();
    return Value::Bool(range.Find(wanted).has_value());
  }
  for (size_t i = 0; i < size; ++i) {
    if (Equal(range.At(i), wanted)) return Value::Bool(true);
  }
  return Value::Bool(false);
}

Value Evaluation::NewList(const Node& node) {
  const size_t size = node.children.size();
  char* memory = Allocate(size * sizeof(Value));
  if (memory == nullptr) return Value::Error(EvaluationError::kTooLarge);
  auto* elements = reinterpret_cast<Value*>(memory);
  for (size_t i = 0; i < size; ++i) {
    const Value value = Eval(*node.children[i]);
    if (value.IsError()) return value;
    new (elements + i) Value(value);
  }
  return Value::List(absl::MakeConstSpan(elements, size));
}

Value Evaluation::NewMap(const Node& node) {
  const size_t size = node.children.size() / 2;
  char* memory = Allocate(size * sizeof(MapEntry));
  if (memory == nullptr) return Value::Error(EvaluationError::kTooLarge);
  auto* entries = reinterpret_cast<MapEntry*>(memory);
  for (size_t i = 0; i < size; ++i) {
    const Value key = Eval(*node.children[2 * i]);
    if (key.IsError()) return key;
    if (!IsMapKey(key)) return Value::Error(EvaluationError::kBadKey, node.children[2 * i].get());
    if (!Spend(static_cast<int64_t>(i))) return Value::Error(EvaluationError::kTooManySteps);
    if (Value::Map(absl::MakeConstSpan(entries, i)).Find(key).has_value()) {
      return Value::Error(EvaluationError::kDuplicateKey, node.children[2 * i].get());
    }
    const Value value = Eval(*node.children[2 * i + 1]);
    if (value.IsError()) return value;
    new (entries + i) MapEntry{key, value};
  }
  return Value::Map(absl::MakeConstSpan(entries, size));
}

Value Evaluation::Call(const Node& node) {
  Value arguments[kParametersMax];
  const size_t count = node.children.size();
  for (size_t i = 0; i < count; ++i) {
    arguments[i] = Eval(*node.children[i]);
    if (arguments[i].IsError()) return arguments[i];
  }
  for (const Overload* overload : node.overloads) {
    if (overload->Takes(arguments, count)) return overload->run(node, *this, arguments);
  }
  return NoSuchOverload();
}

}  // namespace touchstone::cel
