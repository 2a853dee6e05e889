#include "services/operations/dead_letter_listing.h"

#include <utility>

namespace touchstone::operations {

bool DeadLetterListing::Pump(absl::Duration now) {
  if (done_.Cancelled()) return false;
  if (const absl::Status closed = Closed(); !closed.ok()) {
    done_(closed);
    return false;
  }
  const absl::StatusOr<DeadLetterPage::Progress> progress = page_.ReadOn();
  if (!progress.ok()) {
    done_(progress.status());
    return false;
  }
  if (*progress == DeadLetterPage::Progress::kWhole || (now >= deadline_ && page_.moved())) {
    done_(page_.Take());
    return false;
  }
  if (now >= deadline_) {
    done_(TooLate());
    return false;
  }
  if (*progress == DeadLetterPage::Progress::kMore) pump_.Wake(this);
  return true;
}

absl::Status DeadLetterListing::TooLate() { return absl::DeadlineExceededError("the log did not give its dead letters in time"); }

void DeadLetterListing::Close(const absl::Status& why) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_.ok()) closed_ = why;
}

absl::Status DeadLetterListing::Closed() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return closed_;
}

}  // namespace touchstone::operations
