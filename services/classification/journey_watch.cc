#include "services/classification/journey_watch.h"

#include <deque>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/ids/token.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"

namespace touchstone::classification {
namespace {

constexpr char kFromBegin[] = "begin";
constexpr int kRecordsAhead = 64;
// Records that one turn skips at most, so that a watcher of one journey does not hold up the others.
constexpr int kSkippedPerTurn = 1024;

// Null: the fact is not about a moment.
const events::v1::MomentOfTruth* MomentOf(const events::v1::JourneyEvent& event) {
  if (event.has_moment_found()) return &event.moment_found().moment();
  if (event.has_moment_changed()) return &event.moment_changed().moment();
  if (event.has_moment_withdrawn()) return &event.moment_withdrawn().moment();
  if (event.has_moment_moved_out()) return &event.moment_moved_out().moment();
  if (event.has_moment_moved_in()) return &event.moment_moved_in().moment();
  return nullptr;
}

class JourneyWatch : public rpc::WatchSource<v1::WatchJourneyEventsResponse> {
 public:
  JourneyWatch(std::unique_ptr<eventlog::Tail> tail, const v1::WatchJourneyEventsRequest& request, std::string subject)
      : tail_(std::move(tail)),
        offsets_(tail_->next_offsets()),
        subject_(std::move(subject)),
        kinds_(request.moment_kinds().begin(), request.moment_kinds().end()) {}

  absl::StatusOr<std::optional<v1::WatchJourneyEventsResponse>> Next() override {
    for (int skipped = 0; skipped < kSkippedPerTurn; ++skipped) {
      if (ahead_.empty()) {
        ASSIGN_OR_RETURN(std::vector<eventlog::TailRecord> records, tail_->Read(kRecordsAhead));
        for (eventlog::TailRecord& record : records) ahead_.push_back(std::move(record));
      }
      if (ahead_.empty()) break;
      const eventlog::TailRecord next = std::move(ahead_.front());
      ahead_.pop_front();
      offsets_[static_cast<size_t>(next.partition)] = next.record.offset + 1;
      v1::WatchJourneyEventsResponse response = WithToken();
      if (!response.mutable_event()->ParseFromString(next.record.value) || !AskedFor(response.event())) continue;
      return std::optional<v1::WatchJourneyEventsResponse>(std::move(response));
    }
    return std::optional<v1::WatchJourneyEventsResponse>();
  }

  std::optional<v1::WatchJourneyEventsResponse> Heartbeat() override { return WithToken(); }

 private:
  v1::WatchJourneyEventsResponse WithToken() const {
    v1::WatchJourneyEventsResponse response;
    response.set_resume_token(ids::EncodeResumeToken(topics::kJourneyEvents, offsets_));
    return response;
  }

  bool AskedFor(const events::v1::JourneyEvent& event) const {
    if (!subject_.empty() && event.subject() != subject_) return false;
    if (kinds_.empty()) return true;
    const events::v1::MomentOfTruth* moment = MomentOf(event);
    return moment != nullptr && kinds_.count(moment->kind()) > 0;
  }

  const std::unique_ptr<eventlog::Tail> tail_;
  // After what was given out, not after what was read ahead.
  std::vector<int64_t> offsets_;
  std::deque<eventlog::TailRecord> ahead_;
  const std::string subject_;
  const std::set<int> kinds_;
};

absl::StatusOr<eventlog::TailStart> StartOf(eventlog::EventLog& log, const std::string& resume_token) {
  eventlog::TailStart start;
  if (resume_token.empty()) return start;
  if (resume_token == kFromBegin) {
    start.from = eventlog::TailStart::From::kBegin;
    return start;
  }
  absl::StatusOr<ids::ResumePoint> point = ids::DecodeResumeToken(topics::kJourneyEvents, resume_token);
  if (!point.ok()) return status::Annotated(point.status(), "resume_token");
  ASSIGN_OR_RETURN(const eventlog::TopicSpec spec, log.topics().Find(topics::kJourneyEvents));
  if (point->offsets.size() != static_cast<size_t>(spec.partitions)) {
    return status::InvalidField("resume_token", absl::StrCat("is of a topic with ", point->offsets.size(),
                                                             " partitions; this one has ", spec.partitions));
  }
  start.from = eventlog::TailStart::From::kOffsets;
  start.next_offsets = std::move(point->offsets);
  return start;
}

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::WatchSource<v1::WatchJourneyEventsResponse>>> OpenJourneyWatch(
    eventlog::EventLog& log, const v1::WatchJourneyEventsRequest& request, const std::string& subject) {
  ASSIGN_OR_RETURN(const eventlog::TailStart start, StartOf(log, request.resume_token()));
  ASSIGN_OR_RETURN(std::unique_ptr<eventlog::Tail> tail, log.OpenTail(topics::kJourneyEvents, start));
  return std::unique_ptr<rpc::WatchSource<v1::WatchJourneyEventsResponse>>(
      std::make_unique<JourneyWatch>(std::move(tail), request, subject));
}

}  // namespace touchstone::classification
