#include "tests/simulation/observers/commit_observer.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace touchstone::simulation {
namespace {

namespace events = touchstone::events::v1;

bool IsPoison(const eventlog::Record& record) { return absl::StartsWith(record.value, kPoisonBytes); }

// A topic of one partition lies in partition 0 whoever reads it.
int32_t PartitionOf(const std::string& topic, int32_t partition) { return topic == "control.v1" ? 0 : partition; }

std::string NameOf(const eventlog::DurableWrite::Task& task) { return absl::StrCat(task.kind, "/", task.partition); }

}  // namespace

void CommitObserver::OnRecord(const Seen& seen) {
  ends_[{seen.position.topic, seen.position.partition}] = seen.position.offset + 1;
  if (IsPoison(seen.record)) poison_.insert({seen.position.topic, seen.position.partition, seen.position.offset});
  if (seen.task == nullptr) return;
  if (!ids_.insert(absl::StrCat(seen.position.topic, " ", seen.record.id)).second) {
    verdicts_.Wrong(Check::kRecordOnce,
                    absl::StrCat(NameOf(*seen.task), " wrote ", seen.record.id, " to ", seen.position.topic, " once more"),
                    seen.record.key);
  }
}

CommitObserver::Ranges CommitObserver::MoveOn(const eventlog::DurableWrite::Task& task) {
  Ranges ranges;
  for (const eventlog::InputPosition& input : task.positions) {
    int64_t& position = positions_[{task.kind, task.partition, input.topic}];
    const int64_t end = ends_[{input.topic, PartitionOf(input.topic, task.partition)}];
    if (input.next_offset <= position || input.next_offset > end) {
      verdicts_.Wrong(Check::kPositionsGoOn, absl::StrCat(NameOf(task), " moves in ", input.topic, " from ", position, " to ",
                                                          input.next_offset, " of ", end));
    }
    ranges[input.topic] = {position, input.next_offset};
    position = input.next_offset;
  }
  return ranges;
}

void CommitObserver::OnWrite(const eventlog::DurableWrite& write, absl::Time now) {
  for (size_t i = 0; i < write.tasks.size(); ++i) {
    const Ranges ranges = MoveOn(write.tasks[i]);
    for (const eventlog::DurableWrite::Item& item : write.items) {
      if (item.task == static_cast<int>(i)) CheckOutput(item, write.tasks[i], ranges, now);
    }
    CheckPoison(write, i, ranges);
  }
}

// `topic:partition:offset:index`, with `:kind` after it where it is a dead letter, or `kind:partition:atTIME:kLETTERS:index` of a
// timer.
void CommitObserver::CheckOutput(const eventlog::DurableWrite::Item& item, const eventlog::DurableWrite::Task& task,
                                 const Ranges& ranges, absl::Time now) {
  const std::string& id = item.record->id;
  const std::vector<std::string> parts = absl::StrSplit(id, ':');
  const auto wrong = [&](absl::string_view what) {
    verdicts_.Wrong(Check::kCauseInCommit, absl::StrCat(NameOf(task), " wrote ", id, ", ", what), item.record->key);
  };
  int32_t partition = 0;
  if (parts.size() < 4 || !absl::SimpleAtoi(parts[1], &partition)) return wrong("an id without a cause");
  if (partition != task.partition) return wrong("whose cause is another partition's");
  if (parts.size() == 5 && absl::StartsWith(parts[2], "at")) {
    absl::Time due;
    std::string error;
    if (parts[0] != task.kind || !absl::ParseTime("at%E4Y%m%dT%H%M%SZ", parts[2], absl::UTCTimeZone(), &due, &error))
      return wrong("whose cause is no timer of its own");
    if (due > now) {
      verdicts_.Wrong(Check::kTimerNotEarly,
                      absl::StrCat(NameOf(task), " wrote ", id, " at ", absl::FormatTime(now, absl::UTCTimeZone())),
                      item.record->key);
    }
    return;
  }
  int64_t offset = 0;
  const auto range = ranges.find(parts[0]);
  if (!absl::SimpleAtoi(parts[2], &offset) || range == ranges.end() || offset < range->second.begin ||
      offset >= range->second.end) {
    wrong("whose cause this commit does not move past");
  }
}

void CommitObserver::CheckPoison(const eventlog::DurableWrite& write, size_t task, const Ranges& ranges) {
  std::set<Place> buried;
  for (const eventlog::DurableWrite::Item& item : write.items) {
    if (item.task != static_cast<int>(task) || item.position.topic != "dead-letters.v1") continue;
    events::DeadLetter letter;
    letter.ParseFromString(item.record->value);
    if (letter.reason() != "UNREADABLE") continue;
    const Place place{letter.topic(), letter.partition(), letter.offset()};
    if (!buried.insert(place).second || !poison_.contains(place)) {
      verdicts_.Wrong(Check::kPoisonBuried, absl::StrCat("a dead letter for ", letter.topic(), "/", letter.partition(), " @",
                                                         letter.offset(), ", which can be read"));
    }
  }
  for (const auto& [topic, range] : ranges) {
    const int32_t partition = PartitionOf(topic, write.tasks[task].partition);
    for (auto at = poison_.lower_bound({topic, partition, range.begin});
         at != poison_.end() && *at < Place{topic, partition, range.end}; ++at) {
      if (buried.contains(*at)) continue;
      verdicts_.Wrong(Check::kPoisonBuried, absl::StrCat(NameOf(write.tasks[task]), " moves past ", topic, " @", std::get<2>(*at),
                                                         ", which cannot be read, without a dead letter"));
    }
  }
}

}  // namespace touchstone::simulation
