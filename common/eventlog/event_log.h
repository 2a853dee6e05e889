#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/eventlog/change_signal.h"
#include "common/eventlog/record.h"
#include "common/eventlog/state_view.h"
#include "common/eventlog/topic_catalog.h"

namespace touchstone::eventlog {

// A kind of task: partition p of it reads partition p of each input and owns state of its own.
struct TaskKind {
  // E.g. `journey`: names its group, its state and its changelog.
  std::string name;
  // Topics with equal partition counts, in the manifest's order.
  std::vector<std::string> inputs;
  // Topics of one partition that every task of the kind reads whole.
  std::vector<std::string> broadcasts;
};

// Who joins: worker `worker` of `worker_count` in instance `instance`.
struct MemberOptions {
  std::string instance;
  int worker = 0;
  int worker_count = 1;
};

// What a task may process of one input.
struct InputBatch {
  // From the committed position on, in order.
  std::vector<Record> records;
  // `records` ends at the input's high watermark and no open transaction hides anything below it: nothing that was
  // appended before the fetch is missing.
  bool complete = false;
  // `records` ends where the input ends as far as is known without asking for it. Where `complete` is true it need not be set.
  bool at_known_end = false;
};

struct FetchLimits {
  int records_max = 2000;
  int64_t bytes_max = 1 << 20;
  // Whether the caller acts on InputBatch::complete. Without it `complete` may be false though it is not: a broker must be asked.
  bool wants_complete = true;
};

struct OwnershipChange {
  // Its state is restored, its position is the last commit's.
  std::vector<int> gained;
  // Committed already where that was possible; what is uncommitted must be dropped.
  std::vector<int> lost;
  // All that the member was given is gained. Not so while a group forms, or while state is restored.
  bool settled = true;
};

// One member of a task kind's group. Owned and called by one thread; never blocks for longer than a commit.
//
// Errors of all its calls, by class: ABORTED, drop what is uncommitted and go on from the last commit; RESOURCE_EXHAUSTED, the
// same after a while: nothing is written at present, and State goes on; UNAVAILABLE, DEADLINE_EXCEEDED, FAILED_PRECONDITION,
// destroy the member and join anew; anything else, the process must end.
class Member {
 public:
  virtual ~Member() = default;

  // What changed since the last call.
  virtual absl::StatusOr<OwnershipChange> PollOwnership() = 0;

  // Reads on from the position of the last commit: one batch for each input, then one for each broadcast, in the kind's
  // order. Reading twice without a commit gives the same records first. On the embedded log they may not be durable yet.
  virtual absl::StatusOr<std::vector<InputBatch>> Fetch(int partition, const FetchLimits& limits) = 0;

  // The state as of the last commit. Valid until the partition is lost.
  virtual const StateView& State(int partition) = 0;

  // Commits what the given tasks (no partition twice) did: each wholly or not at all. Visible to Fetch and State on return;
  // durable when WhenDurable says so.
  virtual absl::StatusOr<CommitPoint> Commit(std::vector<TaskCommit> commits) = 0;

  // The position of the last commit: each input and broadcast, in the kind's order; 0 where nothing was ever committed. May
  // stand further where nothing but a broker's own marks follows.
  virtual absl::StatusOr<std::vector<InputPosition>> Positions(int partition) const = 0;

  // How many records of its inputs the task has not committed past, as far as is known; for people to look at: a broker's own
  // marks may be counted.
  virtual int64_t Lag(int partition) const = 0;
};

// Where a tail begins.
struct TailStart {
  enum class From { kBegin, kEnd, kOffsets };
  From from = From::kEnd;
  // With kOffsets: the next offset to read, for each partition. One that is no longer kept reads from the oldest kept.
  std::vector<int64_t> next_offsets;
};

struct TailRecord {
  int32_t partition = 0;
  Record record;
};

// Reads a topic without a group. Used by one thread at a time.
class Tail {
 public:
  virtual ~Tail() = default;

