#include <signal.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "common/clock/system_clock.h"
#include "common/eventlog/embedded/embedded_log.h"
#include "common/eventlog/topics_manifest.h"
#include "common/rpc/client.h"
#include "common/status/macros.h"
#include "tests/e2e/resending_sender.h"
#include "tests/e2e/soak.d/soak.h"
#include "tests/e2e/suite_process.h"
#include "tools/cli/pause.h"

namespace touchstone::e2e {
namespace {

using ingestion::v1::IngestionService;
using operations::v1::OperationsService;

constexpr int kPartitions = 4;
constexpr absl::Duration kReadyWithin = absl::Seconds(30);
constexpr absl::Duration kIdleWithin = absl::Minutes(10);
constexpr absl::Duration kLookEvery = absl::Milliseconds(200);
constexpr int kIdleLooks = 5;

bool IsIdle(const operations::v1::GetStatusResponse& status) {
  for (const operations::v1::TaskStatus& task : status.tasks()) {
    if (task.lag() > 0) return false;
  }
  return true;
}

absl::Status AwaitIdle(const std::shared_ptr<grpc::Channel>& channel, const clock::Clock& clock) {
  const auto stub = OperationsService::NewStub(channel);
  const absl::Duration deadline = clock.Monotonic() + kIdleWithin;
  for (int idle = 0; idle < kIdleLooks;) {
    const auto status = rpc::Call(*stub, &OperationsService::Stub::GetStatus, operations::v1::GetStatusRequest());
    idle = status.ok() && IsIdle(*status) ? idle + 1 : 0;
    if (clock.Monotonic() > deadline) return absl::DeadlineExceededError("the undisturbed run does not come to rest");
    cli::Pause(kLookEvery);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunUndisturbed(const KillTraffic& traffic, const std::string& folder, const std::string& secret, Outcome& outcome) {
  const clock::SystemClock clock;
  SuiteProcess suite(folder + "/calm.socket", folder + "/calm.log",
                     {"--data-dir", folder + "/calm", "--set", absl::StrCat("secret_file=", secret)});
  if (!suite.AwaitReady(kReadyWithin)) return absl::UnavailableError("`touchstone up` is not ready: read calm.log");
  RETURN_IF_ERROR(AllowSends(suite.address(), traffic, Soak::kAllowedMax));
  ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> channel, rpc::Connect(suite.address()));
  ResendingSender sender(traffic.size(), [&](size_t i) { return traffic.At(i); });
  RETURN_IF_ERROR(sender.SendOn(*IngestionService::NewStub(channel), [](size_t) {}));
  RETURN_IF_ERROR(AwaitIdle(channel, clock));
  channel.reset();
  suite.Signal(SIGTERM);
  if (suite.Wait() != 0) return absl::InternalError("`touchstone up` did not end well: read calm.log");
  ASSIGN_OR_RETURN(const eventlog::TopicsManifest manifest, eventlog::ReadTopicsManifest("deploy/topics.yaml"));
  eventlog::EmbeddedOptions options;
  options.folder = folder + "/calm/log";
  options.topics = manifest.catalog.WithPartitions(kPartitions);
  ASSIGN_OR_RETURN(const auto log, eventlog::OpenEmbeddedLog(options, clock));
  return outcome.ReadAll(*log);
}

}  // namespace touchstone::e2e
