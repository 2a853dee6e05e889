#include "tests/simulation/observers/probe_observer.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/simulation/observers/commit_observer.h"

namespace touchstone::simulation {
namespace {

constexpr char kAsks[] = "probe-asks.v1";
constexpr char kAnswers[] = "probe-answers.v1";

template <typename Number>
Number NumberOf(const std::string& word) {
  Number number = 0;
  return absl::SimpleAtoi(word, &number) ? number : Number(-1);
}

absl::Time TimeOf(const std::string& nanos) { return absl::FromUnixNanos(NumberOf<int64_t>(nanos)); }

}  // namespace

void ProbeObserver::OnRecord(const Seen& seen) {
  const std::string& topic = seen.position.topic;
  if (topic == kAsks || topic == kAnswers || topic == "probe-inbox.v1") OnFed(seen);
  if (topic == "probe-out.v1") OnTold(seen);
}

void ProbeObserver::OnFed(const Seen& seen) {
  Fed fed;
  fed.offset = seen.position.offset;
  fed.append_time = seen.record.append_time;
  fed.is_answer = seen.record.value == "answer";
  fed.is_poison = seen.record.value.starts_with(kPoisonBytes);
  absl::string_view seconds = seen.record.value;
  int64_t wait = 0;
  if (absl::ConsumePrefix(&seconds, "ask ") && absl::SimpleAtoi(seconds, &wait)) fed.wait = absl::Seconds(wait);
  inputs_[{seen.position.topic, seen.record.key}].fed.push_back(fed);
}

void ProbeObserver::OnTold(const Seen& seen) {
  const std::vector<std::string> words = absl::StrSplit(seen.record.value, ' ');
  int64_t& clock = clocks_[{seen.task == nullptr ? "" : seen.task->kind, seen.task == nullptr ? 0 : seen.task->partition}];
  const int64_t now = NumberOf<int64_t>(words.back());
  if (now < clock) {
    verdicts_.Wrong(Check::kTaskTimeRises,
                    absl::StrCat("the probe's clock goes back by ", clock - now, " ns: ", seen.record.value), seen.record.key);
  }
  clock = std::max(clock, now);
  if (words[0] == "took") OnTook(seen.record.key, words, seen.position.partition);
  if (words[0] == "missed") OnMissed(seen.record.key, words, seen.now);
  if (words[0] == "answered") OnAnswered(seen.record.key, words);
}

void ProbeObserver::OnTook(const std::string& key, const std::vector<std::string>& words, int32_t partition) {
  KeyTopic& input = inputs_[{words[1], key}];
  while (input.taken < input.fed.size() && input.fed[input.taken].is_poison) ++input.taken;
  const std::string told =
      absl::StrCat(words[1], "/", partition, " ", key, ": told ", absl::StrCat(words[2], " as number ", words[3]));
  if (input.taken == input.fed.size() || input.fed[input.taken].offset != NumberOf<int64_t>(words[2])) {
    return verdicts_.Wrong(Check::kProbeOrder, absl::StrCat(told, ", which is not the next of its key"), key);
  }
  Fed& fed = input.fed[input.taken++];
  fed.taken_as = taken_count_++;
  ++input.count;
  input.chain = input.chain * 1'000'003 + static_cast<uint64_t>(fed.offset) + 1;
  if (input.count != NumberOf<int64_t>(words[3]))
    verdicts_.Wrong(Check::kProbeCounts, absl::StrCat(told, ", not ", input.count), key);
  if (input.chain != NumberOf<uint64_t>(words[4]))
    verdicts_.Wrong(Check::kProbeOrder, absl::StrCat(told, " with another chain"), key);
  if (TimeOf(words[5]) < fed.append_time) {
    verdicts_.Wrong(Check::kTaskTimeRises, absl::StrCat(told, " at a time before it was appended"), key);
  }
  if (words[1] == kAsks && fed.wait.has_value()) open_[key] = fed.offset;
}

const ProbeObserver::Fed* ProbeObserver::OpenAsk(const std::string& key, int64_t offset) {
  const auto open = open_.find(key);
  if (open == open_.end() || open->second != offset) {
    verdicts_.Wrong(Check::kTimerOnce, absl::StrCat("the ask of ", key, " at ", offset, " ends, and is not open"), key);
    return nullptr;
  }
  open_.erase(open);
  for (const Fed& fed : inputs_[{kAsks, key}].fed) {
    if (fed.offset == offset) return &fed;
  }
  return nullptr;
}

void ProbeObserver::OnMissed(const std::string& key, const std::vector<std::string>& words, absl::Time now) {
  const Fed* ask = OpenAsk(key, NumberOf<int64_t>(words[1]));
  if (ask == nullptr) return;
  const absl::Time due = TimeOf(words[2]);
  // The log keeps nanoseconds, timers microseconds.
  if (due < ask->append_time + *ask->wait - absl::Microseconds(1) || due > now) {
    verdicts_.Wrong(
        Check::kTimerNotEarly,
        absl::StrCat("the ask of ", key, " at ", ask->offset, " is missed at ", absl::FormatTime(due, absl::UTCTimeZone())), key);
  }
  for (const Fed& answer : inputs_[{kAnswers, key}].fed) {
    // One that was taken before the ask answered nothing.
    if (!answer.is_answer || (answer.taken_as >= 0 && answer.taken_as < ask->taken_as)) continue;
    if (answer.append_time > due) continue;
    verdicts_.Wrong(Check::kAnswerBeforeDeadline,
                    absl::StrCat("the ask of ", key, " at ", ask->offset, " is missed, though its answer at ", answer.offset,
                                 " came ", absl::FormatDuration(due - answer.append_time), " before"),
                    key);
  }
}

void ProbeObserver::OnAnswered(const std::string& key, const std::vector<std::string>& words) {
  OpenAsk(key, NumberOf<int64_t>(words[1]));
}

int64_t ProbeObserver::TakenCount(const std::string& topic, const std::string& key) const {
  const auto input = inputs_.find({topic, key});
  return input == inputs_.end() ? 0 : input->second.count;
}

int64_t ProbeObserver::CountUpTo(const std::string& topic, const std::string& key, int64_t offset) const {
  const auto input = inputs_.find({topic, key});
  if (input == inputs_.end()) return 0;
  return std::count_if(input->second.fed.begin(), input->second.fed.end(),
                       [&](const Fed& fed) { return fed.offset <= offset && !fed.is_poison; });
}

void ProbeObserver::AtRest(absl::Time now) {
  for (const auto& [where, input] : inputs_) {
    size_t taken = input.taken;
    while (taken < input.fed.size() && input.fed[taken].is_poison) ++taken;
    if (taken == input.fed.size()) continue;
    verdicts_.Wrong(Check::kProbeCounts,
                    absl::StrCat(where.first, ": of ", where.second, " ", taken, " of ", input.fed.size(), " are counted"),
                    where.second);
  }
  for (const auto& [key, offset] : open_)
    verdicts_.Wrong(Check::kTimerOnce, absl::StrCat("the ask of ", key, " at ", offset, " never ends"), key);
}

}  // namespace touchstone::simulation
