#pragma once

#include <string>
#include <vector>

#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/rpc/server.h"
#include "common/stream/worker.h"
#include "services/process/part.h"

namespace touchstone::operations {

// What the service tells about. All of it outlives the service.
struct Subject {
  eventlog::EventLog& log;
  stream::Worker& worker;
  const clock::Clock& clock;
  std::vector<process::LoadedPack> packs;
  // Whose disk's free space is told.
  std::string data_folder;
};

// Adds OperationsService: how this process does, and its dead letters.
void AddTo(rpc::Server& server, Subject subject);

}  // namespace touchstone::operations
