#include "services/process/process.h"

#include <filesystem>
#include <memory>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/clock/believed_clock.h"
#include "common/config/file_text.h"
#include "common/config/flag.h"
#include "common/config/yaml.h"
#include "common/rpc/grpc_log.h"
#include "common/rpc/listen_address.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/stream/worker.h"
#include "services/operations/operations_service.h"
#include "services/process/host_name.h"
#include "services/process/open_log.h"
#include "services/process/pack_chain.h"
#include "services/process/peering.h"
#include "services/process/secret.h"
#include "services/process/task_health.h"
#include "services/process/worker_thread.h"

namespace touchstone::process {
namespace {

constexpr absl::Duration kSecretTimeout = absl::Seconds(30);

void FillDefaults(ProcessConfig& config) {
  auto fill = [](std::string* field, absl::string_view value) {
    if (field->empty()) *field = std::string(value);
  };
  fill(config.mutable_listen(), "127.0.0.1:7300");
  fill(config.mutable_instance(), HostName());
  fill(config.mutable_packs_dir(), "deploy/packs");
  fill(config.mutable_pack(), "retail");
  fill(config.mutable_topics_file(), "deploy/topics.yaml");
  if (config.log_case() == ProcessConfig::LOG_NOT_SET) config.mutable_embedded();
  if (config.has_embedded()) {
    fill(config.mutable_embedded()->mutable_data_dir(), "var/touchstone");
    if (config.embedded().partitions() == 0) config.mutable_embedded()->set_partitions(4);
  } else {
    fill(config.mutable_kafka()->mutable_data_dir(), "var/touchstone-kafka");
  }
}

absl::Status CheckWhole(const ProcessConfig& config, Whole whole) {
  if (whole == Whole::kSuite || config.has_kafka()) return absl::OkStatus();
  return status::InvalidField(
      "kafka.bootstrap_servers",
      "is required: a service alone shares its topics with other processes, which the embedded log cannot; set it in "
      "--config or with --set, or run all services in one process with `touchstone up`");
}

// The defaults of both are relative: whoever starts elsewhere is told what to set.
absl::Status CheckFiles(const ProcessConfig& config) {
  for (const auto& [field, path] : {std::pair("topics_file", config.topics_file()), std::pair("packs_dir", config.packs_dir())}) {
    if (std::filesystem::exists(path)) continue;
    return absl::NotFoundError(absl::StrCat(field, ": there is no '", path,
                                            "' seen from here: start in the project's folder, or use --set ", field, "=PATH"));
  }
  return absl::OkStatus();
}

rpc::ServerOptions ServerOptionsOf(const ProcessConfig& config, metrics::Metrics& metrics) {
  rpc::ServerOptions options;
  options.listen = config.listen();
  options.allow_remote_plaintext = config.allow_remote_plaintext();
  options.metrics = &metrics;
  return options;
}

stream::WorkerOptions WorkerOptionsOf(const ProcessConfig& config, runtime::Log& log, TaskHealth& health, Peering& peering) {
  stream::WorkerOptions options;
  options.member.instance = config.instance();
  options.on_stopped = [&log](absl::string_view kind, int partition, const absl::Status& why) {
    log.Error("task.stopped", {{"kind", kind}, {"partition", partition}, {"why", why.message()}});
  };
  options.on_runs = [&health](absl::string_view kind, bool runs) { health.OnRuns(kind, runs); };
  options.on_owned = [&peering](absl::string_view kind, const std::vector<int>& partitions) {
    peering.OnOwned(kind, partitions);
  };
  return options;
}

// The parts of a process, and what they bring.
struct Parts {
  std::vector<std::unique_ptr<Part>> parts;
  std::vector<std::vector<std::string>> kinds;  // Of each part.
  std::vector<stream::TaskDefinition> tasks;
  std::vector<LoadedPack> packs;
};

absl::StatusOr<Parts> MakeParts(const std::vector<MakePart>& make_parts, const Surroundings& surroundings) {
  Parts made;
  for (const MakePart& make : make_parts) {
    ASSIGN_OR_RETURN(std::unique_ptr<Part> part, make(surroundings));
    made.kinds.emplace_back();
    for (stream::TaskDefinition& task : part->Tasks()) {
      made.kinds.back().push_back(task.kind.name);
      made.tasks.push_back(std::move(task));
    }
    for (LoadedPack& pack : part->Packs()) made.packs.push_back(std::move(pack));
    made.parts.push_back(std::move(part));
  }
  return made;
}

std::vector<eventlog::TaskKind> KindsOf(const std::vector<stream::TaskDefinition>& tasks) {
  std::vector<eventlog::TaskKind> kinds;
  for (const stream::TaskDefinition& task : tasks) kinds.push_back(task.kind);
  return kinds;
}

// The calls of the parts; health knows on which tasks they rest.
absl::Status AddServices(const Parts& made, stream::TaskReader& tasks, rpc::Server& server, TaskHealth& health) {
  for (size_t i = 0; i < made.parts.size(); ++i) {
    const size_t others = server.names().size();
    RETURN_IF_ERROR(made.parts[i]->AddTo(server, tasks));
    health.Add({server.names().begin() + static_cast<std::ptrdiff_t>(others), server.names().end()}, made.kinds[i]);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ProcessConfig> ReadProcessConfig(const std::string& file, const std::vector<std::string>& overrides) {
  ProcessConfig config;
  if (!file.empty()) {
    const absl::StatusOr<std::string> text = touchstone::config::ReadFileText(file, touchstone::config::kYamlBytesMax);
    if (!text.ok()) return absl::Status(text.status().code(), absl::StrCat("configuration file ", text.status().message()));
    RETURN_IF_ERROR(touchstone::config::ParseYaml(file, *text, &config));
  }
  for (const std::string& flag : overrides) RETURN_IF_ERROR(touchstone::config::ApplyFlag(&config, flag));
  FillDefaults(config);
  return config;
}

absl::Status Serve(runtime::Host& host, const ProcessConfig& config, Whole whole, const std::vector<MakePart>& make_parts,
                   const std::function<void(const std::string& address)>& ready) {
  RETURN_IF_ERROR(CheckWhole(config, whole));
  const rpc::GrpcLog grpc_log(&host.log());
  const clock::BelievedClock clock(host.clock());
  RETURN_IF_ERROR(CheckFiles(config));
  // Before the log: a start that fails here leaves no folder behind.
  RETURN_IF_ERROR(rpc::CheckListening(config.listen(), config.allow_remote_plaintext()));
  // A secret that is stated is looked at before a broker is asked; an embedded folder's own is there once its log is open.
  if (config.has_kafka() || !config.secret_file().empty()) RETURN_IF_ERROR(OpenSecret(config).status());
  ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::EventLog> log, OpenLog(config, clock, host.log(), host.metrics()));
  ASSIGN_OR_RETURN(const names::NameSecret secret, OpenSecret(config));
  RETURN_IF_ERROR(AgreeOnSecret(secret, *log, clock, kSecretTimeout));

  ASSIGN_OR_RETURN(const std::vector<std::string> pack_folders, PackChain(config.packs_dir(), config.pack()));
  const Surroundings surroundings{*log, clock, secret, pack_folders.back(), pack_folders, config.instance()};
  ASSIGN_OR_RETURN(Parts made, MakeParts(make_parts, surroundings));
  RETURN_IF_ERROR(CheckTasks(config, made.tasks, log->topics()));
  TaskHealth health(host.metrics(), [&host](bool all_run) { host.SetServing(all_run); });
  const std::vector<eventlog::TaskKind> kinds = KindsOf(made.tasks);
  Peering peering(config, kinds, *log, clock, host.log());
  stream::Worker worker(*log, clock, std::move(made.tasks), WorkerOptionsOf(config, host.log(), health, peering));
  const std::unique_ptr<stream::TaskReader> shared = peering.ReaderOver(worker);

  rpc::Server server(clock, ServerOptionsOf(config, host.metrics()));
  RETURN_IF_ERROR(AddServices(made, shared != nullptr ? *shared : worker, server, health));
  peering.AnswerOn(server, worker);
  operations::AddTo(server, {*log, worker, clock, made.packs, DataFolder(config)});
  RETURN_IF_ERROR(server.Start());
  peering.Begin(server.address());
  // Once the threads have ended, and before the services go: what waits for an append touches them.
  const absl::Cleanup close_log = [&] {
    worker.Close();
    log->Close();
  };
  const WorkerThread worker_thread(worker, *log, clock, [&](const absl::Status& why) { host.RequestStop(why); });
  const PumpThread pump_thread(server.pump(), *log);
  health.Begin(server);
  if (ready) ready(server.address());
  absl::Status stopped = host.RunUntilStopped();
  health.End();
  server.Stop();
  return stopped;
}

}  // namespace touchstone::process
