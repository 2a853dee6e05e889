#include "common/eventlog/kafka/topics_admin.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/eventlog/kafka/admin_request.h"
#include "common/eventlog/kafka/cluster.h"
#include "common/eventlog/kafka/topic_promises.h"
#include "common/status/macros.h"

namespace touchstone::eventlog {
namespace {

using kafka::Client;
using kafka::Owned;

constexpr absl::Duration kAnswerTimeout = absl::Seconds(10);
// How many of what is wrong an error names.
constexpr size_t kNamedMax = 5;
constexpr int kLooksMax = 200;
constexpr int kLookEveryMs = 50;

absl::StatusOr<Client> AdminClient(const KafkaOptions& options) { return kafka::Settings(options).Make(RD_KAFKA_PRODUCER); }

// By name in the cluster.
absl::StatusOr<std::map<std::string, kafka::TopicSettings>> Configurations(const Client& client,
                                                                           const std::vector<std::string>& topics) {
  std::map<std::string, kafka::TopicSettings> configurations;
  if (topics.empty()) return configurations;
  std::vector<Owned<rd_kafka_ConfigResource_t>> resources;
  std::vector<rd_kafka_ConfigResource_t*> raw;
  for (const std::string& topic : topics) {
    raw.push_back(resources.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str())).get());
  }
  const kafka::Queue queue(rd_kafka_queue_new(client.get()));
  rd_kafka_DescribeConfigs(client.get(), raw.data(), raw.size(),
                           kafka::AdminOptions(client.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, kAnswerTimeout).get(),
                           queue.get());
  ASSIGN_OR_RETURN(const Owned<rd_kafka_event_t> event,
                   kafka::AwaitAnswer(queue.get(), kAnswerTimeout, "asking how topics are set"));
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
      configurations[topic][rd_kafka_ConfigEntry_name(entries[e])] = value == nullptr ? "" : value;
    }
  }
  return configurations;
}

absl::StatusOr<Owned<rd_kafka_NewTopic_t>> NewTopic(const TopicSpec& topic, const TopicsManifest& manifest,
                                                    const kafka::TopicSettings& instead) {
  char reason[256];
  Owned<rd_kafka_NewTopic_t> created(rd_kafka_NewTopic_new(absl::StrCat(manifest.prefix, topic.name).c_str(), topic.partitions,
                                                           manifest.replication_factor, reason, sizeof(reason)));
  if (created == nullptr) return absl::InvalidArgumentError(absl::StrCat("topic ", topic.name, ": ", reason));
  kafka::TopicSettings settings = instead;
  settings.merge(kafka::DeclaredSettings(topic, manifest));
  for (const auto& [setting, value] : settings) {
    rd_kafka_NewTopic_set_config(created.get(), setting.c_str(), value.c_str());
  }
  return created;
}

absl::Status ResultOf(const rd_kafka_event_t* event) {
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(const_cast<rd_kafka_event_t*>(event)), &count);
  std::vector<std::string> failed;
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t error = rd_kafka_topic_result_error(results[i]);
    // Somebody else was faster.
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) continue;
    const char* text = rd_kafka_topic_result_error_string(results[i]);
    failed.push_back(
        absl::StrCat(rd_kafka_topic_result_name(results[i]), ": ", text == nullptr ? rd_kafka_err2str(error) : text));
  }
  if (failed.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("not created: ", absl::StrJoin(failed, "; ")));
}

// The controller knows of a topic before the brokers do.
absl::Status AwaitKnown(const KafkaOptions& options, const Client& client, const TopicsManifest& manifest,
                        const std::vector<TopicSpec>& created) {
  for (int look = 0; look < kLooksMax; ++look) {
    ASSIGN_OR_RETURN(const kafka::Cluster cluster, kafka::ReadCluster(options, client.get()));
    const bool all = std::all_of(created.begin(), created.end(), [&](const TopicSpec& topic) {
      return cluster.partition_counts.contains(absl::StrCat(manifest.prefix, topic.name));
    });
    if (all) return absl::OkStatus();
    rd_kafka_poll(client.get(), kLookEveryMs);
  }
  return absl::UnavailableError("the topics are created, and the brokers do not know of them yet");
}

}  // namespace

