#pragma once

#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/record.h"
#include "common/eventlog/state_view.h"

namespace touchstone::stream {

// Where reads of state go: service adapters hold one. Thread-safe.
//
// A read runs on the thread that owns the task, between two batches, over the state of the last commit; its `done` is called
// only when that commit is durable, so nobody sees what could still be undone. With `after`, it runs once the task has
// committed past that position, and past what that sent to other inboxes of this process's tasks.
class TaskReader {
 public:
  virtual ~TaskReader() = default;

  using ReadFunction = absl::AnyInvocable<absl::Status(const eventlog::StateView& state, absl::Time task_time)>;
  using Done = absl::AnyInvocable<void(absl::Status)>;

  // `done` gets what `read` returned, or UNAVAILABLE (the task is not here, or stands still), RESOURCE_EXHAUSTED (too many reads
  // wait), DEADLINE_EXCEEDED (the position was not reached by `deadline`). Called once, from any thread, maybe this one.
  virtual void Read(absl::string_view kind, int partition, std::optional<eventlog::Position> after, absl::Time deadline,
                    ReadFunction read, Done done) = 0;

  // How many partitions the kind has, and the one a key belongs to.
  virtual int PartitionCount(absl::string_view kind) const = 0;
  virtual int PartitionFor(absl::string_view kind, absl::string_view key) const = 0;
};

}  // namespace touchstone::stream
