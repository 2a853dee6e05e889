#include "tests/contract/event_log_contract.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>

namespace touchstone::eventlog {
namespace {

// No test waits longer for anything; a log that is correct needs a few milliseconds, a broker a few seconds.
constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr int kTries = 3000;

// What a callback brings, from whichever thread.
template <typename T>
class Awaited {
 public:
  void Set(T value) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      EXPECT_FALSE(value_.has_value()) << "a callback was called twice";
      value_ = std::move(value);
    }
    arrived_.notify_all();
  }

  std::optional<T> Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    arrived_.wait_for(lock, absl::ToChronoMilliseconds(kPatience), [&] { return value_.has_value(); });
    return value_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::optional<T> value_;
};

// Repeats `look` until it is true, waiting for the log to change in between.
bool Eventually(EventLog& log, LogProvider& provider, absl::FunctionRef<bool()> look) {
  for (int i = 0; i < kTries; ++i) {
    const uint64_t seen = log.changes().version();
    provider.Settle(log);
    if (look()) return true;
    log.changes().WaitPast(seen, absl::Milliseconds(10));
  }
  return false;
}

void CheckOrder(const std::vector<Record>& records) {
  for (size_t i = 1; i < records.size(); ++i) {
    EXPECT_LT(records[i - 1].offset, records[i].offset);
    EXPECT_LE(records[i - 1].append_time, records[i].append_time);
  }
}

}  // namespace

void EventLogContract::SetUp() {
  provider_ = GetParam()();
  log_ = provider_->Open(Topics());
  ASSERT_NE(log_, nullptr);
}

TopicCatalog EventLogContract::Topics() {
  return TopicCatalog({{"control", 1},
                       {"orders", 4},
                       {"answers", 4},
                       {"reports", 4},
                       {"narrow", 2},
                       {"alpha.state", 4, true},
                       {"beta.state", 4, true},
                       {"narrow.state", 2, true}});
}

TaskKind EventLogContract::Alpha() { return {"alpha", {"orders", "answers"}, {"control"}}; }
TaskKind EventLogContract::Beta() { return {"beta", {"orders", "reports"}, {}}; }

void EventLogContract::Reopen() {
  log_.reset();
  log_ = provider_->Open(Topics());
  ASSERT_NE(log_, nullptr);
}

bool EventLogContract::KillAndReopen() {
  if (!provider_->Kill(log_)) return false;
  log_ = provider_->Open(Topics());
  EXPECT_NE(log_, nullptr);
  return log_ != nullptr;
}

absl::StatusOr<std::vector<Position>> EventLogContract::TryAppend(std::vector<OutRecord> records) {
  auto answer = std::make_shared<Awaited<absl::StatusOr<std::vector<Position>>>>();
  log_->Append(std::move(records),
               [answer](absl::StatusOr<std::vector<Position>> positions) { answer->Set(std::move(positions)); });
  provider_->Settle(*log_);
  const auto arrived = answer->Wait();
  if (!arrived.has_value()) return absl::DeadlineExceededError("an append was not answered");
  return *arrived;
}

std::vector<Position> EventLogContract::Append(std::vector<OutRecord> records) {
  const absl::StatusOr<std::vector<Position>> positions = TryAppend(std::move(records));
  EXPECT_TRUE(positions.ok()) << positions.status();
  return positions.value_or(std::vector<Position>());
}

Position EventLogContract::AppendTo(absl::string_view topic, int partition, absl::string_view value, absl::string_view key) {
  const std::vector<Position> positions = Append({{std::string(topic), std::string(key), "", std::string(value), partition}});
  return positions.empty() ? Position() : positions.front();
}

std::unique_ptr<Member> EventLogContract::Join(const TaskKind& kind, const MemberOptions& options) {
  absl::StatusOr<std::unique_ptr<Member>> joined = log_->Join(kind, options);
  EXPECT_TRUE(joined.ok()) << joined.status();
  if (!joined.ok()) return nullptr;
  std::vector<int> expected;
  for (int p = options.worker; p < Topics().Find(kind.inputs[0])->partitions; p += options.worker_count) expected.push_back(p);
  std::vector<int> owned;
  EXPECT_TRUE(Eventually(*log_, *provider_, [&] {
    const absl::StatusOr<OwnershipChange> change = (*joined)->PollOwnership();
    EXPECT_TRUE(change.ok()) << change.status();
    if (!change.ok()) return true;
    owned.insert(owned.end(), change->gained.begin(), change->gained.end());
    for (int lost : change->lost) owned.erase(std::remove(owned.begin(), owned.end(), lost), owned.end());
    return owned.size() >= expected.size();
  }));
  EXPECT_THAT(owned, testing::UnorderedElementsAreArray(expected));
  return *std::move(joined);
}

