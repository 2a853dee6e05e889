#include "tests/simulation/trace.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace touchstone::simulation {

void Trace::Add(absl::string_view bytes) {
  for (const char c : bytes) Add(static_cast<uint64_t>(static_cast<unsigned char>(c)));
  Add(bytes.size() + 256);
}

void Trace::Note(int64_t step, absl::Time now, std::string text) {
  Add(text);
  if (keeps_lines_) lines_.push_back({step, now, std::move(text), "", ""});
}

void Trace::Record(int64_t step, absl::Time now, const eventlog::DurableWrite& write) {
  for (const eventlog::DurableWrite::Item& item : write.items) {
    Add(item.position.topic);
    Add(static_cast<uint64_t>(item.position.partition));
    Add(item.record->key);
    Add(item.record->id);
    Add(item.record->value);
    Add(static_cast<uint64_t>(absl::ToUnixNanos(item.record->append_time)));
    if (!keeps_lines_) continue;
    const std::string writer =
        item.task < 0 ? "a client" : absl::StrCat(write.tasks[item.task].kind, "/", write.tasks[item.task].partition);
    lines_.push_back({step, now,
                      absl::StrCat("  ", writer, " wrote ", item.position.topic, "/", item.position.partition, " @",
                                   item.position.offset, " ", item.record->key, "  [", item.record->id, "]"),
                      item.record->key, item.record->value});
  }
}

std::string Shortened(const std::vector<TraceLine>& lines, absl::string_view subject, size_t lines_max) {
  std::vector<const TraceLine*> chosen;
  for (const TraceLine& line : lines) {
    const bool is_record = !line.key.empty();
    if (is_record && !subject.empty() && line.key != subject && !absl::StrContains(line.value, subject)) continue;
    chosen.push_back(&line);
  }
  std::string text;
  const size_t begin = chosen.size() > lines_max ? chosen.size() - lines_max : 0;
  if (begin > 0) absl::StrAppend(&text, "(", begin, " lines before)\n");
  for (size_t i = begin; i < chosen.size(); ++i) {
    absl::StrAppend(&text, chosen[i]->step, " ", absl::FormatTime("%m-%d %H:%M:%E3S", chosen[i]->time, absl::UTCTimeZone()), " ",
                    chosen[i]->text, "\n");
  }
  return text;
}

}  // namespace touchstone::simulation
