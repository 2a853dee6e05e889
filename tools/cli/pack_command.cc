#include "tools/cli/pack_command.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "services/classification/domain/pack.h"
#include "services/classification/pack_examples.h"
#include "services/classification/pack_loader.h"
#include "services/classification/testing/example_runner.h"
#include "services/outreach/policy_loader.h"
#include "services/process/pack_chain.h"
#include "services/routing/policy_loader.h"
#include "tools/cli/command_line.h"

namespace touchstone::cli {
namespace {

namespace fs = std::filesystem;

// The folder as one that has a name and others beside it: `packs/retail` of `packs/retail/`, the whole path of `.`.
absl::StatusOr<std::string> PackFolder(const std::string& argument) {
  std::error_code error;
  fs::path folder = fs::path(argument).lexically_normal();
  if (folder == "." || folder.filename() == "..") folder = fs::absolute(folder, error).lexically_normal();
  if (folder.filename().empty()) folder = folder.parent_path();
  if (!fs::exists(folder / "pack.yaml", error)) return process::NoSuchPack(folder.string());
  return folder.string();
}

// As every service reads the pack when it starts, and as `pack test` reads its examples: all that is wrong, file after file.
absl::Status CheckWhole(const std::string& folder) {
  const absl::StatusOr<std::shared_ptr<const classification::Pack>> pack = classification::LoadPack(folder);
  std::vector<std::string> rules;
  if (pack.ok()) {
    for (const classification::MomentRule& rule : (*pack)->moments()) rules.push_back(rule.id);
  }
  const fs::path path(folder);
  const std::string beside = path.has_parent_path() ? path.parent_path().string() : ".";
  const absl::StatusOr<std::vector<std::string>> chain = process::PackChain(beside, path.filename().string());
  if (!chain.ok()) return pack.ok() ? chain.status() : pack.status();
  std::vector<std::string> errors;
  const auto note = [&errors](const absl::Status& status) {
    if (!status.ok()) errors.emplace_back(status.message());
  };
  note(pack.status());
  note(routing::LoadRoutingPolicy(*chain, rules).status());
  note(outreach::LoadOutreachPolicy(*chain, rules).status());
  std::error_code error;
  if (fs::exists(path / "examples", error)) note(classification::LoadExamples(folder + "/examples").status());
  return errors.empty() ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
}

absl::StatusOr<int> Check(const std::string& argument, Context& context) {
  ASSIGN_OR_RETURN(const std::string folder, PackFolder(argument));
  RETURN_IF_ERROR(CheckWhole(folder));
  context.out << (context.json ? R"({"ok":true})" : absl::StrCat(folder, ": all of it is in order")) << std::endl;
  return runtime::kExitOk;
}

absl::StatusOr<int> Test(const std::string& argument, Context& context) {
  ASSIGN_OR_RETURN(const std::string folder, PackFolder(argument));
  ASSIGN_OR_RETURN(const std::shared_ptr<const classification::Pack> pack, classification::LoadPack(folder));
  ASSIGN_OR_RETURN(const std::vector<classification::Example> examples, classification::LoadExamples(folder + "/examples"));
  int failed = 0;
  for (const classification::Example& example : examples) {
    const std::string unmet = classification::Unmet(example, pack);
    if (!unmet.empty()) ++failed;
    if (context.json) {
      context.out << absl::Substitute(R"({"customer":"$0","passed":$1})", example.customer, unmet.empty() ? "true" : "false")
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
                             .what = "Checks all files of a pack and of those it extends; errors say file, line and column",
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
