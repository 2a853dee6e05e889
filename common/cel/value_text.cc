#include "common/cel/value_text.h"

#include <google/protobuf/util/json_util.h>

#include <cmath>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/cel/number_text.h"
#include "common/cel/time_text.h"
#include "common/cel/utf8.h"

namespace touchstone::cel {
namespace {

constexpr int64_t kJsonIntMax = (int64_t{1} << 53) - 1;

// A double that could be read as an int gets a point.
std::string DoubleLiteral(double value) {
  std::string text = FormatDouble(value);
  if (std::isfinite(value) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string MessageText(const google::protobuf::Message& message) {
  const std::string fields = message.ShortDebugString();
  return absl::StrCat(message.GetTypeName(), "{", fields, "}");
}

std::string JsonString(absl::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const int length = Utf8Length(text);
    const absl::string_view piece = text.substr(0, std::max(1, length));
    const auto c = static_cast<unsigned char>(piece[0]);
    if (length == 0) {
      out += "\xEF\xBF\xBD";  // U+FFFD for a byte that is not UTF-8.
    } else if (c == '"' || c == '\\') {
      absl::StrAppend(&out, "\\", piece);
    } else if (c < 0x20) {
      absl::StrAppendFormat(&out, "\\u%04x", c);
    } else {
      absl::StrAppend(&out, piece);
    }
    text.remove_prefix(piece.size());
  }
  return out + "\"";
}

std::string JsonDouble(double value) {
  if (std::isnan(value)) return "\"NaN\"";
  if (std::isinf(value)) return value < 0 ? "\"-Infinity\"" : "\"Infinity\"";
  return FormatDouble(value);
}

std::string JsonMessage(const google::protobuf::Message& message) {
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json).ok()) return "null";
  return json;
}

template <typename Print>
std::string PrintList(const Value& value, absl::string_view separator, Print print) {
  std::string out = "[";
  for (size_t i = 0; i < value.size(); ++i) absl::StrAppend(&out, i == 0 ? "" : separator, print(value.At(i)));
  return out + "]";
}

template <typename PrintEntry>
std::string PrintMap(const Value& value, absl::string_view separator, PrintEntry print) {
  std::string out = "{";
  for (size_t i = 0; i < value.size(); ++i) absl::StrAppend(&out, i == 0 ? "" : separator, print(value.EntryAt(i)));
  return out + "}";
}

std::string JsonKey(const Value& key) {
  return JsonString(key.kind() == Kind::kString ? std::string(key.text()) : ToString(key));
}

}  // namespace

std::string ToString(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return value.bool_value() ? "true" : "false";
    case Kind::kInt:
      return absl::StrCat(value.int_value());
    case Kind::kUint:
      return absl::StrCat(value.uint_value(), "u");
    case Kind::kDouble:
      return DoubleLiteral(value.double_value());
    case Kind::kString:
      return absl::StrCat("\"", absl::Utf8SafeCHexEscape(value.text()), "\"");
    case Kind::kBytes:
      return absl::StrCat("b\"", absl::CHexEscape(value.text()), "\"");
    case Kind::kTimestamp:
      return absl::StrCat("timestamp(\"", FormatTimestamp(value), "\")");
    case Kind::kDuration:
      return absl::StrCat("duration(\"", FormatDuration(value), "\")");
    case Kind::kList:
      return PrintList(value, ", ", ToString);
    case Kind::kMap:
      return PrintMap(value, ", ",
                      [](const MapEntry& entry) { return absl::StrCat(ToString(entry.key), ": ", ToString(entry.value)); });
    case Kind::kMessage:
      return MessageText(value.message());
    case Kind::kError:
      return absl::StrCat("error: ", MessageOf(value.error()));
    default:
      return "?";
  }
}

std::string ToJson(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return value.bool_value() ? "true" : "false";
    case Kind::kInt: {
      const bool exact = value.int_value() >= -kJsonIntMax && value.int_value() <= kJsonIntMax;
      return exact ? absl::StrCat(value.int_value()) : absl::StrCat("\"", value.int_value(), "\"");
    }
    case Kind::kUint:
      return value.uint_value() <= static_cast<uint64_t>(kJsonIntMax) ? absl::StrCat(value.uint_value())
                                                                      : absl::StrCat("\"", value.uint_value(), "\"");
    case Kind::kDouble:
      return JsonDouble(value.double_value());
    case Kind::kString:
      return JsonString(value.text());
    case Kind::kBytes:
      return absl::StrCat("\"", absl::Base64Escape(value.text()), "\"");
    case Kind::kTimestamp:
      return JsonString(FormatTimestamp(value));
    case Kind::kDuration:
      return JsonString(FormatDuration(value));
    case Kind::kList:
      return PrintList(value, ",", ToJson);
    case Kind::kMap:
      return PrintMap(value, ",",
                      [](const MapEntry& entry) { return absl::StrCat(JsonKey(entry.key), ":", ToJson(entry.value)); });
    case Kind::kMessage:
      return JsonMessage(value.message());
    default:
      return "null";
  }
}

std::string ToBriefString(const Value& value, size_t bytes) {
  std::string text;
  if (value.kind() == Kind::kMessage) return absl::StrCat(value.descriptor()->name(), "{...}");
  if (value.kind() == Kind::kList || value.kind() == Kind::kMap) {
    const bool is_list = value.kind() == Kind::kList;
    text = is_list ? "[" : "{";
    for (size_t i = 0; i < value.size() && text.size() <= bytes; ++i) {
      if (i > 0) text += ", ";
      if (!is_list) absl::StrAppend(&text, ToBriefString(value.EntryAt(i).key, bytes), ": ");
      absl::StrAppend(&text, ToBriefString(is_list ? value.At(i) : value.EntryAt(i).value, bytes));
    }
    text += is_list ? "]" : "}";
  } else if (value.kind() == Kind::kString || value.kind() == Kind::kBytes) {
    const absl::string_view start = value.text().substr(0, bytes + 1);
    text = ToString(value.kind() == Kind::kString ? Value::String(start) : Value::Bytes(start));
  } else {
    return ToString(value);
  }
  if (text.size() <= bytes) return text;
  // Cut between code points.
  size_t end = 0;
  while (true) {
    const size_t length = std::max(1, Utf8Length(absl::string_view(text).substr(end)));
    if (end + length > bytes) break;
    end += length;
  }
  return absl::StrCat(text.substr(0, end), "...");
}

}  // namespace touchstone::cel