absl::StatusOr<TopicsPlan> PlanTopics(const KafkaOptions& options, const TopicsManifest& manifest) {
  ASSIGN_OR_RETURN(const Client client, AdminClient(options));
  ASSIGN_OR_RETURN(const kafka::Cluster cluster, kafka::ReadCluster(options, client.get()));
  TopicsPlan plan;
  std::vector<std::string> existing;
  for (const TopicSpec& topic : manifest.catalog.topics()) {
    const std::string name = absl::StrCat(manifest.prefix, topic.name);
    cluster.partition_counts.contains(name) ? existing.push_back(name) : plan.missing.push_back(topic);
  }
  ASSIGN_OR_RETURN(const auto configurations, Configurations(client, existing));
  std::vector<TopicSpec> on_cluster = manifest.catalog.topics();
  for (TopicSpec& topic : on_cluster) {
    const std::string name = absl::StrCat(manifest.prefix, topic.name);
    auto configuration = configurations.find(name);
    if (configuration == configurations.end()) continue;
    const kafka::ActualTopic actual = {name, cluster.partition_counts.at(name), cluster.replica_counts.at(name),
                                       configuration->second};
    for (TopicDifference& difference : kafka::Differences(topic, manifest, actual, options.bootstrap)) {
      plan.differences.push_back(std::move(difference));
    }
    topic.partitions = actual.partitions;
  }
  plan.on_cluster = TopicCatalog(std::move(on_cluster));
  return plan;
}

std::string TextOf(const TopicDifference& difference) {
  return absl::StrCat(difference.topic, ": ", difference.setting, " is ", difference.actual, ", declared is ",
                      difference.declared);
}

absl::Status CheckPromises(const KafkaOptions& options, const TopicsManifest& manifest, const TopicsPlan& plan) {
  std::vector<std::string> lines;
  for (const TopicSpec& topic : plan.missing) {
    lines.push_back(
        absl::StrCat(manifest.prefix, topic.name, ": is not there\n    touchstone topics apply --brokers ", options.bootstrap));
  }
  for (const TopicDifference& difference : plan.differences) {
    if (difference.breaks) lines.push_back(absl::StrCat(TextOf(difference), "\n    ", difference.remedy));
  }
  if (lines.empty()) return absl::OkStatus();
  const size_t count = lines.size();
  lines.resize(std::min(count, kNamedMax));
  std::string text = absl::StrCat("the topics of the cluster at ", options.bootstrap, " do not keep what is declared:\n  ",
                                  absl::StrJoin(lines, "\n  "));
  if (count > kNamedMax) {
    absl::StrAppend(&text, "\n  and ", count - kNamedMax, " more: touchstone topics check --brokers ", options.bootstrap);
  }
  return absl::FailedPreconditionError(text);
}

absl::Status CheckCoPartitioned(const TaskKind& kind, const TopicCatalog& catalog, absl::string_view prefix) {
  std::vector<std::string> together = kind.inputs;
  together.push_back(absl::StrCat(kind.name, ".state"));
  ASSIGN_OR_RETURN(const TopicSpec first, catalog.Find(together.front()));
  for (const std::string& topic : together) {
    ASSIGN_OR_RETURN(const TopicSpec spec, catalog.Find(topic));
    if (spec.partitions == first.partitions) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("task kind ", kind.name, ": its inputs and its state must have equal partition counts, but ", prefix,
                     first.name, " has ", first.partitions, " and ", prefix, topic, " ", spec.partitions,
                     ". Counts of topics that hold records cannot be changed: while ", prefix, topic,
                     " is empty, delete it and create it anew with ", first.partitions, " by touchstone topics apply"));
  }
  for (const std::string& topic : kind.broadcasts) {
    ASSIGN_OR_RETURN(const TopicSpec spec, catalog.Find(topic));
    if (spec.partitions != 1) {
      return absl::FailedPreconditionError(
          absl::StrCat(prefix, topic, " is read whole by every task, and so must have one partition, but has ", spec.partitions));
    }
  }
  return absl::OkStatus();
}

absl::Status CreateTopics(const KafkaOptions& options, const TopicsManifest& manifest, const std::vector<TopicSpec>& missing,
                          const kafka::TopicSettings& instead) {
  if (missing.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Client client, AdminClient(options));
  RETURN_IF_ERROR(kafka::ReadCluster(options, client.get()).status());
  std::vector<Owned<rd_kafka_NewTopic_t>> topics;
  std::vector<rd_kafka_NewTopic_t*> raw;
  for (const TopicSpec& topic : missing) {
    ASSIGN_OR_RETURN(topics.emplace_back(), NewTopic(topic, manifest, instead));
    raw.push_back(topics.back().get());
  }
  const Owned<rd_kafka_AdminOptions_t> admin_options =
      kafka::AdminOptions(client.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, kAnswerTimeout);
  // Until the topics are known to the controller's followers too.
  rd_kafka_AdminOptions_set_operation_timeout(admin_options.get(), static_cast<int>(absl::ToInt64Milliseconds(kAnswerTimeout)),
                                              nullptr, 0);
  const kafka::Queue queue(rd_kafka_queue_new(client.get()));
  rd_kafka_CreateTopics(client.get(), raw.data(), raw.size(), admin_options.get(), queue.get());
  ASSIGN_OR_RETURN(const Owned<rd_kafka_event_t> event, kafka::AwaitAnswer(queue.get(), kAnswerTimeout, "creating topics"));
  RETURN_IF_ERROR(ResultOf(event.get()));
  return AwaitKnown(options, client, manifest, missing);
}

}  // namespace touchstone::eventlog
