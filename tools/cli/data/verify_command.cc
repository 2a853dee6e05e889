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

absl::StatusOr<int> RunVerify(const std::string& folder, Context& context) {
  const absl::StatusOr<DataCheck> check = CheckData(folder);
  if (absl::IsFailedPrecondition(check.status())) {
    return absl::FailedPreconditionError(
        absl::StrCat(check.status().message(),
                     "\n  To check one at work, make a backup of it, which is checked: touchstone backup DIR "
                     "--data-dir ",
                     folder));
  }
  RETURN_IF_ERROR(check.status());
  PrintReport(check->report, context);
  if (context.json) {
    const nlohmann::json line = {{"folder", folder},
                                 {"whole", true},
                                 {"records_written", check->records},
                                 {"last_write", absl::FormatTime(absl::RFC3339_sec, check->last_write, absl::UTCTimeZone())},
                                 {"has_secret", check->has_secret}};
    context.out << line.dump() << std::endl;
    return runtime::kExitOk;
  }
  context.out << folder << " is whole: " << GroupedNumber(static_cast<int64_t>(check->records))
              << " records were written to it, the last at " << MomentText(check->last_write) << "." << std::endl;
  return runtime::kExitOk;
}

}  // namespace

void AddVerify(CLI::App& app, Context& context) {
  auto folder = std::make_shared<std::string>();
  CLI::App* command = Declare(app, context,
                              {.name = "verify",
                               .what = "Reads a data folder that nobody uses, or a backup, whole: checksums, gaps, counts",
                               .example = "touchstone verify var/touchstone"},
                              [folder, &context] { return RunVerify(*folder, context); });
  command->add_option("folder", *folder, "A data folder, or what touchstone backup made")->type_name("DIR")->required();
}

}  // namespace touchstone::cli
