#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/clock/system_clock.h"
#include "tools/cli/command_line.h"
#include "tools/cli/data/data_commands.h"
#include "tools/cli/examples_command.h"
#include "tools/cli/pack_command.h"
#include "tools/cli/text_width.h"
#include "tools/cli/topics_command.h"
#include "tools/cli/up_command.h"

namespace {

touchstone::cli::Terminal FindTerminal() {
  touchstone::cli::Terminal terminal;
  winsize size = {};
  const char* columns = std::getenv("COLUMNS");
  if (isatty(STDOUT_FILENO) == 1) {
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) terminal.width = size.ws_col;
  } else if (columns == nullptr || !absl::SimpleAtoi(columns, &terminal.width) || terminal.width <= 0) {
    // Shells do not export COLUMNS: who does reads the pipe for a terminal that wide.
    terminal.width = touchstone::cli::kUnboundedWidth;
  }
  const char* type = std::getenv("TERM");
  const bool able = type != nullptr && absl::string_view(type) != "dumb";
  terminal.colour = able && isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  terminal.progress = able && isatty(STDERR_FILENO) == 1;
  return terminal;
}

// 128 random bits.
std::string NewId() {
  std::random_device random;
  return absl::StrCat(absl::Hex(random(), absl::kZeroPad8), absl::Hex(random(), absl::kZeroPad8),
                      absl::Hex(random(), absl::kZeroPad8), absl::Hex(random(), absl::kZeroPad8));
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const touchstone::clock::SystemClock clock;
  touchstone::cli::Context context{
      .in = std::cin, .out = std::cout, .err = std::cerr, .clock = clock, .new_id = NewId, .terminal = FindTerminal()};
  return touchstone::cli::RunCommandLine(
      argc, argv, context,
      {touchstone::cli::AddUp, touchstone::cli::AddBackup, touchstone::cli::AddRestore, touchstone::cli::AddVerify,
       touchstone::cli::AddExport, touchstone::cli::AddExamples, touchstone::cli::AddPack, touchstone::cli::AddTopics});
}
