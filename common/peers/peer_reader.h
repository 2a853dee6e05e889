#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/eventlog/event_log.h"
#include "common/peers/owner_table.h"
#include "common/peers/peer_calls.h"
#include "common/rpc/blocking_thread.h"
#include "common/stream/task_reader.h"

namespace touchstone::peers {

// Reads of tasks, wherever they are: of this process through `local`, else through the instance that has them. An ask goes to who
// has the task as far as is known, and once more to who has it as was learned then: two hops at most.
//
// An ask that waits for a write, where instances share the tasks: it waits at the task that reads the write, then at all other
// tasks of this service until they are past what that sent them, and only then goes to the task that is asked.
class PeerReader : public stream::TaskReader {
 public:
  // `kinds`: all of the process. All that is referred to outlives it.
  PeerReader(stream::TaskReader& local, std::vector<eventlog::TaskKind> kinds, const OwnerTable& owners, eventlog::EventLog& log,
             const clock::Clock& clock, std::string instance);
  // What other instances are asked is cancelled. Before it goes, `local` has answered all it was asked, and refuses more: an
  // answer may be why to ask on.
  ~PeerReader() override;

  void Ask(stream::TaskAsk ask, Done done) override;
  int PartitionCount(absl::string_view kind) const override { return local_.PartitionCount(kind); }
  int PartitionFor(absl::string_view kind, absl::string_view key) const override { return local_.PartitionFor(kind, key); }
  std::string OwnerOf(absl::string_view kind, int partition) const override;

 private:
  class Settling;

  // Of one task, without a word about what follows.
  void AskOwner(stream::TaskAsk ask, int asked_before, Done done);
  // Whether the ask must wait for a write that other instances have to do with.
  bool WaitsForOthers(const stream::TaskAsk& ask) const;
  // The task that reads the write.
  int PartitionOfWrite(const stream::TaskAsk& ask) const;
  // Calls `done` once all tasks but those of `kind` are past what they have to read now, or stand still; with the error where one
  // cannot be asked.
  void Settle(const std::string& kind, absl::Time deadline, absl::AnyInvocable<void(absl::Status)> done);

  stream::TaskReader& local_;
  const std::vector<eventlog::TaskKind> kinds_;
  std::set<std::string> kind_names_;
  const OwnerTable& owners_;
  eventlog::EventLog& log_;
  const std::string instance_;
  PeerCalls calls_;
  // A broker is asked where topics end. Last: its jobs use what is above.
  rpc::BlockingThread asking_ends_;
};

}  // namespace touchstone::peers
