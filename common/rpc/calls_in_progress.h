#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace touchstone::rpc {

// How many calls the servers of this process have begun and not ended, as gRPC counts them anyway (channelz): nothing is paid
// for it by a call. Any thread.
int64_t CallsInProgress();

// From channelz' list of servers, in JSON.
int64_t CallsInProgressOf(absl::string_view servers);

}  // namespace touchstone::rpc
