#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/event_log.h"
#include "common/stream/task_query.h"
#include "common/stream/unit_of_work.h"

namespace touchstone::stream {

// What a task does with its input. One object a task; called by one thread.
//
// Errors by class: INVALID_ARGUMENT is poison: what this call did is dropped and the record becomes a dead letter (from an
// inbox: the task stops with an alarm). Any other error stops the task; the worker starts it again from the last commit.
// After any error the object is destroyed and a new one made, so what it keeps in memory may be left half done.
class Processor {
 public:
  virtual ~Processor() = default;

  // Called once before anything else: what is kept in memory beside the state is built from it here.
  virtual absl::Status Restore(const eventlog::StateView& state) { return absl::OkStatus(); }

  virtual absl::Status OnRecord(absl::string_view topic, const eventlog::Record& record, UnitOfWork& work) = 0;

  // `due` is the time it was set for; work.now() is not before it.
  virtual absl::Status OnTimer(absl::string_view key, absl::Time due, UnitOfWork& work) = 0;
};

// A kind of task and how its processors are made.
struct TaskDefinition {
  eventlog::TaskKind kind;
  // The input that is its inbox: a record there that cannot be applied stops the task.
  std::string inbox;
  std::function<std::unique_ptr<Processor>(int partition)> make_processor;
  // What may be asked of its tasks beside kValueQuery and kWaitQuery.
  std::vector<TaskQuery> queries;
};

}  // namespace touchstone::stream
