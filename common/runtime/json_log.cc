#include "common/runtime/json_log.h"

#include <unistd.h>

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/text/utf8.h"

namespace touchstone::runtime {
namespace {

std::string JsonNumber(double number) {
  // JSON has no word for these.
  if (!std::isfinite(number)) return std::isnan(number) ? "\"nan\"" : (number > 0 ? "\"inf\"" : "\"-inf\"");
  return absl::StrFormat("%.17g", number);
}

struct ToJson {
  std::string operator()(absl::string_view text) const { return JsonQuoted(text); }
  std::string operator()(const std::string& text) const { return JsonQuoted(text); }
  std::string operator()(int64_t number) const { return absl::StrCat(number); }
  std::string operator()(uint64_t number) const { return absl::StrCat(number); }
  std::string operator()(double number) const { return JsonNumber(number); }
  std::string operator()(bool truth) const { return truth ? "true" : "false"; }
};

void AppendEscaped(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
    absl::StrAppendFormat(&out, "\\u%04x", static_cast<int>(c));
  } else {
    out += c;
  }
}

}  // namespace

std::string JsonQuoted(absl::string_view text) {
  const bool cut = text.size() > kLogValueBytesMax;
  size_t end = cut ? kLogValueBytesMax : text.size();
  while (cut && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  std::string out = "\"";
  for (const char c : text::ReplaceInvalidUtf8(text.substr(0, end))) AppendEscaped(c, out);
  out += cut ? "...\"" : "\"";
  return out;
}

void WriteToStderr(absl::string_view line) {
  const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
  static_cast<void>(written);  // There is nobody left to tell.
}

JsonLog::JsonLog(const clock::Clock& clock, LogLevel lowest, LogSink sink)
    : clock_(clock), lowest_(lowest), sink_(std::move(sink)) {}

void JsonLog::Write(LogLevel level, absl::string_view event, absl::Span<const LogField> fields) {
  if (level < lowest_) return;
  std::string line = absl::StrCat("{\"time\":\"", absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", clock_.Now(), absl::UTCTimeZone()),
                                  "\",\"level\":\"", LogLevelName(level), "\",\"event\":", JsonQuoted(event));
  for (const LogField& field : fields)
    absl::StrAppend(&line, ",", JsonQuoted(field.name()), ":", std::visit(ToJson(), field.value()));
  const std::lock_guard<std::mutex> lock(mutex_);
  if (level >= LogLevel::kWarning) {
    const RepeatLimit::Verdict verdict = repeats_.Admit(event, clock_.Monotonic());
    if (!verdict.admitted) return;
    if (verdict.suppressed > 0) absl::StrAppend(&line, ",\"suppressed\":", verdict.suppressed);
  }
  line += "}\n";
  sink_(line);
}

absl::string_view LogLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

}  // namespace touchstone::runtime
