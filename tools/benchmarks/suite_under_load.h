#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "tools/benchmarks/child.h"
#include "tools/benchmarks/report.h"
#include "tools/benchmarks/requests.h"

namespace touchstone::benchmarks {

// What all measurements are given.
struct Bench {
  const clock::Clock& clock;
  Report& report;
  // All that the suite is ever sent comes from here, so that nothing is a repeat.
  Requests& requests;
  // Fewer and shorter rounds.
  bool quick = false;
  // Everything that is written goes below it.
  std::string folder;

  // On stderr: what is being measured now.
  void Say(const std::string& what) const;
};

// A server of ours, and a connection to it.
struct Server {
  std::unique_ptr<Child> process;
  std::shared_ptr<grpc::Channel> channel;
};

// Starts `which` (servers.h) with the data folder `folder`/`which`, kept from an earlier start where there was one.
absl::StatusOr<Server> StartServer(const Bench& bench, const std::string& which);

// Where a server of that kind keeps its data.
std::string DataFolderOf(const Bench& bench, const std::string& which);

// Blocks until the tasks of a suite have processed all that was acknowledged. DEADLINE_EXCEEDED: they have not in a minute;
// FAILED_PRECONDITION: one stands still.
absl::Status AwaitProcessed(const Server& suite, const clock::Clock& clock);

}  // namespace touchstone::benchmarks
