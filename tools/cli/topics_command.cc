#include "tools/cli/topics_command.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/substitute.h"
#include "common/eventlog/kafka/settings_file.h"
#include "common/eventlog/kafka/topics_admin.h"
#include "common/eventlog/topics_manifest.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "services/suite/task_kinds.h"
#include "tools/cli/command_line.h"
#include "tools/cli/table.h"
#include "tools/cli/time_text.h"

namespace touchstone::cli {
namespace {

using eventlog::TopicsManifest;
using eventlog::TopicSpec;
using eventlog::TopicsPlan;

struct TopicsFlags {
  std::string file = "deploy/topics.yaml";
  std::string brokers = "127.0.0.1:9092";
  std::string prefix;
  std::vector<std::string> settings;
  std::string settings_file;
};

absl::StatusOr<TopicsManifest> ManifestOf(const TopicsFlags& flags) {
  absl::StatusOr<TopicsManifest> read = eventlog::ReadTopicsManifest(flags.file);
  if (absl::IsNotFound(read.status())) {
    return absl::NotFoundError(
        absl::StrCat(read.status().message(), "; start in the project's folder, or name another with --file"));
  }
  ASSIGN_OR_RETURN(TopicsManifest manifest, std::move(read));
  if (!flags.prefix.empty()) manifest.prefix = flags.prefix;
  return manifest;
}

absl::StatusOr<eventlog::KafkaOptions> OptionsOf(const TopicsFlags& flags) {
  eventlog::KafkaOptions options;
  options.bootstrap = flags.brokers;
  options.instance = "touchstone-topics";
  for (const std::string& setting : flags.settings) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(setting, absl::MaxSplits('=', 1));
    if (pair.first.empty() || pair.second.empty())
      return absl::InvalidArgumentError("--set: write NAME=VALUE, as librdkafka names it");
    options.settings.insert(pair);
  }
  ASSIGN_OR_RETURN(options.settings, eventlog::WithSettingsFile(std::move(options.settings), flags.settings_file));
  return options;
}

std::string KeptText(const TopicSpec& topic) {
  if (topic.compacted) return "newest of each key";
  return topic.retention == absl::InfiniteDuration() ? "for good" : SpanText(topic.retention);
}

void PrintTopics(const std::vector<TopicSpec>& topics, const std::string& prefix, Context& context) {
  Table table({"topic", "partitions", "kept"});
  for (const TopicSpec& topic : topics) {
    if (context.json) {
      context.out << absl::Substitute(R"({"topic":"$0$1","partitions":$2,"compacted":$3})", prefix, topic.name, topic.partitions,
                                      topic.compacted ? "true" : "false")
                  << "\n";
    }
    table.Add({absl::StrCat(prefix, topic.name), absl::StrCat(topic.partitions), KeptText(topic)});
  }
  if (!context.json && !table.empty()) context.out << table.Render(context.terminal.width);
}

void PrintDifferences(const TopicsPlan& plan, Context& context) {
  for (const eventlog::TopicDifference& difference : plan.differences) {
    context.err << eventlog::TextOf(difference) << std::endl;
    if (!difference.remedy.empty()) context.err << "    " << difference.remedy << std::endl;
  }
}

// Why topics that a task reads together do not fit each other.
std::vector<std::string> Misfits(const TopicsPlan& plan, const std::string& prefix) {
  std::vector<std::string> misfits;
  for (const eventlog::TaskKind& kind : suite::TaskKinds()) {
    const absl::Status fits = eventlog::CheckCoPartitioned(kind, plan.on_cluster, prefix);
    if (!fits.ok()) misfits.emplace_back(fits.message());
  }
  return misfits;
}

nlohmann::json JsonOf(const eventlog::TopicDifference& difference) {
  return {{"topic", difference.topic},   {"setting", difference.setting}, {"declared", difference.declared},
          {"actual", difference.actual}, {"breaks", difference.breaks},   {"remedy", difference.remedy}};
}

absl::StatusOr<int> List(const TopicsFlags& flags, Context& context) {
  ASSIGN_OR_RETURN(const TopicsManifest manifest, ManifestOf(flags));
  PrintTopics(manifest.catalog.topics(), manifest.prefix, context);
  context.out << std::flush;
  return runtime::kExitOk;
}

// With `create`, what is missing is made. Exits with 1 where the cluster differs: a person must decide about that.
absl::StatusOr<int> Compare(const TopicsFlags& flags, bool create, Context& context) {
  ASSIGN_OR_RETURN(const TopicsManifest manifest, ManifestOf(flags));
  ASSIGN_OR_RETURN(const eventlog::KafkaOptions options, OptionsOf(flags));
  ASSIGN_OR_RETURN(const TopicsPlan plan, eventlog::PlanTopics(options, manifest));
  if (create) {
    RETURN_IF_ERROR(eventlog::CreateTopics(options, manifest, plan.missing));
  }
  PrintTopics(plan.missing, manifest.prefix, context);
  PrintDifferences(plan, context);
  if (!context.json) context.out << plan.missing.size() << (create ? " created\n" : " missing\n");
  context.out << std::flush;
  return plan.differences.empty() ? runtime::kExitOk : runtime::kExitFailed;
}

// What a process checks when it starts. Exits with 1 where one would refuse to.
absl::StatusOr<int> Check(const TopicsFlags& flags, Context& context) {
  ASSIGN_OR_RETURN(const TopicsManifest manifest, ManifestOf(flags));
  ASSIGN_OR_RETURN(const eventlog::KafkaOptions options, OptionsOf(flags));
  ASSIGN_OR_RETURN(const TopicsPlan plan, eventlog::PlanTopics(options, manifest));
  size_t broken = 0;
  for (const eventlog::TopicDifference& difference : plan.differences) {
    broken += difference.breaks ? 1 : 0;
    if (context.json) context.out << JsonOf(difference).dump() << "\n";
  }
  const std::vector<std::string> misfits = Misfits(plan, manifest.prefix);
  for (const TopicSpec& topic : plan.missing) context.err << manifest.prefix << topic.name << ": is not there" << std::endl;
  if (!plan.missing.empty()) context.err << "    touchstone topics apply --brokers " << options.bootstrap << std::endl;
  for (const std::string& misfit : misfits) context.err << misfit << std::endl;
  PrintDifferences(plan, context);
  if (!context.json) {
    context.out << plan.missing.size() << " missing, " << broken + misfits.size() << " broken, "
                << plan.differences.size() - broken << " different without harm\n";
  }
  context.out << std::flush;
  return plan.missing.empty() && misfits.empty() && broken == 0 ? runtime::kExitOk : runtime::kExitFailed;
}

}  // namespace

