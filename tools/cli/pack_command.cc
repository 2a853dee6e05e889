#include "tools/cli/pack_command.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "services/classification/domain/pack.h"
#include "services/classification/pack_examples.h"
#include "services/classification/pack_loader.h"
#include "services/classification/testing/example_runner.h"
#include "services/process/pack_chain.h"
#include "tools/cli/command_line.h"

namespace touchstone::cli {
namespace {

absl::Status CheckFolder(const std::string& folder) {
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::path(folder) / "pack.yaml", error)) return absl::OkStatus();
  return process::NoSuchPack(folder);
}

absl::StatusOr<int> Check(const std::string& folder, Context& context) {
  RETURN_IF_ERROR(CheckFolder(folder));
  RETURN_IF_ERROR(classification::LoadPack(folder).status());
  context.out << (context.json ? R"({"ok": true})" : absl::StrCat(folder, ": all of it is in order")) << std::endl;
  return runtime::kExitOk;
}

absl::StatusOr<int> Test(const std::string& folder, Context& context) {
  RETURN_IF_ERROR(CheckFolder(folder));
  ASSIGN_OR_RETURN(const std::shared_ptr<const classification::Pack> pack, classification::LoadPack(folder));
  ASSIGN_OR_RETURN(const std::vector<classification::Example> examples, classification::LoadExamples(folder + "/examples"));
  int failed = 0;
  for (const classification::Example& example : examples) {
    const std::string unmet = classification::Unmet(example, pack);
    if (!unmet.empty()) ++failed;
    if (context.json) {
      context.out << absl::Substitute(R"({"customer": "$0", "passed": $1})", example.customer, unmet.empty() ? "true" : "false")
                  << "\n";
    } else if (!unmet.empty()) {
      context.out << "✗ " << example.customer << ": " << example.shows << "\n" << unmet << "\n";
    }
  }
  if (!context.json)
    context.out << examples.size() - static_cast<size_t>(failed) << " of " << examples.size() << " examples hold\n";
  context.out << std::flush;
  return failed == 0 ? runtime::kExitOk : runtime::kExitFailed;
}

}  // namespace

void AddPack(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("pack", "Rules as their author has them: check, test");
  group->require_subcommand(1);
  auto folder = std::make_shared<std::string>();
  CLI::App* check = Declare(*group, context,
                            {.name = "check",
                             .what = "Checks a pack and those it extends; errors say file, line and column",
                             .example = "touchstone pack check deploy/packs/retail"},
                            [folder, &context] { return Check(*folder, context); });
  CLI::App* test = Declare(*group, context,
                           {.name = "test",
                            .what = "Runs a pack's own examples: what must, and must not, be found",
                            .example = "touchstone pack test deploy/packs/retail"},
                           [folder, &context] { return Test(*folder, context); });
  for (CLI::App* command : {check, test}) command->add_option("DIR", *folder, "The pack's folder")->required();
}

}  // namespace touchstone::cli
