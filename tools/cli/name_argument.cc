#include "tools/cli/name_argument.h"

#include "absl/strings/str_cat.h"
#include "common/names/name_key.h"
#include "common/names/name_text.h"
#include "common/status/errors.h"
#include "tools/cli/text_width.h"

namespace touchstone::cli {
namespace {

// Of a wrong name: enough to see which was meant.
constexpr int kShownWidth = 60;

}  // namespace

absl::StatusOr<events::v1::Name> NameArgument(absl::string_view argument, const std::string& text) {
  absl::StatusOr<events::v1::Name> name = names::ParseName(text);
  if (name.ok()) return name;
  return absl::Status(name.status().code(),
                      absl::StrCat(argument, ": '", Fitted(text, kShownWidth), "' ", name.status().message()));
}

std::string NothingOf(absl::string_view what, const std::string& name) {
  if (name.empty()) return absl::StrCat("no ", what, "\n");
  const absl::StatusOr<events::v1::Name> parsed = names::ParseName(name);
  return absl::StrCat("no ", what, " of ", Fitted(name, kUnboundedWidth),
                      parsed.ok() ? names::PrimaryNameHint(parsed->kind()) : "", "\n");
}

}  // namespace touchstone::cli
