#include "common/cel/environment.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace touchstone::cel {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FileDescriptor;

bool IsName(absl::string_view name) {
  for (absl::string_view part : absl::StrSplit(name, '.')) {
    if (part.empty() || absl::ascii_isdigit(part[0])) return false;
    if (!std::all_of(part.begin(), part.end(), [](char c) { return absl::ascii_isalnum(c) || c == '_'; })) return false;
  }
  return true;
}

bool IsLeftOut(const Type& type) {
  if (type.kind() == Kind::kList) return IsLeftOut(type.element());
  if (type.kind() == Kind::kMap) return IsLeftOut(type.value());
  return type.kind() == Kind::kLeftOut;
}

// `SurveyKind` -> `SURVEY_KIND_`, which its values begin with.
std::string ValuePrefix(absl::string_view enum_name) {
  std::string prefix;
  for (char c : enum_name) {
    if (absl::ascii_isupper(c) && !prefix.empty()) prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(c));
  }
  prefix.push_back('_');
  return prefix;
}

// `name` without `container.`, or without the package above it if it is not in it.
std::string Relative(absl::string_view container, absl::string_view name) {
  return std::string(absl::StripPrefix(name, absl::StrCat(container, ".")));
}

}  // namespace

absl::optional<int> Environment::VariableIndex(absl::string_view name) const {
  const auto found = state_->variable_indices.find(name);
  if (found == state_->variable_indices.end()) return absl::nullopt;
  return found->second;
}

absl::optional<Environment::Constant> Environment::FindConstant(absl::string_view name) const {
  const auto found = state_->constants.find(name);
  if (found != state_->constants.end()) return found->second;
  const size_t dot = name.rfind('.');
  if (dot == absl::string_view::npos) return absl::nullopt;
  const EnumDescriptor* descriptor = state_->pool->FindEnumTypeByName(std::string(name.substr(0, dot)));
  if (descriptor == nullptr) return absl::nullopt;
  const auto* value = descriptor->FindValueByName(std::string(name.substr(dot + 1)));
  if (value == nullptr) return absl::nullopt;
  return Constant{value->number(), descriptor};
}

std::vector<std::string> Environment::Scopes(absl::string_view name) const {
  std::vector<std::string> scopes;
  absl::string_view scope = state_->container;
  while (!scope.empty()) {
    scopes.push_back(absl::StrCat(scope, ".", name));
    const size_t dot = scope.rfind('.');
    scope = dot == absl::string_view::npos ? absl::string_view() : scope.substr(0, dot);
  }
  scopes.emplace_back(name);
  return scopes;
}

Environment::Builder::Builder() : state_(std::make_shared<State>()) {
  state_->pool = google::protobuf::DescriptorPool::generated_pool();
}

Environment::Builder& Environment::Builder::Container(absl::string_view package) {
  state_->container = std::string(package);
  if (!package.empty() && !IsName(package)) error_ = absl::StrCat("container '", package, "' is no package name");
  return *this;
}

Environment::Builder& Environment::Builder::Variable(absl::string_view name, Type type) {
  if (!IsName(name)) error_ = absl::StrCat("variable '", name, "' is no name");
  if (IsLeftOut(type)) error_ = absl::StrCat("variable '", name, "': ", type.Name(), " is left out of this CEL");
  const int index = static_cast<int>(state_->variables.size());
  if (!state_->variable_indices.emplace(name, index).second) error_ = absl::StrCat("variable '", name, "' is declared twice");
  if (type.kind() == Kind::kMessage) state_->pool = type.message()->file()->pool();
  state_->variables.push_back({std::string(name), std::move(type)});
  return *this;
}

Environment::Builder& Environment::Builder::Enum(const EnumDescriptor* descriptor) {
  const std::string prefix = ValuePrefix(descriptor->name());
  const std::string scope(absl::StripSuffix(descriptor->full_name(), descriptor->name()));
  for (int i = 0; i < descriptor->value_count(); ++i) {
    const auto* value = descriptor->value(i);
    const Constant constant{value->number(), descriptor};
    state_->constants.emplace(absl::StrCat(descriptor->full_name(), ".", value->name()), constant);
    state_->constants.emplace(absl::StrCat(scope, value->name()), constant);
    const absl::string_view brief = absl::StripPrefix(value->name(), prefix);
    if (brief.size() < value->name().size() && IsName(brief)) {
      state_->constants.emplace(absl::StrCat(descriptor->full_name(), ".", brief), constant);
    }
  }
  return *this;
}

Environment::Builder& Environment::Builder::EnumsOf(const FileDescriptor* file) {
  for (int i = 0; i < file->enum_type_count(); ++i) Enum(file->enum_type(i));
  for (int i = 0; i < file->message_type_count(); ++i) {
    const Descriptor* message = file->message_type(i);
    for (int j = 0; j < message->enum_type_count(); ++j) Enum(message->enum_type(j));
  }
  for (int i = 0; i < file->dependency_count(); ++i) {
    if (!absl::StartsWith(file->dependency(i)->name(), "google/")) EnumsOf(file->dependency(i));
  }
  return *this;
}

absl::StatusOr<Environment> Environment::Builder::Build() const {
  if (!error_.empty()) return absl::InvalidArgumentError(absl::StrCat("CEL environment: ", error_));
  auto state = std::make_shared<State>(*state_);
  for (const Environment::Variable& variable : state->variables) state->names.push_back(variable.name);
  for (const auto& [name, constant] : state->constants) state->names.push_back(Relative(state->container, name));
  std::sort(state->names.begin(), state->names.end());
  return Environment(std::move(state));
}

}  // namespace touchstone::cel
