#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/stream/processor.h"
#include "common/stream/task.h"
#include "common/stream/task_reader.h"

namespace touchstone::stream {

struct WorkerOptions {
  eventlog::MemberOptions member;
  BatchLimits limits;
  // After an error: how long until a member joins, or a task starts, again.
  absl::Duration restart_delay = absl::Seconds(1);
  // Reads, and requests for reports, that wait at once; more are refused.
  size_t reads_max = 10'000;
  size_t reports_max = 100;
  // The alarm: a task stands still, or (partition -1) its kind has no member, and why. Once for each reason, until a round is got
  // through, its commit included: a start that fails again is no news. On the worker's thread; may be empty.
  std::function<void(absl::string_view kind, int partition, const absl::Status& why)> on_stopped;
  // Whether the kind has a member, the state of its tasks is restored and none of them stands still: when it first has got
  // through a round, and whenever that changes. What waits for space on a disk counts as running: it can be read. On the worker's
  // thread; may be empty.
  std::function<void(absl::string_view kind, bool runs)> on_runs;
  // Which of the kind's partitions this worker has now, in order, whenever that changes. On the worker's thread; may be empty.
  std::function<void(absl::string_view kind, const std::vector<int>& partitions)> on_owned;
};

// How one task does, as of the last round.
struct TaskReport {
  std::string kind;
  // -1: the kind as a whole has no member; `stopped` says why.
  int partition = 0;
  int64_t lag = 0;
  // Task time; the epoch while it stands still or has done nothing yet.
  absl::Time clock;
  int64_t processed_count = 0;
  int64_t dead_letter_count = 0;
  // InfiniteFuture: it has none, or stands still.
  absl::Time next_timer = absl::InfiniteFuture();
  // Why it stands still; empty: it does not.
  std::string stopped;
};

// One thread's tasks, run to completion: fetch, process, commit, answer reads; over all task kinds in the order given, so
// that what one kind writes to the next is processed in the same round. Step and NextWake belong to that thread; the rest
// may be called from any.
class Worker : public TaskReader {
 public:
  // `log` and `clock` outlive the worker.
  Worker(eventlog::EventLog& log, const clock::Clock& clock, std::vector<TaskDefinition> definitions, WorkerOptions options);
  // Closes.
  ~Worker() override;

  // Reads and reports that wait are answered UNAVAILABLE, and so is who comes later. Once Step is called no more, and before what
  // their answers touch is destroyed. Repeats do nothing.
  void Close();

  // One round. Returns whether anything was done; if not, wait for log.changes() or NextWake(). An error is the log's and
  // means that the process must end.
  absl::StatusOr<bool> Step();

  // When a round has something to do though nothing changes: a timer, a read's deadline, a restart.
  absl::Time NextWake() const;

  // TASK_ELSEWHERE is the reason of an UNAVAILABLE where the worker has no such task.
  void Ask(TaskAsk ask, Done done) override;
  int PartitionCount(absl::string_view kind) const override;
  int PartitionFor(absl::string_view kind, absl::string_view key) const override;

  // How all tasks do; `done` is called once, on the worker's thread after its next round. RESOURCE_EXHAUSTED, at once: too many
  // wait. UNAVAILABLE: the worker has ended.
  using ReportDone = absl::AnyInvocable<void(absl::StatusOr<std::vector<TaskReport>>)>;
  void Report(ReportDone done);

 private:
  // A partition of a kind that this worker owns.
  struct Owned {
    // Null while it stands still.
    std::unique_ptr<Task> task;
    // Why it did, until it has got through a round again, its commit included; and whether somebody must know.
    std::string stopped;
    bool alarm = false;
    // The task's clock as of the last commit.
    absl::Time clock = absl::UnixEpoch();
    // The task was dropped to go back to the last commit, which may be read meanwhile.
    bool readable = false;
    // When it is started again; InfiniteFuture: never.
    absl::Time restart_time = absl::InfinitePast();
  };
  // A task kind and the member that works for it.
  struct Group {
    TaskDefinition definition;
    std::unique_ptr<eventlog::Member> member;
    absl::Time join_time = absl::InfinitePast();
    bool committed_since_abort = true;
    // As the member said last: its tasks are all there.
    bool settled = false;
    // Why there is no member, or was none until it has got through a round, its commit included.
    std::string left;
    // What on_runs was told, and on_owned.
    std::optional<bool> told_runs;
    std::vector<int> told_owned;
    std::map<int, Owned> owned;
  };
  // Where a topic's partitions end.
  using Watermarks = std::map<std::string, std::vector<int64_t>>;
  struct WaitingRead {
    TaskAsk ask;
    Done done;
    // Once ask.after is passed: where the inputs of the other tasks ended then.
    std::shared_ptr<const Watermarks> barrier;
  };

  absl::StatusOr<bool> Round(Group& group);
  static void GotThrough(Group& group);
  void TellRuns(Group& group) const;
  void TellOwned(Group& group) const;
  absl::Status Join(Group& group);
  void Restart(Group& group);
  absl::StatusOr<std::vector<eventlog::TaskCommit>> Process(Group& group);
  void Stop(Group& group, int partition, const absl::Status& why);
  // Goes back to the last commit, joins anew, or gives up, by the error's class.
  absl::Status Recover(Group& group, const absl::Status& error);

  static absl::Status Unreadable(absl::string_view kind, int partition, absl::string_view why);
  static absl::Status StandsStill(absl::string_view kind, int partition, absl::string_view why);
  static absl::Status Elsewhere(absl::string_view kind, int partition);
  bool AnswerReads();
  // OK: may run. UNAVAILABLE with `wait`: not yet.
  absl::Status Ready(WaitingRead& read, bool* wait);
  absl::StatusOr<bool> Passed(const Group& group, const TaskAsk& ask) const;
  absl::StatusOr<std::shared_ptr<const Watermarks>> Barrier();
  absl::StatusOr<bool> BarrierMet(const WaitingRead& read) const;
  void RunRead(WaitingRead read);
  static absl::StatusOr<std::string> Run(const TaskDefinition& definition, const TaskAsk& ask, const eventlog::StateView& state,
                                         absl::Time task_time);
  Group* FindGroup(absl::string_view kind);
  const TaskDefinition* FindDefinition(absl::string_view kind) const;
  std::vector<TaskReport> Reports() const;

  eventlog::EventLog& log_;
  const clock::Clock& clock_;
  const WorkerOptions options_;
  std::vector<Group> groups_;
  eventlog::CommitPoint last_commit_ = eventlog::CommitPoint{0};
  std::deque<WaitingRead> waiting_;
  // Asked for once in a round, by the first read that needs it.
  std::shared_ptr<const Watermarks> watermarks_;

  std::mutex mutex_;
  // Guarded by mutex_.
  std::deque<WaitingRead> arrived_;
  std::vector<ReportDone> report_requests_;
  size_t read_count_ = 0;
  bool closed_ = false;
};

}  // namespace touchstone::stream