  // Up to `records_max` durable, committed records after the cursor, and moves the cursor past them; in order within a
  // partition. Empty where there is none yet. Does not wait: wait on EventLog::tail_changes().
  virtual absl::StatusOr<std::vector<TailRecord>> Read(int records_max) = 0;

  // The cursor: the next offset of each partition.
  virtual std::vector<int64_t> next_offsets() const = 0;
};

// A log of topics: append durably, read as a member of a group, tail without one, commit units of work. Three
// implementations hold one contract (tests/contract): embedded, kafka, memory. Thread-safe.
class EventLog {
 public:
  virtual ~EventLog() = default;

  virtual const TopicCatalog& topics() const = 0;

  // Appends outside any unit of work; all of one call or, where a key's record fails, none of it is acknowledged.
  // `done` is called once, from any thread (maybe this one), when all are durable, with their positions, or with
  // RESOURCE_EXHAUSTED (too much in flight, disk nearly full: RetryInfo is attached), UNAVAILABLE, INVALID_ARGUMENT (no such
  // topic, record above the limit). Records of one key keep the order of calls.
  using AppendDone = absl::AnyInvocable<void(absl::StatusOr<std::vector<Position>>)>;
  virtual void Append(std::vector<OutRecord> records, AppendDone done) = 0;

  // Joins a task kind's group. FAILED_PRECONDITION where inputs differ in partition counts.
  virtual absl::StatusOr<std::unique_ptr<Member>> Join(const TaskKind& kind, const MemberOptions& options) = 0;

  // The log outlives the tail. NOT_FOUND: no such topic. INVALID_ARGUMENT: with kOffsets, not one for each partition. On a broker
  // it blocks for some round trips (seconds, where it does not answer); then UNAVAILABLE with RetryInfo, or PERMISSION_DENIED.
  virtual absl::StatusOr<std::unique_ptr<Tail>> OpenTail(absl::string_view topic, const TailStart& start) = 0;

  // The offset after the last record of each partition that a Tail would read. Blocks, and errors, as OpenTail's.
  virtual absl::StatusOr<std::vector<int64_t>> EndOffsets(absl::string_view topic) = 0;

  // Where each partition of each of these topics ends: whatever was appended or committed before the call lies before. Once
  // Member::Positions has reached it, all of that is processed. On a broker it is one question, for however many topics. Blocks,
  // and errors, as OpenTail's.
  virtual absl::StatusOr<std::vector<std::vector<int64_t>>> HighWatermarks(const std::vector<std::string>& topics) = 0;

  // Calls `done`, from any thread (maybe this one), once everything committed at or before `point` is durable; in order
  // of points. An error: it never will be, and the process must end. This is the gate: what leaves the process waits here.
  virtual void WhenDurable(CommitPoint point, absl::AnyInvocable<void(absl::Status)> done) = 0;

  // Raised when there may be more to fetch, or an ownership changed.
  virtual ChangeSignal& changes() = 0;

  // Raised when there may be more to tail. Where what is written is durable a little later, a signal of its own: who works is
  // not woken for what it has seen, nor who tails for what it may not see yet.
  virtual ChangeSignal& tail_changes() { return changes(); }

  // OK while appends are taken; else RESOURCE_EXHAUSTED or UNAVAILABLE with the reason an operator needs.
  virtual absl::Status Intake() const = 0;

  // Takes no more appends, and answers those under way: with their positions where they became durable, else UNAVAILABLE (they
  // may be written all the same). On return every `done` of Append and of WhenDurable was called, and one that is given later is
  // called at once: so call it before what these touch is destroyed, and when no member works any more. Tails go on. Blocks for a
  // sync, or on a broker for some seconds; not from a `done`. Repeats do nothing.
  virtual void Close() = 0;

  // `embedded`, `kafka` or `memory`.
  virtual absl::string_view name() const = 0;
};

// UNAVAILABLE: what a log that was closed says to an append, and of one whose outcome it does not know.
absl::Status LogClosed();

}  // namespace touchstone::eventlog
