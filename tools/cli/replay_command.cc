#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/strings/substitute.h"
#include "common/clock/proto_time.h"
#include "common/runtime/exit_code.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/connection.h"
#include "tools/cli/ingest_stream.h"
#include "tools/cli/message_json.h"
#include "tools/cli/pause.h"
#include "tools/cli/progress_bar.h"
#include "touchstone/ingestion/v1/ingestion_service.grpc.pb.h"

namespace touchstone::cli {
namespace {

using events::v1::Touchpoint;
using ingestion::v1::IngestionService;

struct ReplayFlags {
  std::string file;
  std::string speed = "max";
};

// When each touchpoint is due: as far from the first as it happened, so many times faster. Without a speed all are due at once.
class Pace {
 public:
  Pace(std::optional<double> speed, const clock::Clock& clock) : speed_(speed), clock_(clock), begun_(clock.Monotonic()) {}

  // How long until the touchpoint is due; nothing where it is.
  absl::Duration Until(absl::Time occur_time) {
    if (!speed_.has_value()) return absl::ZeroDuration();
    if (!first_.has_value()) first_ = occur_time;
    return std::max(absl::ZeroDuration(), (occur_time - *first_) / *speed_ - (clock_.Monotonic() - begun_));
  }

 private:
  const std::optional<double> speed_;
  const clock::Clock& clock_;
  const absl::Duration begun_;
  std::optional<absl::Time> first_;
};

absl::StatusOr<std::optional<double>> SpeedOf(absl::string_view text) {
  if (text == "max") return std::nullopt;
  absl::ConsumeSuffix(&text, "x");
  double speed = 0;
  if (!absl::SimpleAtod(text, &speed) || !(speed > 0) || speed > 1e9)
    return absl::InvalidArgumentError("--speed: is max, or how many times faster than it happened: 1, 60, 3600");
  return speed;
}

absl::StatusOr<int> Replay(const ReplayFlags& flags, Context& context) {
  ASSIGN_OR_RETURN(const std::optional<double> speed, SpeedOf(flags.speed));
  if (flags.file.empty()) return absl::InvalidArgumentError("FILE: is empty: which file is to be replayed?");
  std::ifstream in(flags.file, std::ios::binary | std::ios::ate);
  if (!in.is_open())
    return absl::InvalidArgumentError(absl::StrCat(flags.file, ": cannot be opened: is it there, and may you read it?"));
  const int64_t bytes = in.tellg();
  in.seekg(0);
  ASSIGN_OR_RETURN(const auto stub, StubOf<IngestionService>(context));
  int64_t unreadable = 0;
  const auto refuse = [&](int64_t line, const absl::Status& why) {
    context.err << flags.file << ":" << line << ": " << why.message() << std::endl;
  };
  IngestStream stream(*stub, Pause, refuse);
  ProgressBar bar(context.err, context.clock, context.terminal.progress, "replay");
  Pace pace(speed, context.clock);
  std::string line;
  for (int64_t number = 1, read = 0; std::getline(in, line); ++number) {
    read += static_cast<int64_t>(line.size()) + 1;
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    Touchpoint touchpoint;
    if (const absl::Status status = ParseJson(line, touchpoint); !status.ok()) {
      ++unreadable;
      refuse(number, status);
      continue;
    }
    const absl::Duration wait = pace.Until(clock::TimeFrom(touchpoint.occur_time()));
    if (wait > absl::ZeroDuration()) {
      RETURN_IF_ERROR(stream.Flush());
      Pause(wait);
    }
    RETURN_IF_ERROR(stream.Send(std::move(touchpoint), number));
    bar.Show(read, bytes, number);
  }
  RETURN_IF_ERROR(stream.Flush());
  if (in.bad())
    return absl::InvalidArgumentError(absl::StrCat(flags.file, ": cannot be read: is it a file, and all of it there?"));
  const int64_t failed = stream.rejected() + unreadable;
  context.out << absl::Substitute(context.json ? R"({"accepted":$0,"rejected":$1})" : "$0 taken, $1 refused", stream.accepted(),
                                  failed)
              << std::endl;
  return failed == 0 ? runtime::kExitOk : runtime::kExitFailed;
}

}  // namespace

void AddReplay(CLI::App& app, Context& context) {
  auto flags = std::make_shared<ReplayFlags>();
  CLI::App* command = DeclareRemote(
      app, context,
      {.name = "replay",
       .what = "Sends recorded touchpoints (JSON, one a line) as they stand, at once or at the pace at which they happened",
       .example = "touchstone replay touchpoints.jsonl --speed 3600"},
      [flags, &context] { return Replay(*flags, context); });
  command->add_option("FILE", flags->file, "Touchpoints as JSON, one a line")->required();
  command->add_option("--speed", flags->speed, "max, or so many times faster than it happened [max]")->type_name("N");
}

}  // namespace touchstone::cli
