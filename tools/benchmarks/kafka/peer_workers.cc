#include "tools/benchmarks/kafka/peer_workers.h"

#include <pthread.h>

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/stream/worker.h"
#include "tools/benchmarks/cpu_time.h"
#include "tools/benchmarks/kafka/thread_times.h"

namespace touchstone::benchmarks {
namespace {

constexpr absl::Duration kJoinMax = absl::Minutes(2);
constexpr absl::Duration kStallMax = absl::Minutes(1);
constexpr absl::Duration kSleepMax = absl::Seconds(1);
constexpr absl::Duration kSleepMin = absl::Milliseconds(2);

}  // namespace

PeerWorkers::PeerWorkers(eventlog::EventLog& log, const clock::Clock& clock, const stream::TaskDefinition& tasks, int workers,
                         std::vector<int64_t> ends)
    : log_(log),
      clock_(clock),
      workers_(workers),
      ends_(std::move(ends)),
      owned_counts_(static_cast<size_t>(workers), 0),
      next_offsets_(ends_.size(), 0) {
  for (int worker = 0; worker < workers; ++worker) threads_.emplace_back([this, worker, tasks] { Run(worker, tasks); });
}

PeerWorkers::~PeerWorkers() { Stop(); }

Stages PeerWorkers::Stop() {
  stopping_ = true;
  log_.changes().Raise();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  return stages_;
}

void PeerWorkers::Run(int worker, const stream::TaskDefinition& tasks) {
  pthread_setname_np(pthread_self(), "worker");
  StagedLog log(log_, {[&](const eventlog::OwnershipChange& change) { Owned(worker, change); },
                       [&](const std::vector<eventlog::TaskCommit>& commits) { Committed(commits); }});
  const absl::Status worked = Work(worker, log, tasks);
  std::lock_guard<std::mutex> lock(mutex_);
  stages_ += log.stages();
  error_.Update(worked);
  changed_.notify_all();
}

// As a process of the suite does it.
absl::Status PeerWorkers::Work(int worker, eventlog::EventLog& log, const stream::TaskDefinition& tasks) {
  stream::WorkerOptions options;
  options.member = {"bench", worker, workers_};
  absl::Status stopped;
  options.on_stopped = [&](absl::string_view, int, const absl::Status& why) { stopped.Update(why); };
  stream::Worker tasks_of_it(log, clock_, {tasks}, std::move(options));
  while (!stopping_ && stopped.ok()) {
    const uint64_t seen = log.changes().version();
    ASSIGN_OR_RETURN(const bool did, tasks_of_it.Step());
    if (did) continue;
    log.changes().WaitPast(seen, std::clamp(tasks_of_it.NextWake() - clock_.Now(), kSleepMin, kSleepMax));
  }
  return stopped;
}

void PeerWorkers::Owned(int worker, const eventlog::OwnershipChange& change) {
  if (change.gained.empty() && change.lost.empty()) return;
  std::lock_guard<std::mutex> lock(mutex_);
  size_t& count = owned_counts_[static_cast<size_t>(worker)];
  count = count - change.lost.size() + change.gained.size();
  const size_t sum = std::accumulate(owned_counts_.begin(), owned_counts_.end(), size_t{0});
  all_owned_ = sum == ends_.size() && *std::min_element(owned_counts_.begin(), owned_counts_.end()) > 0;
  if (all_owned_ && !done_) begin_ = Read();
  changed_.notify_all();
}

void PeerWorkers::Committed(const std::vector<eventlog::TaskCommit>& commits) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const eventlog::TaskCommit& commit : commits) {
    for (const eventlog::InputPosition& position : commit.positions) {
      next_offsets_[static_cast<size_t>(commit.partition)] = position.next_offset;
    }
  }
  const bool all =
      std::equal(ends_.begin(), ends_.end(), next_offsets_.begin(), [](int64_t end, int64_t at) { return at >= end; });
  if (all && !done_) {
    end_ = Read();
    done_ = true;
  }
  changed_.notify_all();
}

// The inputs are appended outside transactions: each offset is a record's.
Reading PeerWorkers::Read() const {
  return {clock_.Monotonic(), ProcessCpu(), ThreadTimes(), ResidentBytes(),
          std::accumulate(next_offsets_.begin(), next_offsets_.end(), int64_t{0})};
}

absl::Status PeerWorkers::AwaitOwned() {
  std::unique_lock<std::mutex> lock(mutex_);
  const bool in_time = changed_.wait_for(lock, absl::ToChronoNanoseconds(kJoinMax), [&] { return all_owned_ || !error_.ok(); });
  RETURN_IF_ERROR(error_);
  return in_time ? absl::OkStatus() : absl::DeadlineExceededError("the group does not form");
}

absl::Status PeerWorkers::AwaitDone() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!done_) {
    const std::vector<int64_t> before = next_offsets_;
    const bool moved = changed_.wait_for(lock, absl::ToChronoNanoseconds(kStallMax),
                                         [&] { return done_ || !error_.ok() || next_offsets_ != before; });
    RETURN_IF_ERROR(error_);
    if (!moved) return absl::DeadlineExceededError("nothing was committed for a minute");
  }
  return all_owned_ ? absl::OkStatus() : absl::FailedPreconditionError("done before every worker had a task: too few records");
}

Reading PeerWorkers::begin() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return begin_;
}

Reading PeerWorkers::end() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return end_;
}

}  // namespace touchstone::benchmarks
