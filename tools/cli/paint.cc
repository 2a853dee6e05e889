#include "tools/cli/paint.h"

#include "absl/strings/str_cat.h"

namespace touchstone::cli {
namespace {

absl::string_view CodeOf(Ink ink) {
  switch (ink) {
    case Ink::kPlain:
      return "";
    case Ink::kBold:
      return "\x1b[1m";
    case Ink::kDim:
      return "\x1b[2m";
    case Ink::kRed:
      return "\x1b[31m";
    case Ink::kGreen:
      return "\x1b[32m";
    case Ink::kYellow:
      return "\x1b[33m";
  }
  return "";
}

}  // namespace

std::string Paint::operator()(Ink ink, absl::string_view text) const {
  if (!colour_ || ink == Ink::kPlain || text.empty()) return std::string(text);
  return absl::StrCat(CodeOf(ink), text, "\x1b[0m");
}

Ink InkOf(events::v1::Polarity polarity) {
  switch (polarity) {
    case events::v1::POLARITY_DELIGHT:
      return Ink::kGreen;
    case events::v1::POLARITY_DISAPPOINTMENT:
      return Ink::kRed;
    default:
      return Ink::kYellow;
  }
}

}  // namespace touchstone::cli
