#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/stream/task_query.h"
#include "common/stream/task_reader.h"

// Lists over all tasks of a kind, wherever these are: a page is gathered from one partition after the other, within one in the
// order of keys.
namespace touchstone::stream {

inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 500;
// Keys that one read of a task looks at, for it stands still meanwhile: a page ends there, maybe without an item, and its token
// goes on.
inline constexpr int kListScannedMax = 2'000;

// `page_size` of a request as it is served. INVALID_ARGUMENT where it is below zero.
absl::StatusOr<int> PageSizeOf(int asked);

// What a list does with one partition of the state, where `filter` is the list's request.
struct ListOfTask {
  // All keys that are looked at begin so.
  std::function<std::string(absl::string_view filter)> prefix;
  // The item that a key and its value make; nothing: it was not asked for.
  std::function<absl::StatusOr<std::optional<std::string>>(absl::string_view filter, absl::string_view key,
                                                           absl::string_view value, absl::Time task_time)>
      item;
};

// The query behind a list.
TaskQuery MakeListQuery(std::string name, ListOfTask list);

// A list that somebody asks for.
struct ListAsk {
  std::string kind;
  // As MakeListQuery was told.
  std::string query;
  std::string filter;
  // What the page token is bound to: the same for the same question, whatever the page. Holds no personal data.
  std::string token_scope;
  int page_size = kPageSizeDefault;
  std::string page_token;
  // Where all items lie in one.
  std::optional<int> only_partition;
  absl::Time deadline = absl::InfiniteFuture();
};

// A task that a page lacks.
struct Unanswered {
  // Empty: not known.
  std::string instance;
  int partition = 0;
  std::string why;
};

struct ListPage {
  std::vector<std::string> items;
  // Empty: this was the last.
  std::string next_page_token;
  // In the order of partitions.
  std::vector<Unanswered> unanswered;
};

// `done` is called once, from any thread. A task that cannot be reached or does not answer in time is passed over, and the page
// says so; where none answered, the first error is the answer. INVALID_ARGUMENT: the page token is none of this list. `reader`
// outlives the call.
void GatherList(TaskReader& reader, ListAsk ask, absl::AnyInvocable<void(absl::StatusOr<ListPage>)> done);

// The page as a call's response, which has `next_page_token`, `unanswered` and, added by `add`, the items.
template <typename Response, typename Item>
absl::StatusOr<Response> ListResponseOf(absl::StatusOr<ListPage> page, Item* (Response::*add)()) {
  if (!page.ok()) return page.status();
  Response response;
  for (const std::string& item : page->items) {
    if (!(response.*add)()->ParseFromString(item)) return absl::InternalError("a list's item is no message of its kind");
  }
  for (Unanswered& task : page->unanswered) {
    auto& unanswered = *response.add_unanswered();
    unanswered.set_instance(std::move(task.instance));
    unanswered.set_partition(task.partition);
    unanswered.set_reason(std::move(task.why));
  }
  response.set_next_page_token(std::move(page->next_page_token));
  return response;
}

}  // namespace touchstone::stream
