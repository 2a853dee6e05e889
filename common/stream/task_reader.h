#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/record.h"
#include "common/stream/task_query.h"

namespace touchstone::stream {

// One question to one task.
struct TaskAsk {
  std::string kind;
  int partition = 0;
  // Only once the task that reads it has committed past this write, and (unless it `waits_for_no_more`) past what that sent to
  // other inboxes of the same service.
  std::optional<eventlog::Position> after;
  absl::Time deadline = absl::InfiniteFuture();
  // One of the kind's queries, and what it is asked.
  std::string query;
  std::string request;
  bool waits_for_no_more = false;
};

// ErrorInfo's reason, of domain `stream`, where another instance has the task.
inline constexpr char kTaskElsewhere[] = "TASK_ELSEWHERE";
// And where the task is there, and has stopped on something.
inline constexpr char kTaskStandsStill[] = "TASK_STANDS_STILL";

// Where reads of state go: service adapters hold one. Thread-safe.
//
// A query runs on the thread that owns the task, between two batches, over the state of the last commit; its answer leaves only
// when that commit is durable, so nobody sees what could still be undone.
class TaskReader {
 public:
  virtual ~TaskReader() = default;

  // `done` gets what the query returned, or UNAVAILABLE (the task is not to be reached, or stands still), RESOURCE_EXHAUSTED (too
  // many reads wait), DEADLINE_EXCEEDED (the position was not reached by the deadline), FAILED_PRECONDITION (the kind has no such
  // query). Called once, from any thread, maybe this one.
  using Done = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;
  virtual void Ask(TaskAsk ask, Done done) = 0;

  // How many partitions the kind has, and the one a key belongs to.
  virtual int PartitionCount(absl::string_view kind) const = 0;
  virtual int PartitionFor(absl::string_view kind, absl::string_view key) const = 0;

  // Who has the task, as far as is known; empty: it is not.
  virtual std::string OwnerOf(absl::string_view kind, int partition) const { return ""; }
};

// The position that a request's token speaks of, for TaskAsk::after; nothing where it has none. INVALID_ARGUMENT: it is no token.
absl::StatusOr<std::optional<eventlog::Position>> AfterToken(absl::string_view token);

// Asks with messages, as MakeTaskQuery answers. The rest of `ask` says whom, and when.
template <typename Response, typename Request>
void AskTask(TaskReader& reader, TaskAsk ask, absl::string_view query, const Request& request,
             absl::AnyInvocable<void(absl::StatusOr<Response>)> done) {
  ask.query = std::string(query);
  ask.request = request.SerializeAsString();
  reader.Ask(std::move(ask), [done = std::move(done)](absl::StatusOr<std::string> answer) mutable {
    if (!answer.ok()) return done(answer.status());
    Response response;
    if (!response.ParseFromString(*answer))
      return done(absl::InternalError(absl::StrCat("a task's answer is no ", response.GetTypeName())));
    done(std::move(response));
  });
}

// The message that the state holds at `key`; nothing where it holds none. DATA_LOSS: it is another.
template <typename Message>
void AskMessage(TaskReader& reader, TaskAsk ask, std::string key,
                absl::AnyInvocable<void(absl::StatusOr<std::optional<Message>>)> done) {
  ask.query = kValueQuery;
  ask.request = std::move(key);
  reader.Ask(std::move(ask), [done = std::move(done)](absl::StatusOr<std::string> value) mutable {
    if (absl::IsNotFound(value.status())) return done(std::optional<Message>());
    if (!value.ok()) return done(value.status());
    std::optional<Message> message(std::in_place);
    if (!message->ParseFromString(*value))
      return done(absl::DataLossError(absl::StrCat("state is not a ", message->GetTypeName())));
    done(std::move(message));
  });
}

}  // namespace touchstone::stream
