#include "common/cel/type.h"

#include "absl/strings/str_cat.h"

namespace touchstone::cel {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

Type ScalarFieldType(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return Type::Int();
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return Type::Uint();
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Type::Double();
    case FieldDescriptor::CPPTYPE_BOOL:
      return Type::Bool();
    case FieldDescriptor::CPPTYPE_ENUM:
      return Type::Enum(field->enum_type());
    case FieldDescriptor::CPPTYPE_STRING:
      return field->type() == FieldDescriptor::TYPE_BYTES ? Type::Bytes() : Type::String();
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Type::Message(field->message_type());
  }
  return Type::Dyn();
}

}  // namespace

absl::string_view KindName(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return "null_type";
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
      return "int";
    case Kind::kUint:
      return "uint";
    case Kind::kDouble:
      return "double";
    case Kind::kString:
      return "string";
    case Kind::kBytes:
      return "bytes";
    case Kind::kTimestamp:
      return "google.protobuf.Timestamp";
    case Kind::kDuration:
      return "google.protobuf.Duration";
    case Kind::kList:
      return "list";
    case Kind::kMap:
      return "map";
    case Kind::kMessage:
      return "message";
    case Kind::kError:
      return "error";
    case Kind::kDyn:
    case Kind::kNothing:
    case Kind::kLeftOut:
      return "dyn";
  }
  return "?";
}

Type Type::List(Type element) {
  Type type(Kind::kList);
  type.second_ = std::make_shared<const Type>(std::move(element));
  return type;
}

Type Type::Map(Type key, Type value) {
  Type type(Kind::kMap);
  type.first_ = std::make_shared<const Type>(std::move(key));
  type.second_ = std::make_shared<const Type>(std::move(value));
  return type;
}

Type Type::Enum(const EnumDescriptor* descriptor) {
  Type type(Kind::kInt);
  type.enumeration_ = descriptor;
  return type;
}

Type Type::Message(const Descriptor* descriptor) {
  Type type(Kind::kMessage);
  switch (descriptor->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return Timestamp();
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return Duration();
    case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
    case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
    case Descriptor::WELLKNOWNTYPE_INT64VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
    case Descriptor::WELLKNOWNTYPE_INT32VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
    case Descriptor::WELLKNOWNTYPE_STRINGVALUE:
    case Descriptor::WELLKNOWNTYPE_BYTESVALUE:
    case Descriptor::WELLKNOWNTYPE_BOOLVALUE:
      type = ScalarFieldType(descriptor->FindFieldByNumber(1));
      type.nullable_ = true;
      return type;
    case Descriptor::WELLKNOWNTYPE_ANY:
    case Descriptor::WELLKNOWNTYPE_VALUE:
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      type.kind_ = Kind::kLeftOut;
      break;
    default:
      break;
  }
  type.message_ = descriptor;
  return type;
}

Type Type::Field(const FieldDescriptor* field) {
  if (field->is_map()) {
    return Map(ScalarFieldType(field->message_type()->map_key()), ScalarFieldType(field->message_type()->map_value()));
  }
  return field->is_repeated() ? List(ScalarFieldType(field)) : ScalarFieldType(field);
}

std::string Type::Name() const {
  switch (kind_) {
    case Kind::kList:
      return absl::StrCat("list(", element().Name(), ")");
    case Kind::kMap:
      return absl::StrCat("map(", key().Name(), ", ", value().Name(), ")");
    case Kind::kMessage:
    case Kind::kLeftOut:
      return message_->full_name();
    default:
      return nullable_ ? absl::StrCat("wrapper(", KindName(kind_), ")") : std::string(KindName(kind_));
  }
}

absl::optional<Type> Join(const Type& a, const Type& b) {
  if (a.kind() == Kind::kNothing) return b;
  if (b.kind() == Kind::kNothing) return a;
  if (a.kind() == Kind::kDyn || b.kind() == Kind::kDyn) return Type::Dyn();
  if (a.kind() == Kind::kNull && b.nullable()) return b;
  if (b.kind() == Kind::kNull && a.nullable()) return a;
  if (a.kind() != b.kind() || a.message() != b.message()) return absl::nullopt;
  if (a.kind() == Kind::kList) {
    absl::optional<Type> element = Join(a.element(), b.element());
    if (!element.has_value()) return absl::nullopt;
    return Type::List(*std::move(element));
  }
  if (a.kind() == Kind::kMap) {
    absl::optional<Type> key = Join(a.key(), b.key());
    absl::optional<Type> value = Join(a.value(), b.value());
    if (!key.has_value() || !value.has_value()) return absl::nullopt;
    return Type::Map(*std::move(key), *std::move(value));
  }
  Type joined = a.nullable() ? a : b;
  if (a.enumeration() != b.enumeration()) joined.enumeration_ = nullptr;
  return joined;
}

}  // namespace touchstone::cel
