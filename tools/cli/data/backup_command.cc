#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/data/backup.h"
#include "tools/cli/data/data_commands.h"
#include "tools/cli/data/data_text.h"
#include "tools/cli/progress_bar.h"

namespace touchstone::cli {
namespace {

struct BackupFlags {
  std::string to;
  std::string data_dir = "var/touchstone";
};

void Print(const BackupFlags& flags, const Backup& backup, Context& context) {
  const BackupManifest& manifest = backup.manifest;
  if (context.json) {
    const nlohmann::json line = {{"backup", flags.to},
                                 {"records", manifest.records},
                                 {"bytes", BytesOf(manifest.files)},
                                 {"files", manifest.files.size()},
                                 {"has_secret", manifest.has_secret}};
    context.out << line.dump() << std::endl;
    return;
  }
  context.out
      << flags.to << " holds " << GroupedNumber(static_cast<int64_t>(manifest.records)) << " records up to "
      << MomentText(manifest.last_write) << ", " << SizeText(BytesOf(manifest.files)) << " in " << manifest.files.size()
      << " files, read back and found whole.\n"
      << (manifest.has_secret
              ? "The secret behind name keys is in it: keep it where only those may read who may read the data.\n"
              : "The secret behind name keys is not in it, as it is not in the data folder: keep the file that secret_file "
                "names, too.\n")
      << "To go back to it: touchstone restore " << flags.to << " --data-dir DIR" << std::endl;
}

absl::StatusOr<int> RunBackup(const BackupFlags& flags, Context& context) {
  const absl::StatusOr<Backup> backup = [&] {
    ProgressBar bar(context.err, context.clock, context.terminal.progress, "backup", "kB");
    return MakeBackup(flags.data_dir, flags.to, context.clock,
                      [&bar](int64_t done, int64_t bytes) { bar.Show(done, bytes, done / 1000); });
  }();
  if (absl::IsNotFound(backup.status()))
    return absl::NotFoundError(absl::StrCat(backup.status().message(), ": name the data folder with --data-dir"));
  RETURN_IF_ERROR(backup.status());
  Print(flags, *backup, context);
  return runtime::kExitOk;
}

}  // namespace

void AddBackup(CLI::App& app, Context& context) {
  auto flags = std::make_shared<BackupFlags>();
  CLI::App* command =
      Declare(app, context,
              {.name = "backup",
               .what = "Copies a data folder, also of a suite that runs, which is not held up; reads the copy back",
               .example = "touchstone backup /mnt/backups/monday --data-dir var/touchstone"},
              [flags, &context] { return RunBackup(*flags, context); });
  command->add_option("to", flags->to, "A folder that is empty or not there yet")->type_name("DIR")->required();
  command->add_option("--data-dir", flags->data_dir, "What is copied [var/touchstone]")->type_name("DIR");
}

}  // namespace touchstone::cli
