#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/topics_admin.h"
#include "tests/contract/kafka_under_test.h"

namespace touchstone::eventlog {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TopicsManifest Manifest(const KafkaUnderTest& kafka) {
  TopicsManifest manifest;
  manifest.prefix = kafka.prefix();
  manifest.catalog = TopicCatalog({{"news", 1, true}, {"facts", 3, false, absl::Hours(24)}, {"kept", 2}});
  return manifest;
}

TEST(KafkaTopics, WhatIsMissingIsPlannedAndCreatedAndThenNothingIs) {
  KafkaUnderTest kafka("create");
  const TopicsManifest manifest = Manifest(kafka);
  const KafkaOptions options = kafka.Options(manifest.catalog);
  absl::StatusOr<TopicsPlan> plan = PlanTopics(options, manifest);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->missing.size(), 3U);
  EXPECT_THAT(plan->differences, IsEmpty());
  ASSERT_TRUE(CreateTopics(options, manifest, plan->missing).ok());
  plan = PlanTopics(options, manifest);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->missing, IsEmpty());
  EXPECT_THAT(plan->differences, IsEmpty());
  EXPECT_TRUE(CreateTopics(options, manifest, manifest.catalog.topics()).ok()) << "it is safe to repeat";
}

TEST(KafkaTopics, WhatIsDifferentIsToldAndLeftAlone) {
  KafkaUnderTest kafka("differ");
  TopicsManifest manifest = Manifest(kafka);
  const KafkaOptions options = kafka.Options(manifest.catalog);
  ASSERT_TRUE(CreateTopics(options, manifest, manifest.catalog.topics()).ok());
  manifest.catalog = TopicCatalog({{"news", 1}, {"facts", 6, false, absl::Hours(48)}, {"kept", 2}});
  const absl::StatusOr<TopicsPlan> plan = PlanTopics(options, manifest);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->missing, IsEmpty());
  const std::string news = absl::StrCat(kafka.prefix(), "news");
  const std::string facts = absl::StrCat(kafka.prefix(), "facts");
  std::vector<std::string> texts;
  for (const TopicDifference& difference : plan->differences) texts.push_back(TextOf(difference));
  EXPECT_THAT(texts, testing::IsSupersetOf({absl::StrCat(news, ": cleanup.policy is compact, declared is delete"),
                                            absl::StrCat(facts, ": partitions is 3, declared is 6"),
                                            absl::StrCat(facts, ": retention.ms is 86400000, declared is 172800000")}));
  EXPECT_EQ(plan->on_cluster.Find("facts")->partitions, 3);
  const absl::Status broken = CheckPromises(options, manifest, *plan);
  EXPECT_EQ(broken.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(broken.message()), AllOf(HasSubstr("--entity-name " + news + " --add-config cleanup.policy=delete"),
                                                   HasSubstr("retention.ms=172800000"), Not(HasSubstr("partitions"))));
}

TEST(KafkaTopics, FewerReplicasThanDeclaredBreakAPromiseAndLongerRetentionDoesNot) {
  KafkaUnderTest kafka("replicas");
  TopicsManifest manifest = Manifest(kafka);
  const KafkaOptions options = kafka.Options(manifest.catalog);
  ASSERT_TRUE(CreateTopics(options, manifest, manifest.catalog.topics()).ok());
  manifest.catalog = TopicCatalog({{"news", 1, true}, {"facts", 3, false, absl::Hours(1)}, {"kept", 2}});
  absl::StatusOr<TopicsPlan> plan = PlanTopics(options, manifest);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->differences.size(), 1U);
  EXPECT_TRUE(CheckPromises(options, manifest, *plan).ok()) << CheckPromises(options, manifest, *plan);
  manifest.replication_factor = 3;
  manifest.min_insync_replicas = 2;
  plan = PlanTopics(options, manifest);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(std::string(CheckPromises(options, manifest, *plan).message()),
              AllOf(HasSubstr("news: replication factor is 1, declared is 3"), HasSubstr("min.insync.replicas=2"),
                    HasSubstr("and 1 more: touchstone topics check")));
}

TEST(KafkaTopics, ALogOpensOverTheClustersCountsAndNamesWhatIsMissing) {
  KafkaUnderTest kafka("open");
  const clock::SystemClock clock;
  KafkaOptions options = kafka.Options(TopicCatalog({{"news", 1}, {"facts", 3}}));
  kafka.Create(TopicCatalog({{"news", 1}}));
  absl::StatusOr<std::unique_ptr<EventLog>> log = OpenKafkaLog(options, clock);
  EXPECT_EQ(log.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(log.status().message()),
              AllOf(HasSubstr(absl::StrCat(kafka.prefix(), "facts")), Not(HasSubstr(absl::StrCat(kafka.prefix(), "news"))),
                    HasSubstr("touchstone topics apply")));
  kafka.Create(TopicCatalog({{"facts", 5}}));
  log = OpenKafkaLog(options, clock);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ((*log)->topics().Find("facts")->partitions, 5);
}

TEST(KafkaTopics, ABrokerThatIsNotThereIsNamed) {
  const clock::SystemClock clock;
  KafkaOptions options;
  options.bootstrap = "127.0.0.1:1";
  options.data_folder = testing::TempDir();
  const absl::Duration begun = clock.Monotonic();
  const absl::StatusOr<std::unique_ptr<EventLog>> log = OpenKafkaLog(options, clock);
  EXPECT_EQ(log.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(log.status().message()), HasSubstr("no broker answers at 127.0.0.1:1"));
  EXPECT_LT(clock.Monotonic() - begun, absl::Seconds(20));
}

TEST(KafkaTopics, ASettingThatIsNoneIsNamedWithoutItsValue) {
  const clock::SystemClock clock;
  KafkaOptions options;
  options.bootstrap = "127.0.0.1:1";
  options.settings = {{"sasl.pasword", "hunter2"}};
  const absl::Status status = OpenKafkaLog(options, clock).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("sasl.pasword"), Not(HasSubstr("hunter2"))));
}

}  // namespace
}  // namespace touchstone::eventlog

int main(int argc, char** argv) { return touchstone::eventlog::KafkaUnderTest::RunTests(argc, argv); }
