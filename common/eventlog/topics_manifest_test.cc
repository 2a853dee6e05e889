#include "common/eventlog/topics_manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace touchstone::eventlog {
namespace {

using testing::HasSubstr;

TEST(TopicsManifest, ReadsTheDeploymentsOwn) {
  absl::StatusOr<TopicsManifest> manifest = ReadTopicsManifest("deploy/topics.yaml");
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->prefix, "touchstone.");
  absl::StatusOr<TopicSpec> touchpoints = manifest->catalog.Find("touchpoints.v1");
  ASSERT_TRUE(touchpoints.ok());
  EXPECT_EQ(touchpoints->retention, absl::Hours(24 * 400));
  EXPECT_TRUE(manifest->catalog.Find("journeys.v1")->compacted);
  EXPECT_EQ(manifest->catalog.Find("control.v1")->partitions, 1);
}

TEST(TopicsManifest, ThreeReplicasWantTwoInSyncUnlessItSaysOtherwise) {
  const auto in_sync = [](const char* text) { return ParseTopicsManifest("t.yaml", text)->min_insync_replicas; };
  EXPECT_EQ(in_sync("prefix: p"), 1);
  EXPECT_EQ(in_sync("replication_factor: 2"), 1);
  EXPECT_EQ(in_sync("replication_factor: 3"), 2);
  EXPECT_EQ(in_sync("replication_factor: 3\nmin_insync_replicas: 1"), 1);
  EXPECT_THAT(std::string(ParseTopicsManifest("t.yaml", "replication_factor: 2\nmin_insync_replicas: 3\n").status().message()),
              testing::AllOf(HasSubstr("t.yaml:2:"), HasSubstr("1 to replication_factor, which is 2")));
}

TEST(TopicsManifest, SaysWhereAMistakeIs) {
  EXPECT_THAT(
      std::string(
          ParseTopicsManifest("t.yaml", "topics:\n- {name: a, partitions: 1}\n- {name: a, partitions: 1}\n").status().message()),
      HasSubstr("t.yaml:3:3: topic a is declared twice"));
  EXPECT_THAT(std::string(ParseTopicsManifest("t.yaml", "topics:\n- {name: a}\n").status().message()),
              HasSubstr("t.yaml:2:3: topic a needs 1 to 1024"));
  EXPECT_THAT(std::string(ParseTopicsManifest("t.yaml", "topics:\n- {nme: a}\n").status().message()),
              HasSubstr("did you mean 'name'?"));
  EXPECT_THAT(std::string(ParseTopicsManifest("t.yaml", "topics:\n- {name: a b, partitions: 1}\n").status().message()),
              HasSubstr("t.yaml:2:3"));
  EXPECT_TRUE(absl::IsNotFound(ReadTopicsManifest("/nowhere/topics.yaml").status()));
}

}  // namespace
}  // namespace touchstone::eventlog
