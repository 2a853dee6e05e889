#ifndef TOUCHSTONE_COMMON_RPC_CALLS_IN_PROGRESS_H_
#define TOUCHSTONE_COMMON_RPC_CALLS_IN_PROGRESS_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace touchstone::rpc {

// How many calls the servers of this process have begun and not ended, as gRPC counts them anyway (channelz): nothing is paid
// for it by a call. Any thread.
int64_t CallsInProgress();

// From channelz' list of servers, in JSON.
int64_t CallsInProgressOf(absl::string_view servers);

}  // namespace touchstone::rpc

#endif  // TOUCHSTONE_COMMON_RPC_CALLS_IN_PROGRESS_H_
