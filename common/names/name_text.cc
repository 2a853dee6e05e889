#include "common/names/name_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/names/name_kind.h"
#include "common/text/nearest.h"
#include "common/text/utf8.h"

namespace touchstone::names {
namespace {

constexpr size_t kPhoneDigitsMin = 6;
constexpr size_t kPhoneDigitsMax = 15;  // ITU-T E.164.

bool HasWhiteSpace(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isspace(c); });
}

absl::StatusOr<std::string> NormalisedEmail(absl::string_view value) {
  const std::vector<absl::string_view> sides = absl::StrSplit(value, '@');
  if (sides.size() != 2 || sides[0].empty() || HasWhiteSpace(value)) {
    return absl::InvalidArgumentError("is no e-mail address: it should look like jo@example.com");
  }
  const std::vector<absl::string_view> labels = absl::StrSplit(sides[1], '.');
  const bool whole = std::none_of(labels.begin(), labels.end(), [](absl::string_view label) { return label.empty(); });
  if (labels.size() < 2 || !whole) {
    return absl::InvalidArgumentError("is no e-mail address: what follows the @ should look like example.com");
  }
  return absl::AsciiStrToLower(value);
}

absl::StatusOr<std::string> NormalisedHandle(absl::string_view value) {
  if (HasWhiteSpace(value)) return absl::InvalidArgumentError("is no handle: it holds white space");
  return absl::AsciiStrToLower(value);
}

absl::StatusOr<std::string> NormalisedPhone(absl::string_view value) {
  // `+49 (0)30`: the bracketed zero is dialled inside the country only, and is no part of the number.
  std::string text = absl::StrReplaceAll(value, {{"(0)", ""}});
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return absl::StrContains(" -./()\t", c); }), text.end());
  absl::string_view digits = text;
  if (!absl::ConsumePrefix(&digits, "+") && !absl::ConsumePrefix(&digits, "00")) {
    return absl::InvalidArgumentError("is a phone number without its country code: begin with + or 00");
  }
  if (!std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return absl::ascii_isdigit(c); })) {
    return absl::InvalidArgumentError("is no phone number: only digits may follow the country code");
  }
  if (digits.size() < kPhoneDigitsMin || digits.size() > kPhoneDigitsMax) {
    return absl::InvalidArgumentError(absl::StrCat("is a phone number of ", digits.size(), " digits; ", kPhoneDigitsMin, " to ",
                                                   kPhoneDigitsMax, " are possible"));
  }
  return absl::StrCat("+", digits);
}

absl::StatusOr<std::string> NormalisedValue(events::NameKind kind, absl::string_view value) {
  switch (kind) {
    case events::NAME_KIND_EMAIL:
      return NormalisedEmail(value);
    case events::NAME_KIND_HANDLE:
      return NormalisedHandle(value);
    case events::NAME_KIND_PHONE:
      return NormalisedPhone(value);
    default:
      return std::string(value);
  }
}

}  // namespace

absl::StatusOr<events::Name> ParseName(absl::string_view text) {
  const size_t colon = text.find(':');
  if (colon == absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("is no name: write kind:value, as in customer:42 or email:jo@example.com; kinds are ", AllKindsText()));
  }
  const absl::string_view word = absl::StripAsciiWhitespace(text.substr(0, colon));
  events::Name name;
  name.set_kind(KindOfText(word));
  if (name.kind() == events::NAME_KIND_UNSPECIFIED) {
    const std::vector<std::string> kinds = absl::StrSplit(AllKindsText(), ", ");
    return absl::InvalidArgumentError(
        absl::StrCat("has no kind of name before its colon", text::DidYouMean(word, kinds), "; kinds are ", AllKindsText()));
  }
  const absl::string_view value = text.substr(colon + 1);
  if (!text::IsValidUtf8(value)) return absl::InvalidArgumentError("is not valid UTF-8");
  name.set_value(std::string(value));
  return NormaliseName(name);
}

absl::StatusOr<events::Name> NormaliseName(const events::Name& name) {
  if (KindText(name.kind()).empty()) {
    return absl::InvalidArgumentError(absl::StrCat("has no kind; kinds are ", AllKindsText()));
  }
  if (name.value().size() > kTextBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("has a value of ", name.value().size(), " bytes; at most ", kValueBytesMax, " are allowed"));
  }
  if (!text::IsValidUtf8(name.value())) return absl::InvalidArgumentError("is not valid UTF-8");
  const absl::string_view trimmed = absl::StripAsciiWhitespace(name.value());
  if (trimmed.empty()) return absl::InvalidArgumentError("has an empty value");
  if (text::HasControlCharacter(trimmed)) return absl::InvalidArgumentError("has a control character in its value");
  absl::StatusOr<std::string> value = NormalisedValue(name.kind(), trimmed);
  if (!value.ok()) return value.status();
  if (value->size() > kValueBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("has a value of ", value->size(), " bytes; at most ", kValueBytesMax, " are allowed"));
  }
  events::Name normalised;
  normalised.set_kind(name.kind());
  normalised.set_value(*std::move(value));
  return normalised;
}

std::string NameText(const events::Name& name) { return absl::StrCat(KindText(name.kind()), ":", name.value()); }

}  // namespace touchstone::names
