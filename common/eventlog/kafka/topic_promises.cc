#include "common/eventlog/kafka/topic_promises.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/producer.h"
#include "common/eventlog/kafka/state_restore.h"

namespace touchstone::eventlog::kafka {
namespace {

// How long a changelog keeps what says that a key is gone: longer than a local copy that lacks it is trusted.
constexpr absl::Duration kTombstonesKept = absl::Hours(24);
static_assert(kTombstonesKept > StateRestore::kCopyAgeMax);

// Where less would break a promise, and more keeps it.
enum class Rule { kExactly, kAtLeast };

Rule RuleOf(absl::string_view setting) {
  return setting == "retention.ms" || setting == "retention.bytes" || setting == "delete.retention.ms" ||
                 setting == "max.message.bytes" || setting == "min.insync.replicas"
             ? Rule::kAtLeast
             : Rule::kExactly;
}

// -1 is for good, of whatever can be kept.
int64_t Amount(absl::string_view value) {
  int64_t amount = 0;
  if (!absl::SimpleAtoi(value, &amount)) return 0;
  return amount == -1 ? std::numeric_limits<int64_t>::max() : amount;
}

bool Breaks(absl::string_view setting, absl::string_view declared, absl::string_view actual, int replicas) {
  // More than there are can never be in sync: nothing is taken.
  if (setting == "min.insync.replicas" && Amount(actual) > replicas) return true;
  return RuleOf(setting) == Rule::kExactly || Amount(actual) < Amount(declared);
}

std::string AlterCommand(absl::string_view bootstrap, absl::string_view topic, absl::string_view setting,
                         absl::string_view value) {
  return absl::StrCat("kafka-configs.sh --bootstrap-server ", bootstrap, " --alter --entity-type topics --entity-name ", topic,
                      " --add-config ", setting, "=", value);
}

}  // namespace

TopicSettings DeclaredSettings(const TopicSpec& topic, const TopicsManifest& manifest) {
  TopicSettings settings = {{"message.timestamp.type", "LogAppendTime"},
                            {"max.message.bytes", absl::StrCat(kMessageBytesMax)},
                            {"min.insync.replicas", absl::StrCat(manifest.min_insync_replicas)},
                            {"unclean.leader.election.enable", "false"}};
  if (topic.compacted) {
    settings["cleanup.policy"] = "compact";
    settings["delete.retention.ms"] = absl::StrCat(absl::ToInt64Milliseconds(kTombstonesKept));
  } else {
    settings["cleanup.policy"] = "delete";
    const bool kept = topic.retention == absl::InfiniteDuration();
    settings["retention.ms"] = kept ? "-1" : absl::StrCat(absl::ToInt64Milliseconds(topic.retention));
    settings["retention.bytes"] = "-1";
  }
  return settings;
}

std::vector<TopicDifference> Differences(const TopicSpec& topic, const TopicsManifest& manifest, const ActualTopic& actual,
                                         absl::string_view bootstrap) {
  std::vector<TopicDifference> differences;
  // Keys go where the cluster's count sends them; that counts fit each other is checked for each kind of task.
  if (actual.partitions != topic.partitions) {
    differences.push_back({actual.name, "partitions", absl::StrCat(topic.partitions), absl::StrCat(actual.partitions)});
  }
  if (actual.replicas != manifest.replication_factor) {
    TopicDifference& replicas = differences.emplace_back();
    replicas = {actual.name, "replication factor", absl::StrCat(manifest.replication_factor), absl::StrCat(actual.replicas)};
    replicas.breaks = actual.replicas < manifest.replication_factor;
    if (replicas.breaks) {
      replicas.remedy = absl::StrCat("kafka-reassign-partitions.sh --bootstrap-server ", bootstrap,
                                     " --execute --reassignment-json-file FILE, which names ", manifest.replication_factor,
                                     " replicas for each partition of ", actual.name);
    }
  }
  for (const auto& [setting, declared] : DeclaredSettings(topic, manifest)) {
    auto it = actual.settings.find(setting);
    const std::string value = it == actual.settings.end() ? "" : it->second;
    if (value == declared) continue;
    TopicDifference& difference = differences.emplace_back();
    difference = {actual.name, setting, declared, value};
    difference.breaks = Breaks(setting, declared, value, actual.replicas);
    if (difference.breaks) difference.remedy = AlterCommand(bootstrap, actual.name, setting, declared);
  }
  return differences;
}

}  // namespace touchstone::eventlog::kafka
