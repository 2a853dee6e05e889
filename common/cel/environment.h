#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "common/cel/type.h"

namespace touchstone::cel {

// What an expression may name. Immutable once built, cheap to copy, safe to share among threads.
//
//   ASSIGN_OR_RETURN(cel::Environment environment, cel::Environment::Builder()
//       .Container("touchstone.events.v1")
//       .Variable("touchpoint", cel::Type::Message(events::Touchpoint::descriptor()))
//       .EnumsOf(events::Touchpoint::descriptor()->file())
//       .Build());
class Environment {
 public:
  struct Variable {
    std::string name;
    Type type;
  };
  struct Constant {
    int64_t value = 0;
    const google::protobuf::EnumDescriptor* enumeration = nullptr;
  };
  class Builder;

  // In the order of their declaration: a variable's index is its place here.
  const std::vector<Variable>& variables() const { return state_->variables; }
  absl::optional<int> VariableIndex(absl::string_view name) const;

  // The value that the whole name `name` stands for, as declared or as `package.Enum.VALUE` of a declared type's pool.
  absl::optional<Constant> FindConstant(absl::string_view name) const;
  // Where `name` may be meant, best first: `touchstone.events.v1.name`, ..., `name`.
  std::vector<std::string> Scopes(absl::string_view name) const;
  // Every name that may be written, for `did you mean`.
  const std::vector<std::string>& names() const { return state_->names; }

  // True of copies of one environment.
  friend bool operator==(const Environment& a, const Environment& b) { return a.state_ == b.state_; }

 private:
  struct State {
    std::string container;
    std::vector<Variable> variables;
    absl::flat_hash_map<std::string, int> variable_indices;
    absl::flat_hash_map<std::string, Constant> constants;
    const google::protobuf::DescriptorPool* pool = nullptr;
    std::vector<std::string> names;
  };
  explicit Environment(std::shared_ptr<const State> state) : state_(std::move(state)) {}

  std::shared_ptr<const State> state_;
};

class Environment::Builder {
 public:
  Builder();
  // The package in which names are looked up first.
  Builder& Container(absl::string_view package);
  // `name` may have dots. Descriptors are borrowed and outlive everything built from this.
  Builder& Variable(absl::string_view name, Type type);
  // Lets the values of `descriptor` be written short, beside `Channel.CHANNEL_PHONE` which needs no declaration: as
  // `Channel.PHONE` and `CHANNEL_PHONE`, in the package of the enum.
  Builder& Enum(const google::protobuf::EnumDescriptor* descriptor);
  // Enum, for all enums of the file and of the files it imports.
  Builder& EnumsOf(const google::protobuf::FileDescriptor* file);

  // InvalidArgument: a name twice or not a name, or a type that is left out (README.md).
  absl::StatusOr<Environment> Build() const;

 private:
  std::shared_ptr<State> state_;
  std::string error_;
};

}  // namespace touchstone::cel
