#include "services/ingestion/domain/wire_fault.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/text/utf8.h"

namespace touchstone::ingestion {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr int kDepthMax = 100;
constexpr char kEndsEarly[] = "ends in the middle of a field: it was cut off";

std::optional<WireFault> Find(absl::string_view bytes, const Descriptor& type, const std::string& path, int depth);

std::string Joined(const std::string& path, const FieldDescriptor& field, int index) {
  std::string name = path.empty() ? field.name() : absl::StrCat(path, ".", field.name());
  return field.is_repeated() && !field.is_map() ? absl::StrCat(name, "[", index, "]") : name;
}

std::optional<WireFault> FindInBytes(absl::string_view value, const FieldDescriptor& field, const std::string& path, int depth) {
  if (field.type() == FieldDescriptor::TYPE_STRING && !text::IsValidUtf8(value)) return WireFault{path, "is not valid UTF-8"};
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) return Find(value, *field.message_type(), path, depth + 1);
  return std::nullopt;
}

std::optional<WireFault> Find(absl::string_view bytes, const Descriptor& type, const std::string& path, int depth) {
  if (depth > kDepthMax) return WireFault{path, "is nested too deep"};
  CodedInputStream input(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
  std::map<int, int> counts;
  while (const uint32_t tag = input.ReadTag()) {
    const int number = WireFormatLite::GetTagFieldNumber(tag);
    const FieldDescriptor* field = type.FindFieldByNumber(number);
    const std::string where = field == nullptr ? path : Joined(path, *field, counts[number]++);
    if (number == 0) return WireFault{path, "is malformed: no message begins so"};
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&input, tag)) return WireFault{where, kEndsEarly};
      continue;
    }
    uint32_t size = 0;
    std::string value;
    if (!input.ReadVarint32(&size) || size > bytes.size() || !input.ReadString(&value, static_cast<int>(size))) {
      return WireFault{where, kEndsEarly};
    }
    if (field == nullptr) continue;
    if (std::optional<WireFault> fault = FindInBytes(value, *field, where, depth)) return fault;
  }
  if (!input.ConsumedEntireMessage() || input.CurrentPosition() != static_cast<int>(bytes.size())) {
    return WireFault{path, "is malformed: no message continues so"};
  }
  return std::nullopt;
}

}  // namespace

WireFault FindWireFault(absl::string_view bytes, const Descriptor& type) {
  return Find(bytes, type, "", 0).value_or(WireFault{"", absl::StrCat("is no ", type.full_name())});
}

}  // namespace touchstone::ingestion
