#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"

namespace touchstone::cli {

// `import  ██████████░░░░░░░░░░  52 %  18,211 touchpoints  4,100/s`, drawn over itself on a terminal, and nowhere else. Draws at
// most ten times a second, so it may be told of every row.
class ProgressBar {
 public:
  static constexpr absl::Duration kRedraw = absl::Milliseconds(100);

  // `out` and `clock` outlive it. Not `shown`: nothing is ever drawn.
  ProgressBar(std::ostream& out, const clock::Clock& clock, bool shown, absl::string_view what,
              absl::string_view counted = "touchpoints");
  // Takes the bar away.
  ~ProgressBar();

  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // `done` of `whole`, and how many things were counted.
  void Show(int64_t done, int64_t whole, int64_t count);

 private:
  std::ostream& out_;
  const clock::Clock& clock_;
  const bool shown_;
  const std::string what_;
  const std::string counted_;
  const absl::Duration begun_;
  absl::Duration drawn_ = -absl::InfiniteDuration();
};

// The line itself, without its end. Pure.
std::string ProgressLine(absl::string_view what, int64_t done, int64_t whole, int64_t count, absl::string_view counted,
                         absl::Duration elapsed);

// `18,211`.
std::string GroupedNumber(int64_t number);

}  // namespace touchstone::cli
