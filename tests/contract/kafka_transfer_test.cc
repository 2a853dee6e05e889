#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "common/clock/virtual_clock.h"
#include "common/eventlog/embedded/embedded_log.h"
#include "common/eventlog/kafka/topics_admin.h"
#include "common/eventlog/transfer/transfer.h"
#include "tests/contract/kafka_under_test.h"

// A folder of the embedded log moved to a real broker: what a reader, a member and a state then see.
namespace touchstone::eventlog {
namespace {

using testing::HasSubstr;

constexpr int kPartitions = 2;
const TaskKind kAlpha = {"alpha", {"orders"}, {"rules"}};

// What a reader saw: key, id, value, time in ms; by partition.
using Seen = std::map<int, std::vector<std::string>>;

class KafkaTransferTest : public testing::Test {
 protected:
  KafkaTransferTest()
      : corner_(testing::UnitTest::GetInstance()->current_test_info()->name()),
        folder_(absl::StrCat(corner_.folder(), "-embedded")) {
    manifest_.prefix = corner_.prefix();
    manifest_.catalog = TopicCatalog({{"rules", 1, true},
                                      {"orders", kPartitions, false, absl::Hours(1000)},
                                      {"latest", 1, true},
                                      {"alpha.state", kPartitions, true}});
    Open();
  }
  ~KafkaTransferTest() override {
    embedded_ = nullptr;
    std::filesystem::remove_all(folder_);
  }

  void Open() {
    embedded_ = nullptr;
    EmbeddedOptions options;
    options.folder = folder_;
    options.topics = manifest_.catalog;
    options.maintenance_interval = absl::InfiniteDuration();
    options.free_bytes = [] { return int64_t{1} << 40; };
    embedded_ = *OpenEmbeddedLog(options, clock_);
  }

  void Append(absl::string_view topic, int partition, absl::string_view key, absl::string_view value) {
    std::mutex mutex;
    std::condition_variable answered;
    bool done = false;
    embedded_->Append({{std::string(topic), std::string(key), absl::StrCat("id ", value), std::string(value), partition}},
                      [&](const absl::StatusOr<std::vector<Position>>& positions) {
                        EXPECT_TRUE(positions.ok()) << positions.status();
                        std::lock_guard<std::mutex> lock(mutex);
                        done = true;
                        answered.notify_one();
                      });
    std::unique_lock<std::mutex> lock(mutex);
    answered.wait(lock, [&] { return done; });
  }

  // Orders of which some are past their age, a compacted topic with holes, and a task that has read some of it.
  void Fill() {
    for (int i = 0; i < 40; ++i) Append("orders", i % kPartitions, "key", absl::StrCat("old ", i));
    Append("rules", 0, "a", "rule 1");
    Append("rules", 0, "a", "rule 2");
    for (int i = 0; i < 30; ++i) Append("latest", 0, absl::StrCat("key ", i % 4), absl::StrCat("latest ", i));
    Append("latest", 0, "empty", "");
    clock_.Advance(absl::Hours(1001));
    for (int i = 0; i < 10; ++i) Append("orders", i % kPartitions, "key", absl::StrCat("new ", i));
    {
      const std::unique_ptr<Member> member = *embedded_->Join(kAlpha, {});
      for (int p = 0; p < kPartitions; ++p) {
        TaskCommit commit{p, {{"orders", 22}, {"rules", 2}}};
        for (int i = 0; i < 50; ++i) commit.changes.push_back({absl::StrCat("state ", i), absl::StrCat(p, " value ", i)});
        commit.changes.push_back({"state 7", std::nullopt});
        commit.changes.erase(commit.changes.begin() + 7);
        ASSERT_TRUE((*member).Commit({commit}).ok());
      }
    }
    Open();  // What is durable may be cleaned.
    ASSERT_TRUE(embedded_->Maintain().ok());
    Append("rules", 0, "b", "rule 3");
  }

