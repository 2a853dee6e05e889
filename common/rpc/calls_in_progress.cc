#include "common/rpc/calls_in_progress.h"

#include <grpc/grpc.h>
#include <grpc/support/alloc.h>

#include <memory>

#include "absl/strings/numbers.h"

namespace touchstone::rpc {
namespace {

// The sum of a counter's values. Counters are strings in proto3's JSON, and are left out where they are 0.
int64_t Sum(absl::string_view json, absl::string_view key) {
  int64_t sum = 0;
  for (size_t at = json.find(key); at != absl::string_view::npos; at = json.find(key, at)) {
    at += key.size();
    const size_t end = json.find('"', at);
    int64_t value = 0;
    if (end != absl::string_view::npos && absl::SimpleAtoi(json.substr(at, end - at), &value)) sum += value;
  }
  return sum;
}

}  // namespace

int64_t CallsInProgressOf(absl::string_view servers) {
  return Sum(servers, "\"callsStarted\":\"") - Sum(servers, "\"callsSucceeded\":\"") - Sum(servers, "\"callsFailed\":\"");
}

int64_t CallsInProgress() {
  const std::unique_ptr<char, void (*)(void*)> servers(grpc_channelz_get_servers(0), gpr_free);
  return servers == nullptr ? 0 : CallsInProgressOf(servers.get());
}

}  // namespace touchstone::rpc
