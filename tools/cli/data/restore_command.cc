#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/data/backup.h"
#include "tools/cli/data/data_commands.h"
#include "tools/cli/data/data_text.h"
#include "tools/cli/progress_bar.h"
#include "tools/cli/time_text.h"

namespace touchstone::cli {
namespace {

struct RestoreFlags {
  std::string backup;
  std::string data_dir = "var/touchstone";
};

void Print(const RestoreFlags& flags, const BackupManifest& manifest, Context& context) {
  if (context.json) {
    const nlohmann::json line = {{"data_dir", flags.data_dir},
                                 {"records", manifest.records},
                                 {"last_write", absl::FormatTime(absl::RFC3339_sec, manifest.last_write, absl::UTCTimeZone())},
                                 {"has_secret", manifest.has_secret}};
    context.out << line.dump() << std::endl;
    return;
  }
  context.out
      << flags.data_dir << " holds " << GroupedNumber(static_cast<int64_t>(manifest.records)) << " records up to "
      << MomentText(manifest.last_write) << ", as of the backup of " << MomentText(manifest.made) << " ("
      << SpanText(context.clock.Now() - manifest.made) << " ago).\n"
      << "What came later is not in it: send it again, where it matters. What was sent to customers since may be sent again.\n"
      << (manifest.has_secret ? "" : "The secret behind name keys was not in the backup: set secret_file to yours.\n")
      << "To begin: touchstone up --data-dir " << flags.data_dir << std::endl;
}

absl::StatusOr<int> RunRestore(const RestoreFlags& flags, Context& context) {
  const absl::StatusOr<BackupManifest> manifest = [&] {
    ProgressBar bar(context.err, context.clock, context.terminal.progress, "restore", "kB");
    return RestoreBackup(flags.backup, flags.data_dir,
                         [&bar](int64_t done, int64_t bytes) { bar.Show(done, bytes, done / 1000); });
  }();
  RETURN_IF_ERROR(manifest.status());
  Print(flags, *manifest, context);
  return runtime::kExitOk;
}

}  // namespace

void AddRestore(CLI::App& app, Context& context) {
  auto flags = std::make_shared<RestoreFlags>();
  CLI::App* command = Declare(app, context,
                              {.name = "restore",
                               .what = "Makes a data folder of a backup; overwrites nothing",
                               .example = "touchstone restore /mnt/backups/monday --data-dir var/touchstone"},
                              [flags, &context] { return RunRestore(*flags, context); });
  command->add_option("backup", flags->backup, "What touchstone backup made")->type_name("DIR")->required();
  command->add_option("--data-dir", flags->data_dir, "A folder that is empty or not there yet [var/touchstone]")
      ->type_name("DIR");
}

}  // namespace touchstone::cli
