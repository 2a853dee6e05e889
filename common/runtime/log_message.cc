#include "common/runtime/log_message.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "touchstone/events/v1/options.pb.h"

namespace touchstone::runtime {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kBytesMax = 4096;
constexpr int kDepthMax = 10;

class Renderer {
 public:
  void Render(const Message& message, int depth) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (Full()) return;
      RenderField(message, *field, depth);
    }
  }

  std::string Text() && { return std::move(text_); }

 private:
  // Says once that there would be more.
  bool Full() {
    if (text_.size() < kBytesMax) return false;
    if (!cut_) text_ += " ...";
    cut_ = true;
    return true;
  }

  void RenderField(const Message& message, const FieldDescriptor& field, int depth) {
    if (field.options().GetExtension(events::v1::personal)) {
      Put(absl::StrCat(field.name(), ": (personal)"));
    } else if (!field.is_repeated()) {
      RenderValue(message, field, -1, depth);
    } else {
      const int count = message.GetReflection()->FieldSize(message, &field);
      for (int i = 0; i < count && !Full(); ++i) RenderValue(message, field, i, depth);
    }
  }

  // `index` is -1 for a field that is not repeated.
  void RenderValue(const Message& message, const FieldDescriptor& field, int index, int depth) {
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      Put(absl::StrCat(field.name(), ": ", Scalar(message, field, index)));
      return;
    }
    const Reflection& reflection = *message.GetReflection();
    const Message& inner =
        index < 0 ? reflection.GetMessage(message, &field) : reflection.GetRepeatedMessage(message, &field, index);
    if (inner.GetDescriptor() == google::protobuf::Any::descriptor() || depth >= kDepthMax) {
      Put(absl::StrCat(field.name(), ": (", inner.ByteSizeLong(), " bytes)"));
      return;
    }
    Put(absl::StrCat(field.name(), " {"));
    Render(inner, depth + 1);
    Put("}");
  }

  static std::string Text(const Message& message, const FieldDescriptor& field, int index) {
    std::string scratch;
    const Reflection& reflection = *message.GetReflection();
    const std::string& text = index < 0 ? reflection.GetStringReference(message, &field, &scratch)
                                        : reflection.GetRepeatedStringReference(message, &field, index, &scratch);
    if (field.type() == FieldDescriptor::TYPE_BYTES) return absl::StrCat("(", text.size(), " bytes)");
    return absl::StrCat("\"", absl::Utf8SafeCEscape(absl::string_view(text).substr(0, kBytesMax)), "\"");
  }

  static std::string Enum(const Message& message, const FieldDescriptor& field, int index) {
    const Reflection& reflection = *message.GetReflection();
    const EnumValueDescriptor* value =
        index < 0 ? reflection.GetEnum(message, &field) : reflection.GetRepeatedEnum(message, &field, index);
    return value->name();
  }

  static std::string Scalar(const Message& message, const FieldDescriptor& field, int index) {
    const Reflection& r = *message.GetReflection();
    const bool one = index < 0;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return absl::StrCat(one ? r.GetInt32(message, &field) : r.GetRepeatedInt32(message, &field, index));
      case FieldDescriptor::CPPTYPE_INT64:
        return absl::StrCat(one ? r.GetInt64(message, &field) : r.GetRepeatedInt64(message, &field, index));
      case FieldDescriptor::CPPTYPE_UINT32:
        return absl::StrCat(one ? r.GetUInt32(message, &field) : r.GetRepeatedUInt32(message, &field, index));
      case FieldDescriptor::CPPTYPE_UINT64:
        return absl::StrCat(one ? r.GetUInt64(message, &field) : r.GetRepeatedUInt64(message, &field, index));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return absl::StrCat(one ? r.GetDouble(message, &field) : r.GetRepeatedDouble(message, &field, index));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return absl::StrCat(one ? r.GetFloat(message, &field) : r.GetRepeatedFloat(message, &field, index));
      case FieldDescriptor::CPPTYPE_BOOL:
        return (one ? r.GetBool(message, &field) : r.GetRepeatedBool(message, &field, index)) ? "true" : "false";
      case FieldDescriptor::CPPTYPE_ENUM:
        return Enum(message, field, index);
      case FieldDescriptor::CPPTYPE_STRING:
        return Text(message, field, index);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        break;
    }
    return "";
  }

  void Put(absl::string_view piece) { absl::StrAppend(&text_, text_.empty() ? "" : " ", piece); }

  std::string text_;
  bool cut_ = false;
};

}  // namespace

std::string LogMessage(const Message& message) {
  Renderer renderer;
  renderer.Render(message, 0);
  return std::move(renderer).Text();
}

}  // namespace touchstone::runtime
