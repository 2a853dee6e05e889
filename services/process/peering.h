#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/peers/owner_table.h"
#include "common/peers/ownership_news.h"
#include "common/rpc/server.h"
#include "common/runtime/log.h"
#include "common/stream/task_reader.h"
#include "services/process/process.h"

namespace touchstone::process {

// `address`, at which a server listens, as others reach it: `host` where it is every address of the machine.
std::string ReachableAddress(const std::string& address, const std::string& host);

// How this process knows the other instances of its service, and they it. Where nobody shares the log it does nothing.
//
//   Peering peering(...);
//   Worker worker(... on_owned = peering.OnOwned ...);
//   const std::unique_ptr<TaskReader> shared = peering.ReaderOver(worker);
//   Server server(...);  peering.AnswerOn(server, worker);  server.Start();
//   peering.Begin(server.address());
class Peering {
 public:
  // `kinds`: of the process's tasks. All others outlive it.
  Peering(const ProcessConfig& config, std::vector<eventlog::TaskKind> kinds, eventlog::EventLog& log, const clock::Clock& clock,
          runtime::Log& runtime_log);

  // For WorkerOptions::on_owned.
  void OnOwned(absl::string_view kind, const std::vector<int>& partitions);

  // Reads `local`'s tasks and those that others have; null where nobody shares the log. Ends before
  // `local`.
  std::unique_ptr<stream::TaskReader> ReaderOver(stream::TaskReader& local);

  // From then on others are answered from `local`.
  void AnswerOn(rpc::Server& server, stream::TaskReader& local);

  // `server_address`: where that server listens.
  void Begin(const std::string& server_address);

 private:
  const ProcessConfig& config_;
  const std::vector<eventlog::TaskKind> kinds_;
  eventlog::EventLog& log_;
  const clock::Clock& clock_;
  runtime::Log& runtime_log_;
  peers::OwnerTable owners_;
  // Null: nobody shares the log.
  std::unique_ptr<peers::OwnershipNews> news_;
};

}  // namespace touchstone::process
