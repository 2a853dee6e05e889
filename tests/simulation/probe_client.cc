#include "tests/simulation/probe_client.h"

#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/simulation/observers/commit_observer.h"
#include "tests/simulation/probe_task.h"

namespace touchstone::simulation {
namespace {

constexpr int kKeys = 5;
constexpr absl::Duration kReadWait = absl::Seconds(20);

std::string WordOf(const Outside& outside, bool is_answer) {
  if (outside.faults.Strikes(WorldFault::kPoison)) return absl::StrCat(kPoisonBytes, outside.Choose(1000));
  if (is_answer) return outside.Choose(4) == 0 ? "add" : "answer";
  if (outside.Choose(3) == 0) return "add";
  return absl::StrCat("ask ", outside.Choose(4) == 0 ? outside.Choose(4 * 3600) : outside.Choose(90));
}

}  // namespace

void ProbeClient::Feed() {
  std::vector<eventlog::OutRecord> records;
  // Some in one append over several partitions.
  for (int64_t count = outside_.Choose(4) == 0 ? 3 : 1; count > 0; --count) {
    const std::string key = absl::StrCat("k", outside_.Choose(kKeys));
    const bool is_answer = outside_.Choose(2) == 0;
    records.push_back(Outbox::Record(is_answer ? kProbeAnswers : kProbeAsks, key, absl::StrCat("probe-", ++record_count_),
                                     WordOf(outside_, is_answer)));
  }
  outside_.outbox.PutAll(std::move(records));
}

void ProbeClient::Acknowledged(const std::vector<eventlog::OutRecord>& records,
                               const std::vector<eventlog::Position>& positions) {
  for (size_t i = 0; i < records.size(); ++i) {
    if (records[i].topic == kProbeAsks || records[i].topic == kProbeAnswers) written_.push_back({positions[i], records[i].key});
  }
}

void ProbeClient::Read(Instance& instance) {
  if (written_.empty() || instance.worker() == nullptr) return;
  const Written written = std::move(written_.front());
  written_.pop_front();
  const size_t column = written.position.topic == kProbeAsks ? 0 : 2;
  instance.worker()->Ask({.kind = kProbeTask,
                          .partition = written.position.partition,
                          .after = written.position,
                          .deadline = instance.machine().Now() + kReadWait,
                          .query = stream::kValueQuery,
                          .request = absl::StrCat(kProbeStatePrefix, written.key)},
                         [this, column, written](const absl::StatusOr<std::string>& value) {
                           // Not here, not yet, or not any more: the client asks again or gives up.
                           if (!value.ok() && !absl::IsNotFound(value.status())) return;
                           int64_t count = 0;
                           const std::vector<std::string> columns = absl::StrSplit(value.value_or("0 0 0"), ' ');
                           if (absl::SimpleAtoi(columns[column], &count)) OnAnswer(written, count);
                         });
}

void ProbeClient::OnAnswer(const Written& written, int64_t count) {
  const int64_t at_least = probe_.CountUpTo(written.position.topic, written.key, written.position.offset);
  const int64_t at_most = probe_.TakenCount(written.position.topic, written.key);
  if (count >= at_least && count <= at_most) return;
  verdicts_.Wrong(
      Check::kAnswerStays,
      absl::StrCat("a read after ", written.position.topic, " @", written.position.offset, " shows ", count, " of ", written.key,
                   ", of which ", at_least, " lie there up to it and ", at_most, " are counted for good"),
      written.key);
}

}  // namespace touchstone::simulation
