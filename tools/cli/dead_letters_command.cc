#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/rpc/client.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/connection.h"
#include "tools/cli/message_json.h"
#include "tools/cli/table.h"
#include "tools/cli/time_text.h"
#include "touchstone/operations/v1/operations_service.grpc.pb.h"

namespace touchstone::cli {
namespace {

using operations::v1::OperationsService;

constexpr int kPageSize = 500;

absl::StatusOr<int> ListDeadLetters(const std::string& reason, Context& context) {
  ASSIGN_OR_RETURN(const auto stub, StubOf<OperationsService>(context));
  operations::v1::ListDeadLettersRequest request;
  request.set_page_size(kPageSize);
  request.set_reason(reason);
  Table table({"time (UTC)", "task", "origin", "bytes", "reason", "message"});
  do {
    ASSIGN_OR_RETURN(const operations::v1::ListDeadLettersResponse response,
                     rpc::Call(*stub, &OperationsService::Stub::ListDeadLetters, request));
    for (const events::v1::DeadLetter& letter : response.dead_letters()) {
      if (context.json) context.out << JsonLine(letter) << "\n";
      table.Add({TimeText(letter.dead_letter_time(), absl::UTCTimeZone()), letter.task(),
                 absl::StrCat(letter.topic(), ":", letter.partition(), ":", letter.offset()), absl::StrCat(letter.value().size()),
                 letter.reason(), letter.message()});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (!context.json)
    context.out << (table.empty() ? absl::StrCat("no dead letters", reason.empty() ? "" : " with the reason ", reason, "\n")
                                  : table.Render(context.terminal.width));
  context.out << std::flush;
  return runtime::kExitOk;
}

}  // namespace

void AddDeadLetters(CLI::App& app, Context& context) {
  auto reason = std::make_shared<std::string>();
  CLI::App* command = DeclareRemote(app, context,
                                    {.name = "dead-letters",
                                     .what = "Lists records that could not be processed, oldest first",
                                     .example = "touchstone dead-letters --reason CONFLICTING_CONTENT"},
                                    [reason, &context] { return ListDeadLetters(*reason, context); });
  command->add_option("--reason", *reason, "Only these: UNREADABLE, CONFLICTING_CONTENT, CAUSE_TOO_DEEP, UNKNOWN_SEND_KEY")
      ->type_name("REASON");
}

}  // namespace touchstone::cli
