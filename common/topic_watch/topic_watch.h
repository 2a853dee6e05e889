#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/eventlog/event_log.h"
#include "common/ids/token.h"
#include "common/rpc/watch.h"

namespace touchstone::topic_watch {

// Records read ahead of what was given out, and records that one turn skips at most, so that a watcher of one thing among many
// does not hold up the others: it goes on in its next turn, which comes at once.
inline constexpr int kRecordsAhead = 64;
inline constexpr int kSkippedPerTurn = 1024;

// A tail of a topic from where a watcher's resume token says: after that record; at the end where it is empty; at the oldest
// kept where it is `begin`. INVALID_ARGUMENT on `resume_token`: no such token, or of another topic.
absl::StatusOr<std::unique_ptr<eventlog::Tail>> OpenTailAt(eventlog::EventLog& log, absl::string_view topic,
                                                           absl::string_view resume_token);

// A watch of one topic: every committed record that was asked for, as a Response with the token to resume after it. Only what is
// durable is read, so only what is durable leaves.
template <typename Response>
class TopicWatch : public rpc::WatchSource<Response> {
 public:
  // Puts the record's message into the response. False: it was not asked for, or is no message of the topic's kind.
  using Fill = std::function<bool(const std::string& value, Response& response)>;

  TopicWatch(absl::string_view topic, std::unique_ptr<eventlog::Tail> tail, Fill fill)
      : topic_(topic), tail_(std::move(tail)), fill_(std::move(fill)), offsets_(tail_->next_offsets()) {}

  absl::StatusOr<std::optional<Response>> Next() override {
    // Over all calls of a turn, which ends with the one that gives nothing.
    for (; skipped_ < kSkippedPerTurn; ++skipped_) {
      if (ahead_.empty()) {
        absl::StatusOr<std::vector<eventlog::TailRecord>> records = tail_->Read(kRecordsAhead);
        if (!records.ok()) return records.status();
        for (eventlog::TailRecord& record : *records) ahead_.push_back(std::move(record));
      }
      more_ = !ahead_.empty();
      if (!more_) break;
      const eventlog::TailRecord next = std::move(ahead_.front());
      ahead_.pop_front();
      offsets_[static_cast<size_t>(next.partition)] = next.record.offset + 1;
      Response response = WithToken();
      if (fill_(next.record.value, response)) return std::optional<Response>(std::move(response));
    }
    skipped_ = 0;
    return std::optional<Response>();
  }

  bool More() const override { return more_; }

  std::optional<Response> Heartbeat() override { return WithToken(); }

 private:
  Response WithToken() const {
    Response response;
    response.set_resume_token(ids::EncodeResumeToken(topic_, offsets_));
    return response;
  }

  const std::string topic_;
  const std::unique_ptr<eventlog::Tail> tail_;
  const Fill fill_;
  // After what was given out, not after what was read ahead.
  std::vector<int64_t> offsets_;
  std::deque<eventlog::TailRecord> ahead_;
  // The last look found something, wanted or not.
  bool more_ = false;
  // Since Next last gave nothing.
  int skipped_ = 0;
};

// The watch that a request asks for.
template <typename Response>
absl::StatusOr<std::unique_ptr<rpc::WatchSource<Response>>> OpenTopicWatch(eventlog::EventLog& log, absl::string_view topic,
                                                                           absl::string_view resume_token,
                                                                           typename TopicWatch<Response>::Fill fill) {
  absl::StatusOr<std::unique_ptr<eventlog::Tail>> tail = OpenTailAt(log, topic, resume_token);
  if (!tail.ok()) return tail.status();
  return std::unique_ptr<rpc::WatchSource<Response>>(
      std::make_unique<TopicWatch<Response>>(topic, *std::move(tail), std::move(fill)));
}

}  // namespace touchstone::topic_watch
