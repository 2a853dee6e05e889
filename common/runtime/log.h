#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace google::protobuf {
class Message;
}

namespace touchstone::runtime {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// `debug`, `info`, `warning`, `error`.
absl::string_view LogLevelName(LogLevel level);

// One `name=value` of a log record. Text is not copied: a field lives no longer than the call it is made for. Messages do
// not fit in: they may hold personal data, which LogMessage (log_message.h) leaves out.
class LogField {
 public:
  using Value = std::variant<absl::string_view, std::string, int64_t, uint64_t, double, bool>;

  LogField(absl::string_view name, absl::string_view value) : name_(name), value_(value) {}
  LogField(absl::string_view name, const char* value) : LogField(name, absl::string_view(value)) {}
  LogField(absl::string_view name, const std::string& value) : LogField(name, absl::string_view(value)) {}
  LogField(absl::string_view name, std::signed_integral auto value) : name_(name), value_(int64_t{value}) {}
  LogField(absl::string_view name, std::same_as<bool> auto value) : name_(name), value_(bool{value}) {}
  LogField(absl::string_view name, std::unsigned_integral auto value) requires(!std::same_as<decltype(value), bool>)
      : name_(name), value_(uint64_t{value}) {}
  LogField(absl::string_view name, double value) : name_(name), value_(value) {}
  // Code and message.
  LogField(absl::string_view name, const absl::Status& value)
      : name_(name), value_(value.ToString(absl::StatusToStringMode::kWithNoExtraData)) {}
  LogField(absl::string_view name, absl::Time value)
      : name_(name), value_(absl::FormatTime(absl::RFC3339_full, value, absl::UTCTimeZone())) {}
  LogField(absl::string_view name, absl::Duration value) : name_(name), value_(absl::FormatDuration(value)) {}
  LogField(absl::string_view name, const google::protobuf::Message& value) = delete;

  absl::string_view name() const { return name_; }
  const Value& value() const { return value_; }

 private:
  absl::string_view name_;
  Value value_;
};

// Where a process says what it does. `event` is a fixed, dotted word (`server.listening`): what varies goes into fields.
// Never personal data: no names' values, addresses, texts. Thread-safe; may block for a write to stderr.
class Log {
 public:
  virtual ~Log() = default;

  virtual void Write(LogLevel level, absl::string_view event, absl::Span<const LogField> fields) = 0;

  void Debug(absl::string_view event, std::initializer_list<LogField> fields = {}) { Write(LogLevel::kDebug, event, fields); }
  void Info(absl::string_view event, std::initializer_list<LogField> fields = {}) { Write(LogLevel::kInfo, event, fields); }
  void Warning(absl::string_view event, std::initializer_list<LogField> fields = {}) { Write(LogLevel::kWarning, event, fields); }
  void Error(absl::string_view event, std::initializer_list<LogField> fields = {}) { Write(LogLevel::kError, event, fields); }
};

}  // namespace touchstone::runtime