std::vector<InputBatch> EventLogContract::Fetch(Member& member, int partition, std::vector<size_t> at_least,
                                                const FetchLimits& limits) {
  std::vector<InputBatch> batches;
  const bool enough = Eventually(*log_, *provider_, [&] {
    absl::StatusOr<std::vector<InputBatch>> fetched = member.Fetch(partition, limits);
    EXPECT_TRUE(fetched.ok()) << fetched.status();
    if (!fetched.ok()) return true;
    batches = *std::move(fetched);
    for (size_t i = 0; i < batches.size(); ++i) {
      if (i < at_least.size() && batches[i].records.size() < at_least[i]) return false;
      if (at_least.empty() && !batches[i].complete) return false;
    }
    return true;
  });
  EXPECT_TRUE(enough) << "what was appended cannot be fetched";
  for (const InputBatch& batch : batches) CheckOrder(batch.records);
  return batches;
}

void EventLogContract::Commit(Member& member, std::vector<TaskCommit> commits) {
  const absl::StatusOr<CommitPoint> point = member.Commit(std::move(commits));
  ASSERT_TRUE(point.ok()) << point.status();
  auto durable = std::make_shared<Awaited<absl::Status>>();
  log_->WhenDurable(*point, [durable](absl::Status status) { durable->Set(std::move(status)); });
  provider_->Settle(*log_);
  const std::optional<absl::Status> status = durable->Wait();
  ASSERT_TRUE(status.has_value()) << "a commit never became durable";
  EXPECT_TRUE(status->ok()) << *status;
}

void EventLogContract::Commit(Member& member, TaskCommit commit) {
  std::vector<TaskCommit> commits;
  commits.push_back(std::move(commit));
  Commit(member, std::move(commits));
}

std::unique_ptr<Tail> EventLogContract::OpenTail(absl::string_view topic, const TailStart& start) {
  absl::StatusOr<std::unique_ptr<Tail>> tail = log_->OpenTail(topic, start);
  EXPECT_TRUE(tail.ok()) << tail.status();
  return tail.ok() ? *std::move(tail) : nullptr;
}

std::vector<TailRecord> EventLogContract::ReadTail(Tail& tail, size_t at_least, int records_max) {
  std::vector<TailRecord> all;
  const bool enough = Eventually(*log_, *provider_, [&] {
    absl::StatusOr<std::vector<TailRecord>> read = tail.Read(records_max);
    EXPECT_TRUE(read.ok()) << read.status();
    if (!read.ok()) return true;
    EXPECT_LE(read->size(), static_cast<size_t>(records_max));
    all.insert(all.end(), read->begin(), read->end());
    return all.size() >= at_least;
  });
  EXPECT_TRUE(enough) << all.size() << " of " << at_least << " records can be read";
  std::map<int, std::vector<Record>> by_partition;
  for (const TailRecord& record : all) by_partition[record.partition].push_back(record.record);
  for (const auto& [partition, records] : by_partition) CheckOrder(records);
  return all;
}

std::vector<TailRecord> EventLogContract::ReadAll(absl::string_view topic) {
  const std::unique_ptr<Tail> tail = OpenTail(topic, {TailStart::From::kBegin, {}});
  const absl::StatusOr<std::vector<int64_t>> ends = log_->EndOffsets(topic);
  EXPECT_TRUE(ends.ok()) << ends.status();
  std::vector<TailRecord> all;
  EXPECT_TRUE(Eventually(*log_, *provider_, [&] {
    const absl::StatusOr<std::vector<TailRecord>> read = tail->Read(1000);
    EXPECT_TRUE(read.ok()) << read.status();
    if (read.ok()) all.insert(all.end(), read->begin(), read->end());
    const std::vector<int64_t> next = tail->next_offsets();
    for (size_t i = 0; i < next.size(); ++i) {
      if (next[i] < (*ends)[i]) return false;
    }
    return true;
  }));
  return all;
}

std::map<std::string, std::string> EventLogContract::Scanned(const StateView& state, absl::string_view begin,
                                                             absl::string_view end) {
  std::map<std::string, std::string> found;
  std::string last;
  const absl::Status status = state.Scan(begin, end, [&](absl::string_view key, absl::string_view value) {
    EXPECT_TRUE(found.empty() || last < std::string(key)) << "keys out of order";
    last = std::string(key);
    found[last] = std::string(value);
    return true;
  });
  EXPECT_TRUE(status.ok()) << status;
  return found;
}

std::string EventLogContract::GetState(Member& member, int partition, absl::string_view key) {
  const absl::StatusOr<std::optional<std::string>> value = member.State(partition).Get(key);
  EXPECT_TRUE(value.ok()) << value.status();
  if (!value.ok()) return "(error)";
  return value->value_or("(none)");
}

std::vector<std::string> Values(const std::vector<Record>& records) {
  std::vector<std::string> values;
  for (const Record& record : records) values.push_back(record.value);
  return values;
}

std::vector<std::string> Values(const std::vector<TailRecord>& records) {
  std::vector<std::string> values;
  for (const TailRecord& record : records) values.push_back(record.record.value);
  return values;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EventLogContract);

}  // namespace touchstone::eventlog
