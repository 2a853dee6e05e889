#pragma once

#include <mutex>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/rpc/answer.h"
#include "common/rpc/stream_pump.h"
#include "services/operations/dead_letter_page.h"

namespace touchstone::operations {

// One call of ListDeadLetters while its page is read, which on a broker takes a while and must not hold up a thread: the pump
// drives it. Answers once.
class DeadLetterListing : public rpc::Pumped {
 public:
  using Done = rpc::Completion<v1::ListDeadLettersResponse>;

  // `pump` outlives it. `deadline` is by Clock::Monotonic.
  DeadLetterListing(rpc::StreamPump& pump, DeadLetterPage page, absl::Duration deadline, Done done)
      : pump_(pump), page_(std::move(page)), deadline_(deadline), done_(std::move(done)) {}

  bool Pump(absl::Duration now) override;
  void Close(const absl::Status& why) override;

  // DEADLINE_EXCEEDED: what a listing is told that has nothing yet.
  static absl::Status TooLate();

  // Where the pump does not take it.
  void Refuse(const absl::Status& why) { done_(why); }

 private:
  absl::Status Closed() const;

  rpc::StreamPump& pump_;
  DeadLetterPage page_;
  const absl::Duration deadline_;
  Done done_;
  mutable std::mutex mutex_;
  absl::Status closed_;  // Guarded by mutex_.
};

}  // namespace touchstone::operations
