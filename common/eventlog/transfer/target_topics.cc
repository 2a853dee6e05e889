#include "common/eventlog/transfer/target_topics.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/eventlog/kafka/cluster.h"
#include "common/eventlog/kafka/topics_admin.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::transfer {
namespace {

using kafka::Client;
using kafka::Owned;
using Configuration = std::map<std::string, std::string>;

constexpr int kAnswerTimeoutMs = 10'000;
constexpr int kLooksMax = 100;
constexpr int kLookEveryMs = 100;
constexpr char kTimestampType[] = "message.timestamp.type";
constexpr char kCleanupPolicy[] = "cleanup.policy";
constexpr char kRetention[] = "retention.ms";

const Configuration& WhileFilled() {
  static const auto& settings =
      *new Configuration{{kTimestampType, "CreateTime"}, {kCleanupPolicy, "delete"}, {kRetention, "-1"}};
  return settings;
}

Owned<rd_kafka_AdminOptions_t> AdminOptions(const Client& client, rd_kafka_admin_op_t operation) {
  Owned<rd_kafka_AdminOptions_t> options(rd_kafka_AdminOptions_new(client.get(), operation));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), kAnswerTimeoutMs, nullptr, 0);
  return options;
}

absl::StatusOr<Owned<rd_kafka_event_t>> Await(const kafka::Queue& queue, absl::string_view doing) {
  Owned<rd_kafka_event_t> event(rd_kafka_queue_poll(queue.get(), kAnswerTimeoutMs + 1000));
  if (event == nullptr) return absl::UnavailableError(absl::StrCat(doing, ": the cluster does not answer"));
  RETURN_IF_ERROR(kafka::ToStatus(rd_kafka_event_error(event.get()), doing));
  return event;
}

struct Resources {
  std::vector<Owned<rd_kafka_ConfigResource_t>> owned;
  std::vector<rd_kafka_ConfigResource_t*> raw;
};

Resources ResourcesOf(const std::map<std::string, Configuration>& topics) {
  Resources resources;
  for (const auto& [topic, configuration] : topics) {
    rd_kafka_ConfigResource_t* resource =
        resources.owned.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str())).get();
    for (const auto& [setting, value] : configuration)
      rd_kafka_ConfigResource_set_config(resource, setting.c_str(), value.c_str());
    resources.raw.push_back(resource);
  }
  return resources;
}

// What was set for each topic itself, by its name in the cluster.
absl::StatusOr<std::map<std::string, Configuration>> OwnSettings(const Client& client, const std::vector<std::string>& topics) {
  std::map<std::string, Configuration> own;
  for (const std::string& topic : topics) own[topic];
  if (own.empty()) return own;
  Resources resources = ResourcesOf(own);
  const kafka::Queue queue(rd_kafka_queue_new(client.get()));
  rd_kafka_DescribeConfigs(client.get(), resources.raw.data(), resources.raw.size(),
                           AdminOptions(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS).get(), queue.get());
  ASSIGN_OR_RETURN(const Owned<rd_kafka_event_t> event, Await(queue, "asking how topics are set"));
  size_t count = 0;
  const rd_kafka_ConfigResource_t** described =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  for (size_t i = 0; i < count; ++i) {
    const std::string topic = rd_kafka_ConfigResource_name(described[i]);
    RETURN_IF_ERROR(kafka::ToStatus(rd_kafka_ConfigResource_error(described[i]), absl::StrCat("asking how ", topic, " is set")));
    size_t entry_count = 0;
    const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(described[i], &entry_count);
    for (size_t e = 0; e < entry_count; ++e) {
      const char* value = rd_kafka_ConfigEntry_value(entries[e]);
      if (value != nullptr && rd_kafka_ConfigEntry_source(entries[e]) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG)
        own[topic][rd_kafka_ConfigEntry_name(entries[e])] = value;
    }
  }
  return own;
}

// Replaces what is set for each topic itself.
absl::Status Alter(const Client& client, const std::map<std::string, Configuration>& topics) {
  if (topics.empty()) return absl::OkStatus();
  Resources resources = ResourcesOf(topics);
  const kafka::Queue queue(rd_kafka_queue_new(client.get()));
  rd_kafka_AlterConfigs(client.get(), resources.raw.data(), resources.raw.size(),
                        AdminOptions(client, RD_KAFKA_ADMIN_OP_ALTERCONFIGS).get(), queue.get());
  ASSIGN_OR_RETURN(const Owned<rd_kafka_event_t> event, Await(queue, "setting topics"));
  size_t count = 0;
  const rd_kafka_ConfigResource_t** altered =
      rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(event.get()), &count);
  for (size_t i = 0; i < count; ++i) {
    RETURN_IF_ERROR(kafka::ToStatus(rd_kafka_ConfigResource_error(altered[i]),
                                    absl::StrCat("setting topic ", rd_kafka_ConfigResource_name(altered[i]))));
  }
  return absl::OkStatus();
}

