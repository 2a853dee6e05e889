#include "common/eventlog/kafka/topic_promises.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace touchstone::eventlog::kafka {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const TopicsManifest kManifest = {.catalog = {}, .prefix = "t.", .replication_factor = 3, .min_insync_replicas = 2};
const TopicSpec kFacts = {"facts", 4, false, absl::Hours(24)};
const TopicSpec kState = {"alpha.state", 4, true};

ActualTopic AsDeclared(const TopicSpec& topic) { return {"t." + topic.name, 4, 3, DeclaredSettings(topic, kManifest)}; }

std::vector<TopicDifference> With(const TopicSpec& topic, const std::string& setting, const std::string& value) {
  ActualTopic actual = AsDeclared(topic);
  actual.settings[setting] = value;
  return Differences(topic, kManifest, actual, "b:9092");
}

TEST(TopicPromises, ATopicAsDeclaredKeepsThem) {
  EXPECT_THAT(Differences(kFacts, kManifest, AsDeclared(kFacts), "b:9092"), IsEmpty());
  EXPECT_THAT(Differences(kState, kManifest, AsDeclared(kState), "b:9092"), IsEmpty());
}

struct Case {
  TopicSpec topic;
  std::string setting;
  std::string value;
};

TEST(TopicPromises, WhatBreaksOneSaysWhichCommandMendsIt) {
  for (const Case& c : std::vector<Case>{{kFacts, "retention.ms", "1000"},
                                         {kFacts, "retention.bytes", "1000000"},
                                         {kFacts, "cleanup.policy", "compact"},
                                         {kFacts, "message.timestamp.type", "CreateTime"},
                                         {kFacts, "max.message.bytes", "1048588"},
                                         {kFacts, "min.insync.replicas", "1"},
                                         {kFacts, "min.insync.replicas", "4"},
                                         {kFacts, "unclean.leader.election.enable", "true"},
                                         {kState, "cleanup.policy", "compact,delete"},
                                         {kState, "delete.retention.ms", "1000"}}) {
    const std::vector<TopicDifference> differences = With(c.topic, c.setting, c.value);
    ASSERT_EQ(differences.size(), 1U) << c.setting;
    EXPECT_TRUE(differences[0].breaks) << c.setting << "=" << c.value;
    EXPECT_EQ(differences[0].remedy, "kafka-configs.sh --bootstrap-server b:9092 --alter --entity-type topics --entity-name t." +
                                         c.topic.name + " --add-config " + c.setting + "=" + differences[0].declared);
  }
}

TEST(TopicPromises, WhatKeepsMoreIsHarmless) {
  for (const Case& c : std::vector<Case>{{kFacts, "retention.ms", "-1"},
                                         {kFacts, "retention.ms", "86400001"},
                                         {kFacts, "max.message.bytes", "10000000"},
                                         {kFacts, "min.insync.replicas", "3"},
                                         {kState, "delete.retention.ms", "864000000"}}) {
    const std::vector<TopicDifference> differences = With(c.topic, c.setting, c.value);
    ASSERT_EQ(differences.size(), 1U) << c.setting;
    EXPECT_FALSE(differences[0].breaks) << c.setting << "=" << c.value;
    EXPECT_THAT(differences[0].remedy, IsEmpty());
  }
  TopicSpec kept = kFacts;
  kept.retention = absl::InfiniteDuration();
  EXPECT_TRUE(With(kept, "retention.ms", "86400000").at(0).breaks) << "for good is longer than anything";
}

TEST(TopicPromises, FewerReplicasBreakAndOtherCountsDoNot) {
  ActualTopic actual = AsDeclared(kFacts);
  actual.replicas = 2;
  std::vector<TopicDifference> differences = Differences(kFacts, kManifest, actual, "b:9092");
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_TRUE(differences[0].breaks);
  EXPECT_THAT(differences[0].remedy, HasSubstr("kafka-reassign-partitions.sh --bootstrap-server b:9092"));
  actual.replicas = 5;
  actual.partitions = 8;
  differences = Differences(kFacts, kManifest, actual, "b:9092");
  ASSERT_EQ(differences.size(), 2U);
  EXPECT_FALSE(differences[0].breaks || differences[1].breaks);
}

TEST(TopicPromises, TopicsThatATaskReadsTogetherHaveEqualCounts) {
  const TaskKind kind = {"alpha", {"facts", "orders"}, {"news"}};
  const auto check = [&](int orders, int state, int news) {
    return std::string(
        CheckCoPartitioned(kind, TopicCatalog({{"facts", 4}, {"orders", orders}, {"alpha.state", state, true}, {"news", news}}),
                           "t.")
            .message());
  };
  EXPECT_EQ(check(4, 4, 1), "");
  EXPECT_THAT(check(5, 4, 1), HasSubstr("t.facts has 4 and t.orders 5"));
  EXPECT_THAT(check(4, 3, 1), HasSubstr("t.facts has 4 and t.alpha.state 3"));
  EXPECT_THAT(check(4, 4, 2), HasSubstr("t.news is read whole by every task, and so must have one partition, but has 2"));
}

}  // namespace
}  // namespace touchstone::eventlog::kafka
