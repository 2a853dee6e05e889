#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "common/clock/clock.h"
#include "common/runtime/log.h"
#include "common/runtime/repeat_limit.h"

namespace touchstone::runtime {

// Longer texts are cut, and end in "...".
inline constexpr size_t kLogValueBytesMax = 2048;

// Takes one line, with its line feed.
using LogSink = std::function<void(absl::string_view line)>;

// One write to stderr a line, so that lines of several processes do not mix. What cannot be written is lost.
void WriteToStderr(absl::string_view line);

// One JSON object a line:
//
//   {"time":"2026-11-22T07:00:00.125Z","level":"info","event":"server.listening","address":"127.0.0.1:7300"}
//
// Bytes that are not UTF-8 become U+FFFD. Warnings and errors that repeat are limited by their event (repeat_limit.h); the
// next that passes says how many did not, as `suppressed`. Thread-safe.
class JsonLog final : public Log {
 public:
  // `clock` outlives the log. Records below `lowest` are dropped.
  JsonLog(const clock::Clock& clock, LogLevel lowest, LogSink sink = WriteToStderr);

  void Write(LogLevel level, absl::string_view event, absl::Span<const LogField> fields) override;

 private:
  const clock::Clock& clock_;
  const LogLevel lowest_;
  const LogSink sink_;
  std::mutex mutex_;
  RepeatLimit repeats_;  // Guarded by mutex_; so is the sink.
};

// `text` as a JSON string with its quotes, cut to kLogValueBytesMax before it is escaped.
std::string JsonQuoted(absl::string_view text);

}  // namespace touchstone::runtime