  static Seen ReadAll(EventLog& log, const std::string& topic) {
    Seen seen;
    const std::unique_ptr<Tail> tail = *log.OpenTail(topic, {TailStart::From::kBegin, {}});
    const std::vector<int64_t> ends = *log.EndOffsets(topic);
    for (uint64_t version = 0; tail->next_offsets() != ends;) {
      const absl::StatusOr<std::vector<TailRecord>> read = tail->Read(1000);
      EXPECT_TRUE(read.ok()) << read.status();
      if (read->empty()) version = log.tail_changes().WaitPast(version, absl::Milliseconds(100));
      for (const TailRecord& record : *read) {
        const Record& r = record.record;
        seen[record.partition].push_back(absl::StrCat(r.key, "|", r.id, "|", r.value, "|", absl::ToUnixMillis(r.append_time)));
      }
    }
    return seen;
  }

  absl::StatusOr<TransferReport> Move(const TransferProgress& progress = nullptr) {
    embedded_ = nullptr;
    const auto folder = FolderReader::Open(folder_, FolderReader::Access::kLocked);
    if (!folder.ok()) return folder.status();
    return TransferToKafka(**folder, corner_.Options(manifest_.catalog), manifest_, progress);
  }
  std::unique_ptr<EventLog> Cluster() { return *OpenKafkaLog(corner_.Options(manifest_.catalog), system_clock_); }

  ChangeSignal signal_;  // Never raised: to wait.
  clock::SystemClock system_clock_;
  clock::VirtualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  KafkaUnderTest corner_;
  const std::string folder_;
  TopicsManifest manifest_;
  std::unique_ptr<EmbeddedLog> embedded_;
};

TEST_F(KafkaTransferTest, RecordsTimesStatesAndPositionsAreThoseOfTheFolder) {
  Fill();
  std::map<std::string, Seen> before;
  std::map<std::string, std::vector<int64_t>> ends;
  for (const char* topic : {"rules", "orders", "latest"}) {
    before[topic] = ReadAll(*embedded_, topic);
    ends[topic] = *embedded_->EndOffsets(topic);
  }
  ASSERT_EQ(before["orders"][0].size(), 5) << "what is old was deleted";
  ASSERT_EQ(before["latest"][0].size(), 5) << "what is superseded was dropped";
  const absl::StatusOr<TransferReport> report = Move();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->left_behind.empty());
  for (const TransferReport::OfTopic& topic : report->topics) EXPECT_EQ(topic.records_on_cluster, topic.records_in_folder);
  EXPECT_EQ(report->kinds[0].keys_on_cluster, 2 * 49);

  const std::unique_ptr<EventLog> cluster = Cluster();
  for (const char* topic : {"rules", "orders", "latest"}) {
    EXPECT_EQ(ReadAll(*cluster, topic), before[topic]) << topic;
    const std::vector<int64_t> ended = *cluster->EndOffsets(topic);
    for (size_t p = 0; p < ended.size(); ++p) EXPECT_GE(ended[p], ends[topic][p]) << "an offset would be given a second time";
  }
  EXPECT_EQ(*cluster->EndOffsets("orders"), ends["orders"]);
  const absl::StatusOr<TopicsPlan> plan = PlanTopics(corner_.Options(manifest_.catalog), manifest_);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_TRUE(plan->missing.empty() && plan->differences.empty()) << "the topics are as declared";
}

TEST_F(KafkaTransferTest, ATaskGoesOnWhereItStood) {
  Fill();
  ASSERT_EQ(Move().status(), absl::OkStatus());
  const std::unique_ptr<EventLog> cluster = Cluster();
  const std::unique_ptr<Member> member = *cluster->Join(kAlpha, {});
  std::vector<int> gained;
  for (uint64_t version = 0; gained.empty();) {
    const absl::StatusOr<OwnershipChange> change = member->PollOwnership();
    ASSERT_TRUE(change.ok()) << change.status();
    gained = change->gained;
    version = cluster->changes().WaitPast(version, absl::Milliseconds(20));
  }
  for (int p = 0; p < kPartitions; ++p) {
    EXPECT_EQ(*member->State(p).Get("state 49"), absl::StrCat(p, " value 49"));
    EXPECT_EQ(*member->State(p).Get("state 7"), std::nullopt);
    std::vector<std::string> orders;
    std::vector<std::string> rules;
    for (uint64_t version = 0; orders.size() < 3 || rules.empty();) {
      const absl::StatusOr<std::vector<InputBatch>> batches = member->Fetch(p, {});
      ASSERT_TRUE(batches.ok()) << batches.status();
      orders.clear();
      rules.clear();
      for (const Record& record : (*batches)[0].records) orders.push_back(record.value);
      for (const Record& record : (*batches)[1].records) rules.push_back(record.value);
      if (orders.size() < 3 || rules.empty()) version = cluster->changes().WaitPast(version, absl::Milliseconds(20));
    }
    EXPECT_THAT(orders,
                testing::ElementsAre(absl::StrCat("new ", 4 + p), absl::StrCat("new ", 6 + p), absl::StrCat("new ", 8 + p)));
    EXPECT_THAT(rules, testing::ElementsAre("rule 3"));
  }
}

TEST_F(KafkaTransferTest, TopicsOfOthersAreRefusedAndLeftAsTheyAre) {
  Fill();
  corner_.Create(manifest_.catalog);
  {
    const std::unique_ptr<EventLog> cluster = Cluster();
    std::mutex mutex;
    std::condition_variable answered;
    bool done = false;
    cluster->Append({{"orders", "key", "", "another's", 1}}, [&](const absl::StatusOr<std::vector<Position>>&) {
      std::lock_guard<std::mutex> lock(mutex);
      done = true;
      answered.notify_one();
    });
    std::unique_lock<std::mutex> lock(mutex);
    answered.wait(lock, [&] { return done; });
  }
  const absl::Status status = Move().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("hold records already, and others than this folder's"));
  EXPECT_TRUE(PlanTopics(corner_.Options(manifest_.catalog), manifest_)->differences.empty());
}

