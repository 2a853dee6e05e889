#include "common/eventlog/topics_manifest.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/config/file_text.h"
#include "common/config/yaml.h"
#include "common/status/macros.h"
#include "touchstone/eventlog/manifest/v1/topics_manifest.pb.h"

namespace touchstone::eventlog {
namespace {

constexpr int kPartitionsMax = 1024;
// Kafka's own limit, less the longest prefix.
constexpr size_t kTopicNameBytesMax = 200;

bool IsTopicName(absl::string_view name) {
  return !name.empty() && name.size() <= kTopicNameBytesMax &&
         std::all_of(name.begin(), name.end(), [](char c) { return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_'; });
}

absl::Status CheckTopic(const manifest::v1::Topic& topic, bool declared_before) {
  if (!IsTopicName(topic.name())) return absl::InvalidArgumentError("a topic's name is 1 to 200 of A-Z a-z 0-9 . - _");
  if (declared_before) return absl::InvalidArgumentError(absl::StrCat("topic ", topic.name(), " is declared twice"));
  if (topic.partitions() < 1 || topic.partitions() > kPartitionsMax) {
    return absl::InvalidArgumentError(absl::StrCat("topic ", topic.name(), " needs 1 to ", kPartitionsMax, " partitions"));
  }
  if (topic.has_retention() && clock::DurationFrom(topic.retention()) <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat("topic ", topic.name(), ": retention must be above zero"));
  }
  return absl::OkStatus();
}

// With at least this many replicas a write survives one broker, and needs two.
constexpr int kReplicasForTwoInSync = 3;

absl::StatusOr<int> MinInsyncReplicas(const manifest::v1::TopicsManifest& stated, int replication_factor) {
  if (stated.min_insync_replicas() == 0) return replication_factor >= kReplicasForTwoInSync ? 2 : 1;
  if (stated.min_insync_replicas() >= 1 && stated.min_insync_replicas() <= replication_factor)
    return stated.min_insync_replicas();
  return absl::InvalidArgumentError(
      absl::StrCat("must be 1 to replication_factor, which is ", replication_factor, ": more can never be in sync"));
}

}  // namespace

absl::StatusOr<TopicsManifest> ParseTopicsManifest(absl::string_view file_name, absl::string_view text) {
  manifest::v1::TopicsManifest stated;
  config::SourceMap sources;
  RETURN_IF_ERROR(config::ParseYaml(file_name, text, &stated, &sources));
  std::vector<TopicSpec> topics;
  std::set<std::string> names;
  for (int i = 0; i < stated.topics_size(); ++i) {
    const manifest::v1::Topic& topic = stated.topics(i);
    const absl::Status checked = CheckTopic(topic, !names.insert(topic.name()).second);
    if (!checked.ok()) return absl::InvalidArgumentError(sources.At(absl::StrCat("topics[", i, "]"), checked.message()).Render());
    topics.push_back({topic.name(), topic.partitions(), topic.compacted(),
                      topic.has_retention() ? clock::DurationFrom(topic.retention()) : absl::InfiniteDuration()});
  }
  const int replication_factor = std::max(1, stated.replication_factor());
  const absl::StatusOr<int> in_sync = MinInsyncReplicas(stated, replication_factor);
  if (!in_sync.ok()) return absl::InvalidArgumentError(sources.At("min_insync_replicas", in_sync.status().message()).Render());
  return TopicsManifest{TopicCatalog(std::move(topics)), stated.prefix(), replication_factor, *in_sync};
}

absl::StatusOr<TopicsManifest> ReadTopicsManifest(const std::string& path) {
  const absl::StatusOr<std::string> text = config::ReadFileText(path, config::kYamlBytesMax);
  if (!text.ok()) return absl::Status(text.status().code(), absl::StrCat("topics manifest ", text.status().message()));
  return ParseTopicsManifest(path, *text);
}

}  // namespace touchstone::eventlog
