#include "common/config/yaml.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/config/diagnostic.h"
#include "common/config/scalar.h"
#include "common/text/utf8.h"

namespace touchstone::config {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

// Where yaml-cpp's marks (line and byte in it, from 0) stand in the text.
class Lines {
 public:
  explicit Lines(absl::string_view text) : size_(text.size()), starts_({0}) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  size_t OffsetOf(const YAML::Mark& mark) const {
    if (mark.line < 0) return 0;
    if (static_cast<size_t>(mark.line) >= starts_.size()) return size_;
    return std::min(size_, starts_[mark.line] + std::max(0, mark.column));
  }

 private:
  size_t size_;
  std::vector<size_t> starts_;
};

// What a value is, for errors.
absl::string_view ShapeText(const YAML::Node& node) {
  if (node.IsMap()) return "a map";
  if (node.IsSequence()) return "a list";
  if (node.IsScalar()) return "a single value";
  return "nothing";
}

class Reader {
 public:
  Reader(absl::string_view file, absl::string_view text, SourceMap& sources)
      : file_(file), text_(text), lines_(text), sources_(sources) {}

  void ReadMessage(const YAML::Node& node, const std::string& path, int depth, Message& message);

  void Error(size_t offset, absl::string_view problem) {
    if (errors_.size() == kYamlErrorsMax) return;
    Diagnostic diagnostic = Diagnostic::FromOffset(text_, offset);
    diagnostic.file = std::string(file_);
    diagnostic.message = std::string(problem);
    errors_.push_back(diagnostic.Render());
  }

  size_t OffsetOf(const YAML::Mark& mark) const { return lines_.OffsetOf(mark); }

  absl::Status status() const {
    return errors_.empty() ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrJoin(errors_, "\n"));
  }

 private:
  // False, with an error, where there is no room for another value.
  bool Enter(const YAML::Node& node, const std::string& path, int depth);
  void Expected(const YAML::Node& node, const FieldDescriptor& field, absl::string_view shape);
  void ReadField(const YAML::Node& node, const FieldDescriptor& field, const std::string& path, int depth, Message& message);
  void ReadList(const YAML::Node& node, const FieldDescriptor& field, const std::string& path, int depth, Message& message);
  void ReadMap(const YAML::Node& node, const FieldDescriptor& field, const std::string& path, int depth, Message& message);
  // One value, added to the field where it is repeated.
  void ReadValue(const YAML::Node& node, const FieldDescriptor& field, const std::string& path, int depth, Message& message);
  void CheckOneof(const YAML::Node& key, const FieldDescriptor& field, absl::flat_hash_set<const OneofDescriptor*>& seen);

  absl::string_view file_;
  absl::string_view text_;
  Lines lines_;
  SourceMap& sources_;
  size_t values_ = 0;
  std::vector<std::string> errors_;
};

bool Reader::Enter(const YAML::Node& node, const std::string& path, int depth) {
  const size_t offset = OffsetOf(node.Mark());
  sources_.Add(path, offset);
  ++values_;
  if (depth > kYamlDepthMax) Error(offset, absl::StrCat("is nested more than ", kYamlDepthMax, " deep"));
  if (values_ == kYamlValuesMax + 1) Error(offset, absl::StrCat("has more than ", kYamlValuesMax, " values"));
  return depth <= kYamlDepthMax && values_ <= kYamlValuesMax;
}

void Reader::Expected(const YAML::Node& node, const FieldDescriptor& field, absl::string_view shape) {
  Error(OffsetOf(node.Mark()), absl::StrCat("'", field.name(), "' expects ", shape, ", and here is ", ShapeText(node)));
}

void Reader::CheckOneof(const YAML::Node& key, const FieldDescriptor& field, absl::flat_hash_set<const OneofDescriptor*>& seen) {
  const OneofDescriptor* oneof = field.real_containing_oneof();
  if (oneof == nullptr || seen.insert(oneof).second) return;
  std::vector<std::string> names;
  for (int i = 0; i < oneof->field_count(); ++i) names.push_back(oneof->field(i)->name());
  Error(OffsetOf(key.Mark()), absl::StrCat("only one of ", absl::StrJoin(names, ", "), " can be given"));
}

