#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/types/optional.h"

namespace touchstone::cel {

enum class Kind : uint8_t {
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kTimestamp,
  kDuration,
  kList,
  kMap,
  kMessage,
  kError,    // Of values only: an evaluation that failed. Never leaves Evaluate.
  kDyn,      // Of types only: any value; checked when it is evaluated.
  kNothing,  // Of types only: the elements of `[]`.
  kLeftOut,  // Of types only: google.protobuf.Any, Struct, Value, ListValue.
};

// `int`, `google.protobuf.Timestamp`, ... as CEL names them.
absl::string_view KindName(Kind kind);

// What the checker knows of a value. A value type: copy it. Descriptors are borrowed and outlive it.
class Type {
 public:
  Type() = default;  // dyn
  static Type Dyn() { return Type(Kind::kDyn); }
  static Type Null() { return Type(Kind::kNull); }
  static Type Bool() { return Type(Kind::kBool); }
  static Type Int() { return Type(Kind::kInt); }
  static Type Uint() { return Type(Kind::kUint); }
  static Type Double() { return Type(Kind::kDouble); }
  static Type String() { return Type(Kind::kString); }
  static Type Bytes() { return Type(Kind::kBytes); }
  static Type Timestamp() { return Type(Kind::kTimestamp); }
  static Type Duration() { return Type(Kind::kDuration); }
  static Type Nothing() { return Type(Kind::kNothing); }
  static Type Of(Kind kind) { return Type(kind); }
  static Type List(Type element);
  static Type Map(Type key, Type value);
  // An int whose values have names.
  static Type Enum(const google::protobuf::EnumDescriptor* descriptor);
  // Well-known types become what they stand for: Timestamp, Duration, a wrapper its nullable value.
  static Type Message(const google::protobuf::Descriptor* descriptor);
  // What selecting `field` gives.
  static Type Field(const google::protobuf::FieldDescriptor* field);

  Kind kind() const { return kind_; }
  // May also be null: from a wrapper.
  bool nullable() const { return nullable_; }
  // Of kMessage and kLeftOut.
  const google::protobuf::Descriptor* message() const { return message_; }
  // Of kInt from an enum, else null.
  const google::protobuf::EnumDescriptor* enumeration() const { return enumeration_; }
  // Of kList, kMap.
  const Type& element() const { return *second_; }
  const Type& key() const { return *first_; }
  const Type& value() const { return *second_; }

  // Known only when evaluated.
  bool IsOpen() const { return kind_ == Kind::kDyn || kind_ == Kind::kNothing; }
  // `list(int)`, `map(string, dyn)`, `wrapper(int)`, `touchstone.events.v1.Touchpoint`.
  std::string Name() const;

 private:
  explicit Type(Kind kind) : kind_(kind) {}
  friend absl::optional<Type> Join(const Type& a, const Type& b);

  Kind kind_ = Kind::kDyn;
  bool nullable_ = false;
  const google::protobuf::Descriptor* message_ = nullptr;
  const google::protobuf::EnumDescriptor* enumeration_ = nullptr;
  std::shared_ptr<const Type> first_;
  std::shared_ptr<const Type> second_;
};

// The type that holds values of both, if they agree: dyn agrees with everything, null with wrappers, lists and maps by
// what they hold. int, uint and double do not agree.
absl::optional<Type> Join(const Type& a, const Type& b);

}  // namespace touchstone::cel
