#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/outreach/domain/template_name.h"

namespace touchstone::outreach {

// What is wrong with a template, and at which byte of the text.
struct WordingError {
  size_t offset = 0;
  std::string message;
};

// A text with `{{name}}` in it, checked. A value.
class Wording {
 public:
  // `defaults` says what stands where a name has no value; a name that has none there is an error, as an unknown one is.
  static std::variant<Wording, WordingError> Parse(absl::string_view text, const std::map<std::string, std::string>& defaults);

  // What a rendered text may have; a longer one is cut at a character.
  static constexpr size_t kRenderedBytesMax = 16 * 1024;

  std::string Render(const TemplateValues& values) const;

 private:
  struct Part {
    std::string literal;  // Before the name.
    std::optional<TemplateName> name;
    std::string otherwise;
  };
  std::vector<Part> parts_;
};

// A message in one language.
struct MessageVariant {
  // BCP 47.
  std::string language;
  Wording title;
  Wording body;
};

// A message in all its languages. A value.
struct MessageTemplate {
  std::string id;
  // At least one; the first is for whom none fits.
  std::vector<MessageVariant> variants;

  // The variant for a language: the same, else one of the same language before the first `-`, else the first.
  const MessageVariant& For(absl::string_view language) const;
};

}  // namespace touchstone::outreach
