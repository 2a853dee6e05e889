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

absl::StatusOr<v1::ListDeadLettersResponse> DeadLetterPage(eventlog::EventLog& log, const v1::ListDeadLettersRequest& request) {
  if (request.page_size() < 0) return status::InvalidField("page_size", "is below zero");
  const int page_size = request.page_size() == 0 ? kDefaultPageSize : std::min(request.page_size(), kMaxPageSize);
  ASSIGN_OR_RETURN(const eventlog::TailStart start, StartOf(request));
  ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::Tail> tail, log.OpenTail(topics::kDeadLetters, start));
  v1::ListDeadLettersResponse response;
  // One record at a time: the cursor then stands exactly behind the last one looked at.
  bool more = true;
  for (int looked_at = 0; looked_at < kMaxLookedAt && response.dead_letters_size() < page_size; ++looked_at) {
    ASSIGN_OR_RETURN(const std::vector<eventlog::TailRecord> records, tail->Read(1));
    if (records.empty()) {
      more = false;
      break;
    }
    events::v1::DeadLetter letter;
    if (!letter.ParseFromString(records.front().record.value)) continue;
    if (request.reason().empty() || request.reason() == letter.reason()) *response.add_dead_letters() = std::move(letter);
  }
  if (more) response.set_next_page_token(ids::EncodePageToken(QueryOf(request), absl::StrJoin(tail->next_offsets(), ",")));
  return response;
}

}  // namespace touchstone::operations
