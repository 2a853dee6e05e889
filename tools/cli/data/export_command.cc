#include <CLI/CLI.hpp>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/eventlog/embedded/folder_reader.h"
#include "common/eventlog/transfer/transfer.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "services/process/data_dir.h"
#include "tools/cli/command_line.h"
#include "tools/cli/data/data_commands.h"
#include "tools/cli/data/data_text.h"
#include "tools/cli/progress_bar.h"
#include "tools/cli/table.h"

namespace touchstone::cli {
namespace {

using eventlog::TransferReport;

struct ExportFlags {
  std::string data_dir = "var/touchstone";
  std::string file = "deploy/topics.yaml";
  std::string brokers = "127.0.0.1:9092";
  std::string prefix;
  std::vector<std::string> settings;
};

absl::StatusOr<eventlog::KafkaOptions> OptionsOf(const ExportFlags& flags) {
  eventlog::KafkaOptions options;
  options.bootstrap = flags.brokers;
  options.instance = "touchstone-export";
  for (const std::string& setting : flags.settings) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(setting, absl::MaxSplits('=', 1));
    if (pair.first.empty() || pair.second.empty())
      return absl::InvalidArgumentError("--set: write NAME=VALUE, as librdkafka names it");
    options.settings.insert(pair);
  }
  return options;
}

void PrintJson(const TransferReport& report, std::ostream& out) {
  for (const TransferReport::OfTopic& topic : report.topics) {
    const nlohmann::json line = {{"topic", topic.name},
                                 {"partitions", topic.partitions},
                                 {"records_in_folder", topic.records_in_folder},
                                 {"records_on_cluster", topic.records_on_cluster}};
    out << line.dump() << "\n";
  }
  for (const TransferReport::OfKind& kind : report.kinds) {
    const nlohmann::json line = {{"task", kind.name},
                                 {"partitions", kind.partitions},
                                 {"keys_in_folder", kind.keys_in_folder},
                                 {"keys_on_cluster", kind.keys_on_cluster}};
    out << line.dump() << "\n";
  }
  out << std::flush;
}

void PrintTables(const TransferReport& report, Context& context) {
  Table topics({"topic", "partitions", "records in the folder", "on the cluster"});
  for (const TransferReport::OfTopic& topic : report.topics) {
    topics.Add({topic.name, absl::StrCat(topic.partitions), GroupedNumber(topic.records_in_folder),
                GroupedNumber(topic.records_on_cluster)});
  }
  Table kinds({"task", "partitions", "state keys in the folder", "on the cluster"});
  for (const TransferReport::OfKind& kind : report.kinds) {
    kinds.Add(
        {kind.name, absl::StrCat(kind.partitions), GroupedNumber(kind.keys_in_folder), GroupedNumber(kind.keys_on_cluster)});
  }
  if (!topics.empty()) context.out << topics.Render(context.terminal.width) << "\n";
  if (!kinds.empty()) context.out << kinds.Render(context.terminal.width) << "\n";
}

void Print(const ExportFlags& flags, const TransferReport& report, Context& context) {
  for (const std::string& left : report.left_behind)
    context.err << left << " is not declared in " << flags.file << ", and was left behind" << std::endl;
  if (context.json) return PrintJson(report, context.out);
  PrintTables(report, context);
  context.out << "All of it was read back and compared; " << flags.data_dir << " is not started from again.\n"
              << "To go on: start the services on " << flags.brokers << " with secret_file set to a copy of " << flags.data_dir
              << "/" << process::kSecretName << ", or to the file that the suite had." << std::endl;
}

absl::Status WriteMoved(const ExportFlags& flags, const std::string& prefix, Context& context) {
  const std::string path = absl::StrCat(flags.data_dir, "/", process::kMovedName);
  std::ofstream file(path);
  file << "to " << flags.brokers << ", prefix " << prefix << ", " << MomentText(context.clock.Now()) << std::endl;
  if (!file) return absl::FailedPreconditionError(absl::StrCat("writing '", path, "' failed"));
  return absl::OkStatus();
}

absl::StatusOr<int> RunExport(const ExportFlags& flags, Context& context) {
  absl::StatusOr<eventlog::TopicsManifest> read = eventlog::ReadTopicsManifest(flags.file);
  if (absl::IsNotFound(read.status())) {
    return absl::NotFoundError(
        absl::StrCat(read.status().message(), "; start in the project's folder, or name another with --file"));
  }
  ASSIGN_OR_RETURN(eventlog::TopicsManifest manifest, std::move(read));
  if (!flags.prefix.empty()) manifest.prefix = flags.prefix;
  ASSIGN_OR_RETURN(const eventlog::KafkaOptions options, OptionsOf(flags));
  const auto folder = eventlog::FolderReader::Open(absl::StrCat(flags.data_dir, "/log"), eventlog::FolderReader::Access::kLocked);
  if (absl::IsNotFound(folder.status()))
    return absl::NotFoundError(absl::StrCat(folder.status().message(), ": name the data folder with --data-dir"));
  RETURN_IF_ERROR(folder.status());
  const absl::StatusOr<TransferReport> report = [&] {
    ProgressBar bar(context.err, context.clock, context.terminal.progress, "export", "records");
    return eventlog::TransferToKafka(**folder, options, manifest,
                                     [&bar](int64_t done, int64_t all) { bar.Show(done, all, done); });
  }();
  RETURN_IF_ERROR(report.status());
  RETURN_IF_ERROR(WriteMoved(flags, manifest.prefix, context));
  Print(flags, *report, context);
  return runtime::kExitOk;
}

}  // namespace

void AddExport(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("export", "Moves a data folder elsewhere: kafka");
  group->require_subcommand(1);
  auto flags = std::make_shared<ExportFlags>();
  CLI::App* command =
      Declare(*group, context,
              {.name = "kafka",
               .what = "Fills a Kafka cluster's topics with what a data folder holds, so that services go on there "
                       "where the suite on the folder was stopped; may be repeated",
               .example = "touchstone export kafka --data-dir var/touchstone --brokers 127.0.0.1:9092"},
              [flags, &context] { return RunExport(*flags, context); });
  command->add_option("--data-dir", flags->data_dir, "What is moved; no suite runs on it [var/touchstone]")->type_name("DIR");
  command->add_option("--file", flags->file, "The manifest of the topics [deploy/topics.yaml]")->type_name("FILE");
  command->add_option("--prefix", flags->prefix, "Before each name [the manifest's]")->type_name("TEXT");
  command->add_option("--brokers", flags->brokers, "HOST:PORT, several with commas [127.0.0.1:9092]")->type_name("BROKERS");
  command->add_option("--set", flags->settings, "A setting of librdkafka; repeated")->type_name("NAME=VALUE");
}

}  // namespace touchstone::cli
