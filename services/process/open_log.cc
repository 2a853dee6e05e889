#include "services/process/open_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/eventlog/embedded/embedded_log.h"
#include "common/eventlog/kafka/kafka_log.h"
#include "common/eventlog/kafka/settings_file.h"
#include "common/eventlog/kafka/topics_admin.h"
#include "common/eventlog/topics_manifest.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "services/process/data_dir.h"
#include "services/process/restore_report.h"
#include "services/process/secret.h"

namespace touchstone::process {
namespace {

absl::StatusOr<std::unique_ptr<eventlog::EventLog>> OpenEmbedded(const ProcessConfig& config, eventlog::TopicCatalog topics,
                                                                 const clock::Clock& clock) {
  if (config.embedded().partitions() < 1) return status::InvalidField("embedded.partitions", "must be 1 or more");
  RETURN_IF_ERROR(PrepareDataDir(config.embedded().data_dir()));
  eventlog::EmbeddedOptions options;
  options.folder = absl::StrCat(config.embedded().data_dir(), "/log");
  options.topics = topics.WithPartitions(config.embedded().partitions());
  absl::StatusOr<std::unique_ptr<eventlog::EmbeddedLog>> log = eventlog::OpenEmbeddedLog(std::move(options), clock);
  if (log.ok()) return *std::move(log);
  // A disk that does not do what it is asked is no server that may answer the next time.
  if (absl::IsUnavailable(log.status())) return absl::FailedPreconditionError(log.status().message());
  return log.status();
}

// Of severities as in syslog.
runtime::LogLevel LevelOf(int severity) {
  if (severity <= 3) return runtime::LogLevel::kError;
  if (severity == 4) return runtime::LogLevel::kWarning;
  return severity == 5 ? runtime::LogLevel::kInfo : runtime::LogLevel::kDebug;
}

// What is broken stops the start; what is only different is told.
absl::Status CheckTopics(const eventlog::KafkaOptions& options, const eventlog::TopicsManifest& manifest, runtime::Log& log) {
  ASSIGN_OR_RETURN(const eventlog::TopicsPlan plan, eventlog::PlanTopics(options, manifest));
  for (const eventlog::TopicDifference& difference : plan.differences) {
    if (!difference.breaks) log.Warning("topic.differs", {{"what", eventlog::TextOf(difference)}});
  }
  return eventlog::CheckPromises(options, manifest, plan);
}

absl::StatusOr<std::unique_ptr<eventlog::EventLog>> OpenKafka(const ProcessConfig& config, eventlog::TopicsManifest manifest,
                                                              const clock::Clock& clock, runtime::Log& log,
                                                              metrics::Metrics& metrics) {
  const config::v1::KafkaLog& kafka = config.kafka();
  if (kafka.bootstrap_servers().empty()) return absl::InvalidArgumentError("kafka.bootstrap_servers: is required, as HOST:PORT");
  eventlog::KafkaOptions options;
  options.bootstrap = kafka.bootstrap_servers();
  options.prefix = kafka.prefix().empty() ? manifest.prefix : kafka.prefix();
  options.instance = config.instance();
  options.data_folder = kafka.data_dir();
  manifest.prefix = options.prefix;
  const absl::StatusOr<std::map<std::string, std::string>> settings =
      eventlog::WithSettingsFile({kafka.settings().begin(), kafka.settings().end()}, kafka.settings_file());
  if (!settings.ok()) return status::Annotated(settings.status(), "kafka.settings_file");
  options.settings = *settings;
  options.on_log = [&log](int severity, absl::string_view text) {
    log.Write(LevelOf(severity), "kafka.client", {{runtime::LogField("text", text)}});
  };
  options.on_restore = [report = std::make_shared<RestoreReport>(log, metrics)](const eventlog::RestoreProgress& progress) {
    report->Tell(progress);
  };
  RETURN_IF_ERROR(CheckTopics(options, manifest, log));
  options.catalog = std::move(manifest.catalog);
  return eventlog::OpenKafkaLog(std::move(options), clock);
}

}  // namespace

std::string DataFolder(const ProcessConfig& config) {
  return config.has_kafka() ? config.kafka().data_dir() : config.embedded().data_dir();
}

absl::StatusOr<std::unique_ptr<eventlog::EventLog>> OpenLog(const ProcessConfig& config, const clock::Clock& clock,
                                                            runtime::Log& log, metrics::Metrics& metrics) {
  ASSIGN_OR_RETURN(eventlog::TopicsManifest manifest, eventlog::ReadTopicsManifest(config.topics_file()));
  if (config.has_kafka()) return OpenKafka(config, std::move(manifest), clock, log, metrics);
  return OpenEmbedded(config, std::move(manifest.catalog), clock);
}

absl::Status CheckTasks(const ProcessConfig& config, const std::vector<stream::TaskDefinition>& tasks,
                        const eventlog::TopicCatalog& topics) {
  // The embedded log makes its topics fit each other.
  if (!config.has_kafka()) return absl::OkStatus();
  for (const stream::TaskDefinition& task : tasks) {
    RETURN_IF_ERROR(eventlog::CheckCoPartitioned(task.kind, topics, config.kafka().prefix()));
  }
  return absl::OkStatus();
}

absl::StatusOr<names::NameSecret> OpenSecret(const ProcessConfig& config) {
  if (!config.secret_file().empty()) return ReadSecret(config.secret_file());
  if (config.has_embedded()) return ReadOrMakeSecret(absl::StrCat(config.embedded().data_dir(), "/", kSecretName));
  return absl::FailedPreconditionError(
      "on Kafka all processes need the deployment's secret: set secret_file to a file of 64 hexadecimal digits");
}

}  // namespace touchstone::process