TEST_F(KafkaTransferTest, AServiceThatIsStartedOnHalfOfItStops) {
  Fill();
  absl::Status stopped;
  const absl::Status disturbed = Move([&](int64_t, int64_t) {
                                   if (!stopped.ok()) return;
                                   const std::unique_ptr<EventLog> cluster = Cluster();
                                   const std::unique_ptr<Member> member = *cluster->Join(kAlpha, {});
                                   for (uint64_t version = 0; stopped.ok();) {
                                     const absl::StatusOr<OwnershipChange> change = member->PollOwnership();
                                     stopped = change.ok() && change->gained.empty() ? absl::OkStatus()
                                               : change.ok()                         ? absl::InternalError("it works")
                                                                                     : change.status();
                                     version = cluster->changes().WaitPast(version, absl::Milliseconds(20));
                                   }
                                 }).status();
  EXPECT_EQ(stopped.code(), absl::StatusCode::kDataLoss) << stopped;
  // Its group may have it for a member still; then the export says so, and is repeated.
  if (!disturbed.ok()) {
    EXPECT_THAT(std::string(disturbed.message()), HasSubstr("has members: stop the services"));
  }
  absl::Status moved = disturbed;
  for (uint64_t version = 0; absl::IsFailedPrecondition(moved);) {
    version = signal_.WaitPast(version, absl::Seconds(1));
    moved = Move().status();
  }
  EXPECT_TRUE(moved.ok()) << moved;
}

TEST_F(KafkaTransferTest, EmptyTopicsThatAreThereAreFilled) {
  Fill();
  corner_.Create(manifest_.catalog);
  const absl::StatusOr<TransferReport> report = Move();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(PlanTopics(corner_.Options(manifest_.catalog), manifest_)->differences.empty());
}

TEST_F(KafkaTransferTest, ASecondTimeFindsAllOfItThereUnlessItWentOn) {
  Fill();
  ASSERT_EQ(Move().status(), absl::OkStatus());
  const absl::StatusOr<TransferReport> again = Move();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->kinds[0].keys_on_cluster, 2 * 49);
  Open();
  Append("rules", 0, "b", "rule 4");
  EXPECT_THAT(std::string(Move().status().message()), HasSubstr("hold records already, and others than this folder's"));
}

TEST_F(KafkaTransferTest, OtherPartitionCountsAreRefused) {
  corner_.Create(TopicCatalog({{"orders", kPartitions + 1, false, absl::Hours(1000)}}));
  const absl::Status status = Move().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("orders: partitions is 3, needed is 2"));
}

}  // namespace
}  // namespace touchstone::eventlog

int main(int argc, char** argv) { return touchstone::eventlog::KafkaUnderTest::RunTests(argc, argv); }
