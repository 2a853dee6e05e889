#include "services/outreach/domain/template_name.h"

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/clock/proto_time.h"

namespace touchstone::outreach {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsTime(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type() == google::protobuf::Timestamp::descriptor();
}

std::string FieldsOf(const Descriptor& message) {
  std::vector<std::string> names;
  for (int i = 0; i < message.field_count(); ++i) {
    if (!message.field(i)->is_repeated()) names.push_back(message.field(i)->name());
  }
  return absl::StrJoin(names, ", ");
}

absl::Status NotAName(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("'", text, "' ", why));
}

// `POLARITY_DELIGHT` of the enum Polarity is `delight`; the zero, unspecified, is no value.
std::string EnumWords(const google::protobuf::EnumValueDescriptor& value) {
  if (value.number() == 0) return "";
  const std::string& unspecified = value.type()->FindValueByNumber(0)->name();
  absl::string_view prefix = absl::string_view(unspecified.data(), unspecified.size());
  prefix.remove_suffix(std::string("UNSPECIFIED").size());
  return absl::StrReplaceAll(absl::AsciiStrToLower(value.name().substr(prefix.size())), {{"_", " "}});
}

std::string Words(const Message& message, const FieldDescriptor& field, absl::TimeZone zone) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(reflection.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumWords(*reflection.GetEnum(message, &field));
    default: {  // A time: Parse lets nothing else through.
      if (!reflection.HasField(message, &field)) return "";
      const auto& time = static_cast<const google::protobuf::Timestamp&>(reflection.GetMessage(message, &field));
      return absl::FormatTime("%Y-%m-%d", clock::TimeFrom(time), zone);
    }
  }
}

bool CanBeWords(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_ENUM:
      return true;
    default:
      return IsTime(field);
  }
}

}  // namespace

TemplateValues ValuesOf(const events::v1::MomentOfTruth& moment, const events::v1::JourneyDigest& journey, absl::TimeZone zone) {
  TemplateValues values{moment, journey, {}, zone};
  const events::v1::PromiseState* nearest = nullptr;
  for (const events::v1::PromiseState& promise : journey.promises()) {
    const bool same_strand =
        moment.has_strand() && promise.strand().kind() == moment.strand().kind() && promise.strand().id() == moment.strand().id();
    if (same_strand) {
      nearest = &promise;
      break;
    }
    if (nearest == nullptr) nearest = &promise;
  }
  if (nearest != nullptr) values.promise = nearest->promise();
  return values;
}

absl::StatusOr<TemplateName> TemplateName::Parse(absl::string_view text) {
  const std::vector<std::string> words = absl::StrSplit(text, '.');
  TemplateName name;
  const Descriptor* message = nullptr;
  if (words[0] == "moment") {
    message = events::v1::MomentOfTruth::descriptor();
    name.root_ = Root::kMoment;
  } else if (words[0] == "journey") {
    message = events::v1::JourneyDigest::descriptor();
    name.root_ = Root::kJourney;
  } else if (words[0] == "promise") {
    message = events::v1::Promise::descriptor();
    name.root_ = Root::kPromise;
  } else {
    return NotAName(text, "is unknown: a name starts with moment, journey or promise");
  }
  for (size_t i = 1; i < words.size(); ++i) {
    const FieldDescriptor* field = message == nullptr ? nullptr : message->FindFieldByName(words[i]);
    if (field == nullptr && message == nullptr) return NotAName(text, absl::StrCat("goes on after a value: '", words[i], "'"));
    if (field == nullptr) {
      return NotAName(text, absl::StrCat("is unknown: ", message->name(), " has no '", words[i], "', but ", FieldsOf(*message)));
    }
    if (field->is_repeated()) return NotAName(text, absl::StrCat("is a list at '", words[i], "', and a list has no words"));
    name.path_.push_back(field);
    message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !IsTime(*field) ? field->message_type() : nullptr;
  }
  if (name.path_.empty() || !CanBeWords(*name.path_.back())) return NotAName(text, "is no text, number or time");
  return name;
}

std::string TemplateName::ValueIn(const TemplateValues& values) const {
  const Message* message = &values.promise;
  if (root_ == Root::kMoment) message = &values.moment;
  if (root_ == Root::kJourney) message = &values.journey;
  for (size_t i = 0; i + 1 < path_.size(); ++i) {
    if (!message->GetReflection()->HasField(*message, path_[i])) return "";
    message = &message->GetReflection()->GetMessage(*message, path_[i]);
  }
  return Words(*message, *path_.back(), values.zone);
}

}  // namespace touchstone::outreach
