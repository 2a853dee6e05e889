#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <istream>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/config/duration_text.h"
#include "common/rpc/to_grpc.h"
#include "common/runtime/exit_code.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/connection.h"
#include "tools/cli/desk.h"
#include "tools/cli/pause.h"
#include "tools/cli/zone_flag.h"
#include "touchstone/routing/v1/desktop_service.grpc.pb.h"

namespace touchstone::cli {
namespace {

using routing::v1::ConnectRequest;
using routing::v1::ConnectResponse;
using routing::v1::DesktopService;

// How often the desk looks at the time, and at Ctrl-C.
constexpr auto kTick = std::chrono::milliseconds(100);
constexpr absl::Duration kReconnectWaitMin = absl::Milliseconds(250);
constexpr absl::Duration kReconnectWaitMax = absl::Seconds(5);
// In a row, without a word from the suite in between.
constexpr int kReconnectsMax = 60;

volatile std::sig_atomic_t interrupted = 0;

// While it lives, Ctrl-C and TERM ask the desk to say goodbye; what they did before is restored.
class AskedToLeave {
 public:
  AskedToLeave() {
    interrupted = 0;
    for (size_t i = 0; i < 2; ++i) before_[i] = std::signal(kSignals[i], [](int) { interrupted = 1; });
  }
  ~AskedToLeave() {
    for (size_t i = 0; i < 2; ++i) std::signal(kSignals[i], before_[i]);
  }
  AskedToLeave(const AskedToLeave&) = delete;
  AskedToLeave& operator=(const AskedToLeave&) = delete;

 private:
  static constexpr int kSignals[2] = {SIGINT, SIGTERM};
  void (*before_[2])(int);
};

// What came, for the one thread that answers: from the stream's reader and from whoever types.
class Inbox {
 public:
  struct Item {
    std::optional<ConnectResponse> response;
    std::optional<std::string> line;
    // Of the stream, and of what is typed.
    bool stream_ended = false;
    bool lines_ended = false;
  };

  void Put(Item item) {
    const std::lock_guard<std::mutex> lock(mutex_);
    items_.push_back(std::move(item));
    arrived_.notify_one();
  }

