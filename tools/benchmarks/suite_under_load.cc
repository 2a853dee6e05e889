#include "tools/benchmarks/suite_under_load.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/rpc/client.h"
#include "common/status/macros.h"
#include "tools/benchmarks/servers.h"
#include "touchstone/operations/v1/operations_service.grpc.pb.h"

namespace touchstone::benchmarks {
namespace {

namespace v1 = touchstone::operations::v1;

constexpr absl::Duration kReadyWithin = absl::Seconds(30);
constexpr absl::Duration kProcessedWithin = absl::Minutes(1);
constexpr absl::Duration kLook = absl::Milliseconds(10);

absl::StatusOr<int64_t> LagOf(v1::OperationsService::Stub& stub) {
  ASSIGN_OR_RETURN(const v1::GetStatusResponse status,
                   rpc::Call(stub, &v1::OperationsService::Stub::GetStatus, v1::GetStatusRequest()));
  int64_t lag = 0;
  for (const v1::TaskStatus& task : status.tasks()) {
    if (!task.stopped().empty())
      return absl::FailedPreconditionError(absl::StrCat("task ", task.kind(), " stands still: ", task.stopped()));
    lag += task.lag();
  }
  return lag;
}

}  // namespace

void Bench::Say(const std::string& what) const { std::fprintf(stderr, "… %s\n", what.c_str()); }

std::string DataFolderOf(const Bench& bench, const std::string& which) { return absl::StrCat(bench.folder, "/", which); }

absl::StatusOr<Server> StartServer(const Bench& bench, const std::string& which) {
  Server server;
  ASSIGN_OR_RETURN(server.process, Child::Start({kServeWord, which, DataFolderOf(bench, which)},
                                                absl::StrCat(bench.folder, "/", which, ".log"), bench.clock, kReadyWithin));
  ASSIGN_OR_RETURN(server.channel, rpc::Connect(server.process->address()));
  return server;
}

absl::Status AwaitProcessed(const Server& suite, const clock::Clock& clock) {
  const std::unique_ptr<v1::OperationsService::Stub> stub = v1::OperationsService::NewStub(suite.channel);
  const absl::Duration deadline = clock.Monotonic() + kProcessedWithin;
  while (clock.Monotonic() < deadline) {
    ASSIGN_OR_RETURN(const int64_t lag, LagOf(*stub));
    if (lag == 0) return absl::OkStatus();
    absl::SleepFor(kLook);
  }
  return absl::DeadlineExceededError("the suite has not processed everything in a minute");
}

}  // namespace touchstone::benchmarks