void AddTopics(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("topics", "Topics of a Kafka cluster: list, plan, apply, check");
  group->require_subcommand(1);
  auto flags = std::make_shared<TopicsFlags>();
  CLI::App* list = Declare(*group, context,
                           {.name = "list", .what = "Lists the topics that are declared", .example = "touchstone topics list"},
                           [flags, &context] { return List(*flags, context); });
  CLI::App* plan = Declare(*group, context,
                           {.name = "plan",
                            .what = "Shows what a cluster lacks, and what it has differently; exits with 1 where it differs",
                            .example = "touchstone topics plan --brokers 127.0.0.1:9092"},
                           [flags, &context] { return Compare(*flags, /*create=*/false, context); });
  CLI::App* apply = Declare(*group, context,
                            {.name = "apply",
                             .what = "Creates the topics that a cluster lacks; changes and deletes none",
                             .example = "touchstone topics apply --brokers 127.0.0.1:9092"},
                            [flags, &context] { return Compare(*flags, /*create=*/true, context); });
  CLI::App* check = Declare(*group, context,
                            {.name = "check",
                             .what = "Says what a service would refuse to start on, and what mends it; exits with 1 then",
                             .example = "touchstone topics check --brokers 127.0.0.1:9092"},
                            [flags, &context] { return Check(*flags, context); });
  for (CLI::App* command : {list, plan, apply, check}) {
    command->add_option("--file", flags->file, "The manifest [deploy/topics.yaml]")->type_name("FILE");
    command->add_option("--prefix", flags->prefix, "Before each name [the manifest's]")->type_name("TEXT");
  }
  for (CLI::App* command : {plan, apply, check}) {
    command->add_option("--brokers", flags->brokers, "HOST:PORT, several with commas [127.0.0.1:9092]")->type_name("BROKERS");
    command->add_option("--set", flags->settings, "A setting of librdkafka; repeated")->type_name("NAME=VALUE");
    command->add_option("--settings-file", flags->settings_file, "Such settings, a line each: for passwords")->type_name("FILE");
  }
}

}  // namespace touchstone::cli
