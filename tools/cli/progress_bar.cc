#include "tools/cli/progress_bar.h"

#include <algorithm>
#include <ostream>

#include "absl/strings/str_cat.h"

namespace touchstone::cli {
namespace {

constexpr int kBarColumns = 30;
// Back to the line's begin, and nothing on it.
constexpr char kClearLine[] = "\r\x1b[K";

}  // namespace

std::string GroupedNumber(int64_t number) {
  std::string digits = absl::StrCat(number < 0 ? -number : number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<size_t>(at), ",");
  return number < 0 ? absl::StrCat("-", digits) : digits;
}

std::string ProgressLine(absl::string_view what, int64_t done, int64_t whole, int64_t count, absl::string_view counted,
                         absl::Duration elapsed) {
  const double part = whole <= 0 ? 1.0 : std::clamp(static_cast<double>(done) / static_cast<double>(whole), 0.0, 1.0);
  const int full = static_cast<int>(part * kBarColumns);
  std::string line = absl::StrCat(what, "  ");
  for (int i = 0; i < kBarColumns; ++i) line += i < full ? "█" : "░";
  absl::StrAppend(&line, "  ", static_cast<int>(part * 100), " %  ", GroupedNumber(count), " ", counted);
  const double seconds = absl::ToDoubleSeconds(elapsed);
  if (seconds >= 1) absl::StrAppend(&line, "  ", GroupedNumber(static_cast<int64_t>(static_cast<double>(count) / seconds)), "/s");
  return line;
}

ProgressBar::ProgressBar(std::ostream& out, const clock::Clock& clock, bool shown, absl::string_view what,
                         absl::string_view counted)
    : out_(out), clock_(clock), shown_(shown), what_(what), counted_(counted), begun_(clock.Monotonic()) {}

ProgressBar::~ProgressBar() {
  if (shown_) out_ << kClearLine << std::flush;
}

void ProgressBar::Show(int64_t done, int64_t whole, int64_t count) {
  if (!shown_) return;
  const absl::Duration now = clock_.Monotonic();
  if (now - drawn_ < kRedraw) return;
  drawn_ = now;
  out_ << kClearLine << ProgressLine(what_, done, whole, count, counted_, now - begun_) << std::flush;
}

}  // namespace touchstone::cli