  // Blocks for at most a tick.
  std::optional<Item> Take() {
    std::unique_lock<std::mutex> lock(mutex_);
    arrived_.wait_for(lock, kTick, [this] { return !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    Item item = std::move(items_.front());
    items_.pop_front();
    return item;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Item> items_;  // Guarded by mutex_.
};

// One stream after the other, until the desk leaves.
class DesktopRun {
 public:
  DesktopRun(DesktopService::Stub& stub, Desk& desk, bool typed, Context& context)
      : stub_(stub), desk_(desk), inbox_(std::make_shared<Inbox>()), context_(context) {
    if (typed) ReadLines();
  }

  absl::Status Run() {
    for (int attempts = 0;; ++attempts) {
      const absl::Status why = RunStream(attempts);
      if (left_) return absl::OkStatus();
      if (!why.ok() && !absl::IsUnavailable(why) && !absl::IsResourceExhausted(why)) return why;
      if (attempts >= kReconnectsMax) return status::Annotated(why, "tried again and again");
      const absl::Duration rising = std::min(kReconnectWaitMax, kReconnectWaitMin * (1 << std::min(attempts, 10)));
      context_.err << "the stream is lost, trying again" << std::endl;
      Pause(std::min(kReconnectWaitMax, status::RetryDelayOf(why).value_or(rising)));
      if (interrupted != 0) return absl::OkStatus();
    }
  }

 private:
  using Stream = grpc::ClientReaderWriter<ConnectRequest, ConnectResponse>;

  absl::Status RunStream(int& attempts) {
    grpc::ClientContext call;
    const std::unique_ptr<Stream> stream = stub_.Connect(&call);
    stream->Write(desk_.Hello(context_.clock.Monotonic()));
    std::thread reader([&stream, inbox = inbox_] {
      ConnectResponse response;
      while (stream->Read(&response)) inbox->Put({.response = response});
      inbox->Put({.stream_ended = true});
    });
    Answer(*stream, attempts);
    // Whoever left has said goodbye: the suite ends the stream. A lost one ends by itself.
    stream->WritesDone();
    reader.join();
    return rpc::FromGrpcStatus(stream->Finish());
  }

  // Until the stream ends or the desk leaves.
  void Answer(Stream& stream, int& attempts) {
    while (!left_) {
      const std::optional<Inbox::Item> item = inbox_->Take();
      if (item.has_value() && item->stream_ended) return;
      if (item.has_value() && item->response.has_value()) {
        attempts = 0;
        Act(desk_.OnResponse(*item->response, context_.clock.Monotonic()), stream);
      }
      if (item.has_value() && item->line.has_value()) Act(desk_.OnLine(*item->line), stream);
      if (!left_ && (interrupted != 0 || (item.has_value() && item->lines_ended))) Act(desk_.OnLine("quit"), stream);
      if (!left_) Act(desk_.OnTime(context_.clock.Monotonic()), stream);
    }
  }

  void Act(const Desk::Reaction& reaction, Stream& stream) {
    if (!reaction.text.empty()) context_.out << reaction.text << std::flush;
    for (const ConnectRequest& request : reaction.send) stream.Write(request);
    left_ = left_ || reaction.leave;
  }

  // On a thread of its own that nobody waits for: a terminal gives no line until somebody types one.
  void ReadLines() {
    std::thread([&in = context_.in, inbox = inbox_] {
      std::string line;
      while (std::getline(in, line)) inbox->Put({.line = line});
      inbox->Put({.lines_ended = true});
    }).detach();
  }

  DesktopService::Stub& stub_;
  Desk& desk_;
  const std::shared_ptr<Inbox> inbox_;
  Context& context_;
  bool left_ = false;
};

// As the suite takes it.
constexpr int kCapacityMax = 20;

struct DesktopFlags {
  Desk::Options desk;
  std::string work_time = "2s";
  std::optional<int> leave_after;
  std::shared_ptr<const std::string> zone;
};

absl::StatusOr<int> Desktop(const DesktopFlags& flags, Context& context) {
  Desk::Options options = flags.desk;
  if (options.capacity < 1 || options.capacity > kCapacityMax)
    return absl::InvalidArgumentError(absl::StrCat("--capacity: must be 1 to ", kCapacityMax));
  options.json = context.json;
  options.colour = context.terminal.colour;
  options.width = context.terminal.width;
  ASSIGN_OR_RETURN(options.zone, ZoneOf(*flags.zone));
  const absl::StatusOr<absl::Duration> work_time = config::ParseDuration(flags.work_time);
  if (!work_time.ok()) return status::Annotated(work_time.status(), "--work-time");
  options.work_time = *work_time;
  if (flags.leave_after.has_value() && *flags.leave_after < 1)
    return absl::InvalidArgumentError("--leave-after: must be 1 or more");
  options.leave_after = flags.leave_after.value_or(0);
  ASSIGN_OR_RETURN(const auto stub, StubOf<DesktopService>(context));
  const AskedToLeave asked;
  Desk desk(options);
  RETURN_IF_ERROR(DesktopRun(*stub, desk, /*typed=*/!options.automatic, context).Run());
  return runtime::kExitOk;
}

}  // namespace

void AddDesktop(CLI::App& app, Context& context) {
  auto flags = std::make_shared<DesktopFlags>();
  CLI::App* command = DeclareRemote(app, context,
                                    {.name = "desktop",
                                     .what = "An agent's desktop: shows offers, takes accept, decline, resolve, away, quit",
                                     .example = "touchstone desktop --agent ana --skills delivery,german\n"
                                                "touchstone desktop --agent bot --auto --work-time 5s"},
                                    [flags, &context] { return Desktop(*flags, context); });
  command->add_option("--agent", flags->desk.agent, "Who works here")->required()->type_name("ID");
  command->add_option("--skills", flags->desk.skills, "What they know, with commas")->delimiter(',')->type_name("A,B");
  command->add_option("--capacity", flags->desk.capacity, "Escalations at once, 1 to 20 [1]")->type_name("N");
  command->add_flag("--auto", flags->desk.automatic, "Accepts every offer and resolves it by itself");
  command->add_option("--work-time", flags->work_time, "With --auto: from accepting to resolving [2s]")->type_name("SPAN");
  command->add_option("--leave-after", flags->leave_after, "Leaves once so many are resolved")->type_name("N");
  flags->zone = AddZoneFlag(*command);
}

}  // namespace touchstone::cli
