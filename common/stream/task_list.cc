#include "common/stream/task_list.h"

#include <algorithm>
#include <map>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/ids/token.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "touchstone/stream/list/v1/task_list.pb.h"

namespace touchstone::stream {
namespace {

using list::v1::ListPart;
using list::v1::ListPartAnswer;

absl::StatusOr<ListPartAnswer> Scan(const ListOfTask& list, const eventlog::StateView& state, absl::Time task_time,
                                    const ListPart& part) {
  ListPartAnswer answer;
  answer.set_after_key(part.after_key());
  answer.set_at_end(true);
  const std::string prefix = list.prefix(part.filter());
  const std::string begin = part.after_key().empty() ? prefix : part.after_key() + '\0';
  int scanned = 0;
  absl::Status broken;
  RETURN_IF_ERROR(state.Scan(begin, eventlog::PrefixEnd(prefix), [&](absl::string_view key, absl::string_view value) {
    if (answer.items_size() == part.items_max() || scanned == kListScannedMax) {
      answer.set_at_end(false);
      return false;
    }
    ++scanned;
    answer.set_after_key(std::string(key));
    absl::StatusOr<std::optional<std::string>> item = list.item(part.filter(), key, value, task_time);
    broken = item.status();
    if (item.ok() && item->has_value()) answer.add_items(**std::move(item));
    return item.ok();
  }));
  RETURN_IF_ERROR(broken);
  return answer;
}

// Where the next page begins: after this key of the state, in this partition.
struct Cursor {
  int partition = 0;
  std::string after_key;
};

absl::StatusOr<Cursor> CursorOf(const ListAsk& ask, int partition_count) {
  Cursor cursor{ask.only_partition.value_or(0), ""};
  if (ask.page_token.empty()) return cursor;
  absl::StatusOr<std::string> text = ids::DecodePageToken(ask.token_scope, ask.page_token);
  if (!text.ok()) return status::InvalidField("page_token", text.status().message());
  const size_t blank = text->find(' ');
  const bool read = blank != std::string::npos && absl::SimpleAtoi(text->substr(0, blank), &cursor.partition);
  const bool known = read && cursor.partition >= 0 && cursor.partition < partition_count;
  if (!known || cursor.partition != ask.only_partition.value_or(cursor.partition))
    return status::InvalidField("page_token", "is no token of this list");
  cursor.after_key = text->substr(blank + 1);
  return cursor;
}

bool IsUnanswered(const absl::Status& status) { return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status); }

// One page being gathered; handed from question to question.
class Gathering : public std::enable_shared_from_this<Gathering> {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<ListPage>)>;

  Gathering(TaskReader& reader, ListAsk ask, Cursor from, Done done)
      : reader_(reader), ask_(std::move(ask)), at_(std::move(from)), done_(std::move(done)) {}

  void AskOn() {
    // Who was silent about one task is not waited for again.
    const auto silent = silent_.find(reader_.OwnerOf(ask_.kind, at_.partition));
    if (silent != silent_.end() && !silent->first.empty()) return PassOver(silent->second);
    ListPart part;
    part.set_filter(ask_.filter);
    part.set_after_key(at_.after_key);
    part.set_items_max(ask_.page_size - static_cast<int>(page_.items.size()));
    AskTask<ListPartAnswer>(
        reader_, {.kind = ask_.kind, .partition = at_.partition, .deadline = ask_.deadline}, ask_.query, part,
        [self = shared_from_this()](absl::StatusOr<ListPartAnswer> answer) { self->Take(std::move(answer)); });
  }

 private:
  void Take(absl::StatusOr<ListPartAnswer> answer) {
    if (IsUnanswered(answer.status())) return PassOver(answer.status());
    if (!answer.ok()) return done_(answer.status());
    answered_ = true;
    for (std::string& item : *answer->mutable_items()) page_.items.push_back(std::move(item));
    at_.after_key = answer->after_key();
    answer->at_end() ? GoOn() : End();
  }

  void PassOver(const absl::Status& why) {
    if (error_.ok()) error_ = why;
    std::string owner = reader_.OwnerOf(ask_.kind, at_.partition);
    if (absl::IsDeadlineExceeded(why)) silent_.emplace(owner, why);
    page_.unanswered.push_back({std::move(owner), at_.partition, std::string(why.message())});
    GoOn();
  }

  void GoOn() {
    const bool is_last = ask_.only_partition.has_value() || at_.partition + 1 >= reader_.PartitionCount(ask_.kind);
    if (is_last) return answered_ ? done_(std::move(page_)) : done_(error_);
    at_ = {at_.partition + 1, ""};
    // A page that is full ends here; whether anything follows the next one tells.
    static_cast<int>(page_.items.size()) == ask_.page_size ? End() : AskOn();
  }

  void End() {
    page_.next_page_token = ids::EncodePageToken(ask_.token_scope, absl::StrCat(at_.partition, " ", at_.after_key));
    done_(std::move(page_));
  }

  TaskReader& reader_;
  const ListAsk ask_;
  Cursor at_;
  Done done_;
  ListPage page_;
  bool answered_ = false;
  absl::Status error_;
  std::map<std::string, absl::Status> silent_;
};

}  // namespace

absl::StatusOr<int> PageSizeOf(int asked) {
  if (asked < 0) return status::InvalidField("page_size", "is below zero");
  return asked == 0 ? kPageSizeDefault : std::min(asked, kPageSizeMax);
}

TaskQuery MakeListQuery(std::string name, ListOfTask list) {
  return MakeTaskQuery<ListPart, ListPartAnswer>(
      std::move(name), [list = std::move(list)](const eventlog::StateView& state, absl::Time task_time, const ListPart& part) {
        return Scan(list, state, task_time, part);
      });
}

void GatherList(TaskReader& reader, ListAsk ask, absl::AnyInvocable<void(absl::StatusOr<ListPage>)> done) {
  absl::StatusOr<Cursor> from = CursorOf(ask, reader.PartitionCount(ask.kind));
  if (!from.ok()) return done(from.status());
  std::make_shared<Gathering>(reader, std::move(ask), *std::move(from), std::move(done))->AskOn();
}

}  // namespace touchstone::stream
