#include "tests/contract/kafka_under_test.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/cluster.h"
#include "common/eventlog/kafka/topics_admin.h"
#include "common/status/invariant.h"

namespace touchstone::eventlog {
namespace {

constexpr int kSkipped = 77;

// What members need to notice that another is gone; the tests' broker allows 1 s.
constexpr absl::Duration kSessionTimeout = absl::Seconds(2);

}  // namespace

std::string KafkaUnderTest::Address() {
  const char* address = std::getenv("TOUCHSTONE_KAFKA");
  return address == nullptr ? "" : address;
}

int KafkaUnderTest::RunTests(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (!Address().empty()) return RUN_ALL_TESTS();
  std::puts("skipped: TOUCHSTONE_KAFKA names no broker; tools/kafka run COMMAND starts one beside a command");
  return kSkipped;
}

KafkaUnderTest::KafkaUnderTest(const std::string& name)
    : prefix_(absl::StrCat("test-", absl::ToUnixMillis(clock::SystemClock().Now()), "-", ::getpid(), "-", name, ".")) {}

KafkaUnderTest::~KafkaUnderTest() {
  std::filesystem::remove_all(folder());
  const KafkaOptions options = Options(TopicCatalog());
  const absl::StatusOr<kafka::Client> client = kafka::Settings(options).Make(RD_KAFKA_PRODUCER);
  if (!client.ok()) return;
  const absl::StatusOr<kafka::Cluster> cluster = kafka::ReadCluster(options, client->get());
  if (!cluster.ok()) return;
  std::vector<rd_kafka_DeleteTopic_t*> topics;
  for (const auto& [topic, partitions] : cluster->partition_counts) {
    if (topic.substr(0, prefix_.size()) == prefix_) topics.push_back(rd_kafka_DeleteTopic_new(topic.c_str()));
  }
  const kafka::Queue queue(rd_kafka_queue_new(client->get()));
  rd_kafka_DeleteTopics(client->get(), topics.data(), topics.size(), nullptr, queue.get());
  const kafka::Owned<rd_kafka_event_t> done(rd_kafka_queue_poll(queue.get(), 5000));
  rd_kafka_DeleteTopic_destroy_array(topics.data(), topics.size());
}

std::string KafkaUnderTest::folder() const { return absl::StrCat(testing::TempDir(), "/", prefix_, "data"); }

void KafkaUnderTest::Create(const TopicCatalog& topics) {
  const TopicsManifest manifest{.catalog = topics, .prefix = prefix_, .replication_factor = 1};
  const absl::StatusOr<TopicsPlan> plan = PlanTopics(Options(topics), manifest);
  INVARIANT(plan.ok(), plan.status().ToString());
  const absl::Status created = CreateTopics(Options(topics), manifest, plan->missing);
  INVARIANT(created.ok(), created.ToString());
}

KafkaOptions KafkaUnderTest::Options(const TopicCatalog& topics) const {
  KafkaOptions options;
  options.bootstrap = Address();
  options.prefix = prefix_;
  options.instance = "test";
  options.data_folder = folder();
  options.catalog = topics;
  options.session_timeout = kSessionTimeout;
  options.on_log = [](int severity, absl::string_view text) {
    if (severity <= 4 || std::getenv("TOUCHSTONE_KAFKA_LOG") != nullptr)
      std::fprintf(stderr, "librdkafka %d %s\n", severity, std::string(text).c_str());
  };
  return options;
}

}  // namespace touchstone::eventlog
