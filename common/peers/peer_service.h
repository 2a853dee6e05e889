#pragma once

#include "common/rpc/server.h"
#include "common/stream/task_reader.h"

namespace touchstone::peers {

// Adds PeerService, which answers from the tasks of this process alone. `local` outlives the server.
void AddPeerService(rpc::Server& server, stream::TaskReader& local);

}  // namespace touchstone::peers