void Reader::ReadMessage(const YAML::Node& node, const std::string& path, int depth, Message& message) {
  if (!Enter(node, path, depth)) return;
  if (!node.IsMap()) {
    Error(OffsetOf(node.Mark()),
          absl::StrCat("expects a map of ", message.GetDescriptor()->name(), ", and here is ", ShapeText(node)));
    return;
  }
  absl::flat_hash_set<std::string> names;
  absl::flat_hash_set<const OneofDescriptor*> oneofs;
  for (const auto& entry : node) {
    const size_t at = OffsetOf(entry.first.Mark());
    if (!entry.first.IsScalar()) {
      Error(at, "expects the name of a field");
      continue;
    }
    const std::string& name = entry.first.Scalar();
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) {
      Error(at, absl::StrCat("unknown field '", name, "'", UnknownFieldText(*message.GetDescriptor(), name)));
    } else if (!names.insert(name).second) {
      Error(at, absl::StrCat("'", name, "' is given twice"));
    } else {
      CheckOneof(entry.first, *field, oneofs);
      ReadField(entry.second, *field, path.empty() ? name : absl::StrCat(path, ".", name), depth + 1, message);
    }
  }
}

void Reader::ReadField(const YAML::Node& node, const FieldDescriptor& field, const std::string& path, int depth,
                       Message& message) {
  if (field.is_map()) {
    ReadMap(node, field, path, depth, message);
  } else if (field.is_repeated()) {
    ReadList(node, field, path, depth, message);
  } else {
    ReadValue(node, field, path, depth, message);
  }
}

void Reader::ReadList(const YAML::Node& node, const FieldDescriptor& field, const std::string& path, int depth,
                      Message& message) {
  if (!Enter(node, path, depth)) return;
  if (!node.IsSequence()) return Expected(node, field, "a list");
  size_t index = 0;
  for (const YAML::Node& item : node) {
    ReadValue(item, field, absl::StrCat(path, "[", index++, "]"), depth + 1, message);
  }
}

void Reader::ReadMap(const YAML::Node& node, const FieldDescriptor& field, const std::string& path, int depth, Message& message) {
  if (!Enter(node, path, depth)) return;
  if (!node.IsMap()) return Expected(node, field, "a map");
  absl::flat_hash_set<std::string> keys;
  for (const auto& entry : node) {
    const size_t at = OffsetOf(entry.first.Mark());
    if (!entry.first.IsScalar()) {
      Error(at, "expects a single value as key");
      continue;
    }
    const std::string& key = entry.first.Scalar();
    if (!keys.insert(key).second) {
      Error(at, absl::StrCat("'", key, "' is given twice"));
      continue;
    }
    Message& added = *message.GetReflection()->AddMessage(&message, &field);
    const absl::Status set = SetScalar(*field.message_type()->map_key(), key, added);
    if (!set.ok()) Error(at, absl::StrCat("a key of '", field.name(), "' ", set.message()));
    ReadValue(entry.second, *field.message_type()->map_value(), absl::StrCat(path, "[", key, "]"), depth + 1, added);
  }
}

void Reader::ReadValue(const YAML::Node& node, const FieldDescriptor& field, const std::string& path, int depth,
                       Message& message) {
  if (!IsScalar(field)) {
    const Reflection& reflection = *message.GetReflection();
    ReadMessage(node, path, depth,
                field.is_repeated() ? *reflection.AddMessage(&message, &field) : *reflection.MutableMessage(&message, &field));
    return;
  }
  if (!Enter(node, path, depth)) return;
  if (!node.IsScalar()) return Expected(node, field, "a single value");
  const absl::Status set = SetScalar(field, node.Scalar(), message);
  if (set.ok()) return;
  const bool named = field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;  // Its text names the field already.
  Error(OffsetOf(node.Mark()), named ? std::string(set.message()) : absl::StrCat("'", field.name(), "' ", set.message()));
}

}  // namespace

absl::Status ParseYaml(absl::string_view file_name, absl::string_view text, google::protobuf::Message* message,
                       SourceMap* sources) {
  SourceMap unwanted;
  SourceMap& filled = sources == nullptr ? unwanted : *sources;
  filled = SourceMap(file_name, text.substr(0, kYamlBytesMax));
  if (text.size() > kYamlBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat(file_name, ": is larger than ", kYamlBytesMax, " bytes"));
  }
  Reader reader(file_name, text, filled);
  for (size_t at = 0; at < text.size();) {
    const int length = text::Utf8SequenceLength(text.substr(at));
    if (length == 0) {
      reader.Error(at, "is not valid UTF-8");
      return reader.status();
    }
    at += length;
  }
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.size() > 1) reader.Error(reader.OffsetOf(documents[1].Mark()), "a second document: one file holds one");
    if (!documents.empty() && !documents[0].IsNull()) reader.ReadMessage(documents[0], "", 0, *message);
  } catch (const YAML::Exception& error) {
    reader.Error(reader.OffsetOf(error.mark), absl::StrCat("is not YAML: ", error.msg));
  }
  return reader.status();
}

}  // namespace touchstone::config
