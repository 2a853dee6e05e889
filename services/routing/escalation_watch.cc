#include "services/routing/escalation_watch.h"

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "common/ids/token.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"

namespace touchstone::routing {

namespace {

constexpr int kReadAtOnce = 64;
// Looked at in one turn, so that a watch of one among many keeps nobody waiting.
constexpr int kReadsInATurn = 8;

class EscalationWatch : public rpc::WatchSource<v1::WatchEscalationsResponse> {
 public:
  EscalationWatch(std::unique_ptr<eventlog::Tail> tail, std::string escalation_id)
      : tail_(std::move(tail)), escalation_id_(std::move(escalation_id)), next_offsets_(tail_->next_offsets()) {}

  absl::StatusOr<std::optional<v1::WatchEscalationsResponse>> Next() override {
    for (int read = 0; read < kReadsInATurn; ++read) {
      if (records_.empty()) {
        ASSIGN_OR_RETURN(std::vector<eventlog::TailRecord> more, tail_->Read(kReadAtOnce));
        if (more.empty()) return std::nullopt;
        records_.insert(records_.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
      }
      while (!records_.empty()) {
        const eventlog::TailRecord record = std::move(records_.front());
        records_.pop_front();
        next_offsets_[record.partition] = record.record.offset + 1;
        v1::WatchEscalationsResponse response;
        if (!response.mutable_escalation()->ParseFromString(record.record.value)) continue;
        if (!escalation_id_.empty() && response.escalation().id() != escalation_id_) continue;
        response.set_resume_token(Token());
        return response;
      }
    }
    return std::nullopt;
  }

  std::optional<v1::WatchEscalationsResponse> Heartbeat() override {
    v1::WatchEscalationsResponse response;
    response.set_resume_token(Token());
    return response;
  }

 private:
  std::string Token() const { return ids::EncodeResumeToken(topics::kEscalations, next_offsets_); }

  const std::unique_ptr<eventlog::Tail> tail_;
  const std::string escalation_id_;
  // Read and not yet told.
  std::deque<eventlog::TailRecord> records_;
  // Behind what was told last.
  std::vector<int64_t> next_offsets_;
};

absl::StatusOr<eventlog::TailStart> StartOf(const std::string& resume_token) {
  using From = eventlog::TailStart::From;
  if (resume_token.empty()) return eventlog::TailStart{From::kEnd, {}};
  if (resume_token == "begin") return eventlog::TailStart{From::kBegin, {}};
  absl::StatusOr<ids::ResumePoint> point = ids::DecodeResumeToken(topics::kEscalations, resume_token);
  if (!point.ok()) return status::InvalidField("resume_token", point.status().message());
  return eventlog::TailStart{From::kOffsets, std::move(point->offsets)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::WatchSource<v1::WatchEscalationsResponse>>> OpenEscalationWatch(
    eventlog::EventLog& log, const v1::WatchEscalationsRequest& request) {
  ASSIGN_OR_RETURN(const eventlog::TailStart start, StartOf(request.resume_token()));
  ASSIGN_OR_RETURN(std::unique_ptr<eventlog::Tail> tail, log.OpenTail(topics::kEscalations, start));
  return std::make_unique<EscalationWatch>(std::move(tail), request.escalation_id());
}

}  // namespace touchstone::routing
