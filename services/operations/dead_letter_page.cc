#include "services/operations/dead_letter_page.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/ids/token.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"

namespace touchstone::operations {
namespace {

// What the list was asked with: a page token holds for this alone.
std::string QueryOf(const v1::ListDeadLettersRequest& request) { return absl::StrCat("dead-letters/", request.reason()); }

absl::StatusOr<eventlog::TailStart> StartOf(const v1::ListDeadLettersRequest& request) {
  if (request.page_token().empty()) return eventlog::TailStart{eventlog::TailStart::From::kBegin, {}};
  absl::StatusOr<std::string> cursor = ids::DecodePageToken(QueryOf(request), request.page_token());
  if (!cursor.ok()) return status::InvalidField("page_token", cursor.status().message());
  eventlog::TailStart start{eventlog::TailStart::From::kOffsets, {}};
  for (absl::string_view number : absl::StrSplit(*cursor, ',')) {
    if (!absl::SimpleAtoi(number, &start.next_offsets.emplace_back())) return status::InvalidField("page_token", "is damaged");
  }
  return start;
}

}  // namespace

DeadLetterPage::DeadLetterPage(std::unique_ptr<eventlog::Tail> tail, std::vector<int64_t> ends,
                               const v1::ListDeadLettersRequest& request)
    : tail_(std::move(tail)),
      ends_(std::move(ends)),
      query_(QueryOf(request)),
      reason_(request.reason()),
      page_size_(request.page_size() == 0 ? kDefaultPageSize : std::min(request.page_size(), kPageSizeMax)),
      cursor_(tail_->next_offsets()) {}

absl::StatusOr<DeadLetterPage> DeadLetterPage::Begin(eventlog::EventLog& log, const v1::ListDeadLettersRequest& request) {
  if (request.page_size() < 0) return status::InvalidField("page_size", "is below zero");
  ASSIGN_OR_RETURN(const eventlog::TailStart start, StartOf(request));
  ASSIGN_OR_RETURN(std::vector<int64_t> ends, log.EndOffsets(topics::kDeadLetters));
  ASSIGN_OR_RETURN(std::unique_ptr<eventlog::Tail> tail, log.OpenTail(topics::kDeadLetters, start));
  return DeadLetterPage(std::move(tail), std::move(ends), request);
}

absl::StatusOr<DeadLetterPage::Progress> DeadLetterPage::ReadOn() {
  for (int looked_at = 0; !Full() && !AtEnd(); ++looked_at) {
    if (looked_at == kLookedAtInTurnMax) return Progress::kMore;
    // One record at a time: the cursor then stands exactly behind the last one that was taken.
    ASSIGN_OR_RETURN(const std::vector<eventlog::TailRecord> records, tail_->Read(1));
    if (!records.empty()) {
      ++looked_at_;
      full_ = !Keep(records.front().record.value);
    }
    if (!full_) cursor_ = tail_->next_offsets();
    if (records.empty() && !AtEnd()) return Progress::kAwaited;
  }
  return Progress::kWhole;
}

bool DeadLetterPage::Keep(const std::string& value) {
  events::v1::DeadLetter letter;
  if (!letter.ParseFromString(value) || (!reason_.empty() && reason_ != letter.reason())) return true;
  const auto bytes = static_cast<int64_t>(value.size());
  if (response_.dead_letters_size() > 0 && bytes_ + bytes > kPageBytesMax) return false;
  bytes_ += bytes;
  *response_.add_dead_letters() = std::move(letter);
  return true;
}

bool DeadLetterPage::Full() const { return full_ || response_.dead_letters_size() == page_size_ || looked_at_ == kLookedAtMax; }

bool DeadLetterPage::AtEnd() const {
  for (size_t p = 0; p < ends_.size(); ++p) {
    if (cursor_[p] < ends_[p]) return false;
  }
  return true;
}

v1::ListDeadLettersResponse DeadLetterPage::Take() {
  if (!AtEnd()) response_.set_next_page_token(ids::EncodePageToken(query_, absl::StrJoin(cursor_, ",")));
  return std::move(response_);
}

}  // namespace touchstone::operations
