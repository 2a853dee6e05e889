#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/eventlog/event_log.h"
#include "tests/contract/log_provider.h"

namespace touchstone::eventlog {

// What every EventLog holds (common/eventlog/event_log.h), sentence by sentence. A log is put under it by
//
//   INSTANTIATE_TEST_SUITE_P(Embedded, EventLogContract, testing::Values(MakeLogProvider([] { ... })));
//
// in a test that links the object library touchstone_event_log_contract.
//
// Topics: `orders`, `answers` and `reports` of 4 partitions, `narrow` of 2, `control` of 1, and changelogs of the kinds
// `alpha`, `beta` and `narrow`.
class EventLogContract : public testing::TestWithParam<MakeLogProvider> {
 protected:
  void SetUp() override;

  static TopicCatalog Topics();
  // Reads `orders` and `answers`, and `control` whole.
  static TaskKind Alpha();
  // Reads `orders` and `reports`.
  static TaskKind Beta();

  EventLog& log() { return *log_; }
  LogProvider& provider() { return *provider_; }
  // Closes and opens again; members and tails must be gone.
  void Reopen();
  // As Reopen, after a kill. False: this log cannot be killed, and nothing happened.
  bool KillAndReopen();

  // Appends; waits until it is acknowledged.
  absl::StatusOr<std::vector<Position>> TryAppend(std::vector<OutRecord> records);
  std::vector<Position> Append(std::vector<OutRecord> records);
  // Appends one record to a partition.
  Position AppendTo(absl::string_view topic, int partition, absl::string_view value, absl::string_view key = "k");

  // Joins, and waits until the member owns what it should.
  std::unique_ptr<Member> Join(const TaskKind& kind, const MemberOptions& options = {});

  // Fetches until each batch has at least so many records (by default: until all are complete), and each is what is expected
  // of any batch.
  std::vector<InputBatch> Fetch(Member& member, int partition, std::vector<size_t> at_least = {}, const FetchLimits& limits = {});

  // Commits; waits until it is durable.
  void Commit(Member& member, std::vector<TaskCommit> commits);
  void Commit(Member& member, TaskCommit commit);

  std::unique_ptr<Tail> OpenTail(absl::string_view topic, const TailStart& start);
  // Reads until there are at least so many.
  std::vector<TailRecord> ReadTail(Tail& tail, size_t at_least, int records_max = 1000);
  // What is there from the topic's begin, without an expectation of how much.
  std::vector<TailRecord> ReadAll(absl::string_view topic);

  static std::map<std::string, std::string> Scanned(const StateView& state, absl::string_view begin, absl::string_view end);
  static std::string GetState(Member& member, int partition, absl::string_view key);

 private:
  std::unique_ptr<LogProvider> provider_;
  std::unique_ptr<EventLog> log_;
};

// The values of records, in order: `{"a", "b"}`.
std::vector<std::string> Values(const std::vector<Record>& records);
std::vector<std::string> Values(const std::vector<TailRecord>& records);

}  // namespace touchstone::eventlog