// Brokers learn of it a little later.
absl::Status AwaitSet(const Client& client, const std::map<std::string, Configuration>& topics) {
  std::vector<std::string> names;
  for (const auto& [name, configuration] : topics) names.push_back(name);
  for (int look = 0; look < kLooksMax && !names.empty(); ++look) {
    rd_kafka_poll(client.get(), kLookEveryMs);
    ASSIGN_OR_RETURN(const auto own, OwnSettings(client, names));
    if (own == topics) {
      // Those that were not asked.
      for (int i = 0; i < 1000 / kLookEveryMs; ++i) rd_kafka_poll(client.get(), kLookEveryMs);
      return absl::OkStatus();
    }
  }
  return names.empty() ? absl::OkStatus() : absl::UnavailableError("topics are set, and the brokers do not know of it yet");
}

bool IsSetWhileFilled(const TopicDifference& difference) { return WhileFilled().contains(difference.setting); }

// Whether a transfer began here and was interrupted.
bool HasBegun(const TopicsPlan& plan) {
  return std::any_of(plan.differences.begin(), plan.differences.end(), [](const TopicDifference& difference) {
    return difference.setting == kTimestampType && difference.actual == WhileFilled().at(kTimestampType);
  });
}

absl::Status CheckMadeAsDeclared(const TopicsPlan& plan) {
  std::vector<std::string> differences;
  for (const TopicDifference& difference : plan.differences) {
    if (IsSetWhileFilled(difference)) continue;
    differences.push_back(
        absl::StrCat(difference.topic, ": ", difference.setting, " is ", difference.actual, ", needed is ", difference.declared));
  }
  if (differences.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("topics of the cluster are not as this needs them; delete those that are empty, "
                   "or choose another --prefix. ",
                   absl::StrJoin(differences, "; ")));
}

absl::StatusOr<bool> AreEmpty(const KafkaOptions& options, const TopicsManifest& manifest, const std::vector<TopicSpec>& topics) {
  std::vector<kafka::TopicPartition> partitions;
  for (const TopicSpec& topic : topics) {
    for (int p = 0; p < topic.partitions; ++p) partitions.push_back({absl::StrCat(manifest.prefix, topic.name), p});
  }
  ASSIGN_OR_RETURN(const kafka::OffsetReader reader, kafka::OffsetReader::Open(options, "read_uncommitted"));
  ASSIGN_OR_RETURN(const std::vector<int64_t> ends, reader.Ends(partitions));
  return std::all_of(ends.begin(), ends.end(), [](int64_t end) { return end == 0; });
}

// Those of the manifest that are there.
std::vector<TopicSpec> Existing(const TopicsPlan& plan, const TopicsManifest& manifest) {
  std::vector<TopicSpec> existing;
  for (const TopicSpec& topic : manifest.catalog.topics()) {
    const bool missing =
        std::any_of(plan.missing.begin(), plan.missing.end(), [&](const TopicSpec& m) { return m.name == topic.name; });
    if (!missing) existing.push_back(topic);
  }
  return existing;
}

std::vector<std::string> NamesOf(const std::vector<TopicSpec>& topics, const TopicsManifest& manifest) {
  std::vector<std::string> names;
  for (const TopicSpec& topic : topics) names.push_back(absl::StrCat(manifest.prefix, topic.name));
  return names;
}

}  // namespace

absl::StatusOr<Target> PrepareTopics(const KafkaOptions& options, const TopicsManifest& manifest) {
  ASSIGN_OR_RETURN(const TopicsPlan plan, PlanTopics(options, manifest));
  RETURN_IF_ERROR(CheckMadeAsDeclared(plan));
  const std::vector<TopicSpec> existing = Existing(plan, manifest);
  ASSIGN_OR_RETURN(const bool empty, AreEmpty(options, manifest, existing));
  if (!empty && !HasBegun(plan)) return Target::kFilled;
  RETURN_IF_ERROR(CreateTopics(options, manifest, plan.missing, WhileFilled()));
  ASSIGN_OR_RETURN(const Client client, kafka::Settings(options).Make(RD_KAFKA_PRODUCER));
  ASSIGN_OR_RETURN(const auto own, OwnSettings(client, NamesOf(existing, manifest)));
  std::map<std::string, Configuration> changed;
  for (const auto& [topic, settings] : own) {
    Configuration wanted = WhileFilled();
    wanted.merge(Configuration(settings));
    if (wanted != settings) changed[topic] = std::move(wanted);
  }
  RETURN_IF_ERROR(Alter(client, changed));
  RETURN_IF_ERROR(AwaitSet(client, changed));
  return Target::kToFill;
}

absl::Status SealTopics(const KafkaOptions& options, const TopicsManifest& manifest) {
  ASSIGN_OR_RETURN(const TopicsPlan plan, PlanTopics(options, manifest));
  ASSIGN_OR_RETURN(const Client client, kafka::Settings(options).Make(RD_KAFKA_PRODUCER));
  ASSIGN_OR_RETURN(auto own, OwnSettings(client, NamesOf(manifest.catalog.topics(), manifest)));
  for (const TopicSpec& topic : manifest.catalog.topics()) {
    if (topic.compacted) own[absl::StrCat(manifest.prefix, topic.name)].erase(kRetention);
  }
  for (const TopicDifference& difference : plan.differences) own[difference.topic][difference.setting] = difference.declared;
  RETURN_IF_ERROR(Alter(client, own));
  return AwaitSet(client, own);
}

}  // namespace touchstone::eventlog::transfer
