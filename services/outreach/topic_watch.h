#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/eventlog/event_log.h"
#include "common/ids/token.h"
#include "common/rpc/watch.h"

namespace touchstone::outreach {

// A tail of one topic from where the watcher's resume token says: after that record, at the end where it is empty, at the
// oldest kept where it is `begin`. INVALID_ARGUMENT: no such token, or of another topic.
absl::StatusOr<std::unique_ptr<eventlog::Tail>> OpenTailAt(eventlog::EventLog& log, absl::string_view topic,
                                                           absl::string_view resume_token);

// A watch of one topic: each committed record is a Response, with the token to resume after it. Holds at most
// kRecordsAhead records.
template <typename Response>
class TopicWatch : public rpc::WatchSource<Response> {
 public:
  static constexpr int kRecordsAhead = 64;
  // Puts the record's message into the response; false: it is no message of the topic's kind, and the watcher is spared it.
  using Fill = bool (*)(const std::string& value, Response& response);

  TopicWatch(absl::string_view topic, std::unique_ptr<eventlog::Tail> tail, Fill fill)
      : topic_(topic), tail_(std::move(tail)), fill_(fill), offsets_(tail_->next_offsets()) {}

  absl::StatusOr<std::optional<Response>> Next() override {
    if (ahead_.empty()) {
      absl::StatusOr<std::vector<eventlog::TailRecord>> records = tail_->Read(kRecordsAhead);
      if (!records.ok()) return records.status();
      for (eventlog::TailRecord& record : *records) ahead_.push_back(std::move(record));
    }
    while (!ahead_.empty()) {
      const eventlog::TailRecord next = std::move(ahead_.front());
      ahead_.pop_front();
      offsets_[next.partition] = next.record.offset + 1;
      Response response;
      if (!fill_(next.record.value, response)) continue;
      response.set_resume_token(ids::EncodeResumeToken(topic_, offsets_));
      return std::optional<Response>(std::move(response));
    }
    return std::optional<Response>();
  }

  std::optional<Response> Heartbeat() override {
    Response response;
    response.set_resume_token(ids::EncodeResumeToken(topic_, offsets_));
    return response;
  }

 private:
  const std::string topic_;
  const std::unique_ptr<eventlog::Tail> tail_;
  const Fill fill_;
  // After what was given out, not after what was read ahead.
  std::vector<int64_t> offsets_;
  std::deque<eventlog::TailRecord> ahead_;
};

}  // namespace touchstone::outreach
