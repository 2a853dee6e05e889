#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/names/name_secret.h"
#include "common/rpc/server.h"
#include "common/stream/processor.h"
#include "common/stream/task_reader.h"

namespace touchstone::process {

// What a process offers to the services in it. All of it outlives them.
struct Surroundings {
  eventlog::EventLog& log;
  const clock::Clock& clock;
  const names::NameSecret& secret;
  // The folder of the pack in use, and the folders of all that it is made of: what it extends first, itself last.
  std::string pack_folder;
  std::vector<std::string> pack_folders;
  // What tells this process from others of its kind.
  std::string instance;
};

// A pack as it was loaded, for OperationsService.
struct LoadedPack {
  std::string name;
  int version = 0;
  int rule_count = 0;
};

// One service as a part of a process: the tasks it runs and the calls it answers.
class Part {
 public:
  virtual ~Part() = default;

  virtual std::vector<stream::TaskDefinition> Tasks() { return {}; }

  // Before the server starts. `tasks` reads the state of this process's tasks, and outlives the part.
  virtual absl::Status AddTo(rpc::Server& server, stream::TaskReader& tasks) = 0;

  virtual std::vector<LoadedPack> Packs() const { return {}; }
};

using MakePart = std::function<absl::StatusOr<std::unique_ptr<Part>>(const Surroundings&)>;

}  // namespace touchstone::process
