#include "tools/cli/examples_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "common/text/nearest.h"
#include "services/classification/pack_examples.h"
#include "tools/cli/command_line.h"
#include "tools/cli/message_json.h"
#include "tools/cli/table.h"

namespace touchstone::cli {
namespace {

using classification::Example;

struct ExamplesFlags {
  std::string pack_dir = "deploy/packs/retail";
  std::vector<std::string> customers;
  bool list = false;
};

// Those that were asked for, in the order of the files; all where nobody was named.
absl::StatusOr<std::vector<Example>> Chosen(const ExamplesFlags& flags) {
  absl::StatusOr<std::vector<Example>> loaded = classification::LoadExamples(absl::StrCat(flags.pack_dir, "/examples"));
  if (absl::IsNotFound(loaded.status())) {
    return absl::NotFoundError(
        absl::StrCat(loaded.status().message(), "; start in the project's folder, or name the pack's with --pack-dir"));
  }
  ASSIGN_OR_RETURN(std::vector<Example> examples, std::move(loaded));
  if (flags.customers.empty()) return examples;
  std::vector<std::string> names;
  for (const Example& example : examples) names.push_back(example.customer);
  for (const std::string& customer : flags.customers) {
    if (std::find(names.begin(), names.end(), customer) == names.end()) {
      return absl::InvalidArgumentError(absl::StrCat("--customer: '", customer, "' is in no example of ", flags.pack_dir,
                                                     text::DidYouMean(customer, names), "; --list shows them"));
    }
  }
  std::vector<Example> chosen;
  for (Example& example : examples) {
    const bool wanted = std::find(flags.customers.begin(), flags.customers.end(), example.customer) != flags.customers.end();
    if (wanted) chosen.push_back(std::move(example));
  }
  return chosen;
}

void List(const std::vector<Example>& examples, Context& context) {
  if (context.json) {
    for (const Example& example : examples) {
      const nlohmann::json line = {{"customer", absl::StrCat("customer:", example.customer)},
                                   {"touchpoints", example.events.size()},
                                   {"moments", example.moments.size()},
                                   {"shows", example.shows}};
      context.out << line.dump() << "\n";
    }
    context.out << std::flush;
    return;
  }
  Table table({"customer", "touchpoints", "moments", "shows"});
  for (const Example& example : examples) {
    table.Add({absl::StrCat("customer:", example.customer), absl::StrCat(example.events.size()),
               absl::StrCat(example.moments.size()), example.shows});
  }
  context.out << table.Render(context.terminal.width) << std::flush;
}

absl::StatusOr<int> Examples(const ExamplesFlags& flags, Context& context) {
  ASSIGN_OR_RETURN(const std::vector<Example> examples, Chosen(flags));
  if (flags.list) {
    List(examples, context);
    return runtime::kExitOk;
  }
  const absl::Time now = context.clock.Now();
  for (const Example& example : examples) {
    for (const events::v1::Touchpoint& touchpoint : classification::PlacedAt(example, now))
      context.out << JsonLine(touchpoint) << "\n";
  }
  context.out << std::flush;
  return runtime::kExitOk;
}

}  // namespace

void AddExamples(CLI::App& app, Context& context) {
  auto flags = std::make_shared<ExamplesFlags>();
  CLI::App* command = Declare(app, context,
                              {.name = "examples",
                               .what = "Prints the touchpoints of a pack's example customers as JSON lines, placed so that their "
                                       "story ends now",
                               .example = "touchstone examples --customer zeno | touchstone send\n"
                                          "touchstone examples --list"},
                              [flags, &context] { return Examples(*flags, context); });
  command->add_option("--pack-dir", flags->pack_dir, "The pack's folder [deploy/packs/retail]")->type_name("DIR");
  command->add_option("--customer", flags->customers, "Only this customer; repeated")->type_name("NAME");
  command->add_flag("--list", flags->list, "Show who there is, and what each shows");
}

}  // namespace touchstone::cli
