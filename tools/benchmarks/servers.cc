#include "tools/benchmarks/servers.h"

#include <cstdio>
#include <functional>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/rpc/grpc_log.h"
#include "common/rpc/server.h"
#include "common/runtime/host.h"
#include "common/status/macros.h"
#include "services/ingestion/ingestion_part.h"
#include "services/process/process.h"
#include "services/suite/suite.h"
#include "tools/benchmarks/idle_ingestion.h"

namespace touchstone::benchmarks {
namespace {

constexpr char kAnyPort[] = "127.0.0.1:0";

void SayReady(const std::string& address) {
  std::printf("ready %s\n", address.c_str());
  std::fflush(stdout);
}

absl::Status ServeIdle(runtime::Host& host, std::unique_ptr<grpc::Service> service) {
  rpc::ServerOptions options;
  options.listen = kAnyPort;
  rpc::Server server(host.clock(), options);
  server.Add(ingestion::v1::IngestionService::service_full_name(), std::move(service));
  RETURN_IF_ERROR(server.Start());
  server.SetServing(true);
  SayReady(server.address());
  return host.RunUntilStopped();
}

}  // namespace

absl::Status ServeForBench(absl::string_view which, const std::string& folder) {
  runtime::Host host("touchstone-bench", runtime::Flags());
  if (which == kIdle) return ServeIdle(host, MakeIdleIngestion());
  if (which == kIdleParsing) return ServeIdle(host, MakeIdleParsingIngestion());
  ASSIGN_OR_RETURN(const process::ProcessConfig config,
                   process::ReadProcessConfig(
                       "", {absl::StrCat("listen=", kAnyPort), absl::StrCat("embedded.data_dir=", folder), "pack=retail"}));
  if (which == kSuite) return suite::ServeSuite(host, config, SayReady);
  if (which == kIngestionOnly) {
    return process::Serve(host, config, process::Whole::kSuite, {ingestion::MakeIngestionPart}, SayReady);
  }
  return absl::InvalidArgumentError(absl::StrCat("there is no server '", which, "'"));
}

}  // namespace touchstone::benchmarks
