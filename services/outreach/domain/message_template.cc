#include "services/outreach/domain/message_template.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/text/utf8.h"

namespace touchstone::outreach {
namespace {

constexpr absl::string_view kOpen = "{{";
constexpr absl::string_view kClose = "}}";

absl::string_view LanguageOf(absl::string_view tag) { return tag.substr(0, tag.find('-')); }

}  // namespace

std::variant<Wording, WordingError> Wording::Parse(absl::string_view text, const std::map<std::string, std::string>& defaults) {
  Wording wording;
  size_t at = 0;
  while (true) {
    const size_t open = text.find(kOpen, at);
    const absl::string_view literal = text.substr(at, open == absl::string_view::npos ? open : open - at);
    if (const size_t stray = literal.find(kClose); stray != absl::string_view::npos) {
      return WordingError{at + stray, "'}}' without a '{{' before it"};
    }
    if (open == absl::string_view::npos) {
      wording.parts_.push_back({std::string(literal), std::nullopt, ""});
      return wording;
    }
    const size_t close = text.find(kClose, open);
    if (close == absl::string_view::npos) return WordingError{open, "'{{' without a '}}' after it"};
    const std::string name(absl::StripAsciiWhitespace(text.substr(open + kOpen.size(), close - open - kOpen.size())));
    absl::StatusOr<TemplateName> parsed = TemplateName::Parse(name);
    if (!parsed.ok()) return WordingError{open + kOpen.size(), std::string(parsed.status().message())};
    const auto otherwise = defaults.find(name);
    if (otherwise == defaults.end()) {
      return WordingError{open + kOpen.size(),
                          absl::StrCat("'", name, "' has no default: state under `defaults` what to write where it is missing")};
    }
    wording.parts_.push_back({std::string(literal), *std::move(parsed), otherwise->second});
    at = close + kClose.size();
  }
}

std::string Wording::Render(const TemplateValues& values) const {
  std::string words;
  for (const Part& part : parts_) {
    words += part.literal;
    if (!part.name.has_value()) continue;
    const std::string value = part.name->ValueIn(values);
    words += value.empty() ? part.otherwise : value;
  }
  return std::string(text::Utf8Prefix(words, kRenderedBytesMax));
}

const MessageVariant& MessageTemplate::For(absl::string_view language) const {
  for (const MessageVariant& variant : variants) {
    if (variant.language == language) return variant;
  }
  for (const MessageVariant& variant : variants) {
    if (!language.empty() && LanguageOf(variant.language) == LanguageOf(language)) return variant;
  }
  return variants.front();
}

}  // namespace touchstone::outreach
