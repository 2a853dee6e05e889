#include "tests/e2e/soak.d/rest.h"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"
#include "tools/cli/pause.h"
#include "touchstone/events/v1/escalation.pb.h"

namespace touchstone::e2e {
namespace {

namespace events = touchstone::events::v1;

constexpr absl::Duration kQuietFor = absl::Seconds(4);
constexpr absl::Duration kLookEvery = absl::Milliseconds(200);
constexpr int kReadMax = 20'000;

// Who is open of the escalations told so far.
class OpenEscalations {
 public:
  absl::Status ReadOn(eventlog::EventLog& log) {
    if (tail_ == nullptr) {
      ASSIGN_OR_RETURN(tail_, log.OpenTail(topics::kEscalations, {.from = eventlog::TailStart::From::kBegin}));
    }
    ASSIGN_OR_RETURN(const std::vector<eventlog::TailRecord> records, tail_->Read(kReadMax));
    for (const eventlog::TailRecord& record : records) {
      events::Escalation escalation;
      if (!escalation.ParseFromString(record.record.value)) continue;
      const bool closed =
          escalation.status() == events::ESCALATION_STATUS_RESOLVED || escalation.status() == events::ESCALATION_STATUS_CANCELLED;
      if (closed) {
        open_.erase(escalation.id());
      } else {
        open_.insert(escalation.id());
      }
    }
    return absl::OkStatus();
  }
  size_t count() const { return open_.size(); }

 private:
  std::unique_ptr<eventlog::Tail> tail_;
  std::set<std::string> open_;
};

std::vector<std::string> TopicsThatRest(const eventlog::EventLog& log) {
  std::vector<std::string> topics;
  for (const eventlog::TopicSpec& topic : log.topics().topics()) {
    if (topic.name != topics::kDispatch && topic.name != "dispatcher.state") topics.push_back(topic.name);
  }
  return topics;
}

}  // namespace

absl::Status AwaitRest(eventlog::EventLog& log, const clock::Clock& clock, absl::Duration within,
                       absl::FunctionRef<void()> meanwhile) {
  const std::vector<std::string> topics = TopicsThatRest(log);
  const absl::Duration deadline = clock.Monotonic() + within;
  OpenEscalations open;
  std::vector<std::vector<int64_t>> last;
  absl::Duration quiet_since = clock.Monotonic();
  while (true) {
    meanwhile();
    RETURN_IF_ERROR(open.ReadOn(log));
    ASSIGN_OR_RETURN(std::vector<std::vector<int64_t>> ends, log.HighWatermarks(topics));
    if (ends != last) quiet_since = clock.Monotonic();
    last = std::move(ends);
    if (open.count() == 0 && clock.Monotonic() - quiet_since >= kQuietFor) {
      std::vector<std::vector<int64_t>> committed;
      for (const std::string& topic : topics) {
        ASSIGN_OR_RETURN(committed.emplace_back(), log.EndOffsets(topic));
      }
      if (committed == last) return absl::OkStatus();
    }
    if (clock.Monotonic() > deadline) {
      return absl::DeadlineExceededError(absl::StrCat("not at rest within ", absl::FormatDuration(within), ": ", open.count(),
                                                      " escalations are open, nothing was written for ",
                                                      absl::FormatDuration(clock.Monotonic() - quiet_since)));
    }
    cli::Pause(kLookEvery);
  }
}

}  // namespace touchstone::e2e
