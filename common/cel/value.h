#pragma once

#include <google/protobuf/message.h>

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "common/cel/evaluation_error.h"
#include "common/cel/type.h"

namespace touchstone::cel {

struct MapEntry;
struct Node;

// A value of CEL: 24 bytes, trivially copied, owning nothing. What it views (a message, a string of one, memory of an
// Activation or a Program) must outlive it.
class Value {
 public:
  Value() = default;  // null
  static Value Null() { return Value(); }
  static Value Bool(bool value);
  static Value Int(int64_t value);
  static Value Uint(uint64_t value);
  static Value Double(double value);
  // Borrowed. Strings should be UTF-8.
  static Value String(absl::string_view text);
  static Value Bytes(absl::string_view bytes);
  // An error value if out of years 1 to 9999.
  static Value Timestamp(absl::Time time);
  static Value Timestamp(int64_t seconds, int32_t nanos);
  // An error value if out of the range of int64 nanoseconds.
  static Value Duration(absl::Duration duration);
  static Value DurationNanos(int64_t nanos);
  // Borrowed. A well-known type becomes what it stands for.
  static Value Message(const google::protobuf::Message* message);
  // Borrowed.
  static Value List(absl::Span<const Value> elements);
  static Value Map(absl::Span<const MapEntry> entries);
  // A repeated or map field of `message`, borrowed, read when it is asked for.
  static Value RepeatedField(const google::protobuf::Message* message, const google::protobuf::FieldDescriptor* field);
  static Value Error(EvaluationError error, const Node* node = nullptr);

  Kind kind() const { return kind_; }
  bool IsNumber() const { return kind_ == Kind::kInt || kind_ == Kind::kUint || kind_ == Kind::kDouble; }
  bool IsError() const { return kind_ == Kind::kError; }
  bool IsTrue() const { return kind_ == Kind::kBool && first_.boolean; }
  bool IsFalse() const { return kind_ == Kind::kBool && !first_.boolean; }

  // Each only of a value of that kind.
  bool bool_value() const { return first_.boolean; }
  int64_t int_value() const { return first_.integer; }
  uint64_t uint_value() const { return first_.natural; }
  double double_value() const { return first_.real; }
  absl::string_view text() const { return {first_.text, second_.size}; }  // Of kString and kBytes.
  int64_t seconds() const { return first_.integer; }                      // Of kTimestamp.
  int32_t nanos() const { return nanos_; }                                // Of kTimestamp.
  absl::Time time() const;                                                // Of kTimestamp.
  int64_t duration_nanos() const { return first_.integer; }               // Of kDuration.
  absl::Duration duration() const;                                        // Of kDuration.
  const google::protobuf::Message& message() const { return *first_.message; }
  // Of kMessage. Asking the message costs more than reading a field of it.
  const google::protobuf::Descriptor* descriptor() const { return second_.descriptor; }
  EvaluationError error() const { return error_; }
  const Node* error_node() const { return first_.node; }

  // Of kList and kMap.
  size_t size() const;
  // Of kList; `index` below size().
  Value At(size_t index) const;
  // Of kMap: the value at `key`, numbers compared as numbers.
  absl::optional<Value> Find(const Value& key) const;
  // Of kMap: `index` below size(). The order is that of the literal, or none in particular of a field.
  MapEntry EntryAt(size_t index) const;

 private:
  union First {
    bool boolean;
    int64_t integer;
    uint64_t natural;
    double real;
    const char* text;
    const google::protobuf::Message* message;
    const Value* elements;
    const MapEntry* entries;
    const Node* node;
  };
  union Second {
    size_t size;
    const google::protobuf::FieldDescriptor* field;
    const google::protobuf::Descriptor* descriptor;
  };

  Kind kind_ = Kind::kNull;
  bool is_field_ = false;  // A list or map that is a field of a message.
  EvaluationError error_ = EvaluationError::kNoSuchOverload;
  int32_t nanos_ = 0;
  First first_ = {};
  Second second_ = {};
};

struct MapEntry {
  Value key;
  Value value;
};

// Equality as CEL defines it for values of any kinds: numbers on one line, NaN equal to nothing, other kinds never equal.
bool Equal(const Value& a, const Value& b);

// How `a` stands to `b`.
enum class Order { kLess, kEqual, kGreater, kUnordered };  // kUnordered: a NaN.
// Nothing if the kinds have no order with each other.
absl::optional<Order> Compare(const Value& a, const Value& b);

}  // namespace touchstone::cel
