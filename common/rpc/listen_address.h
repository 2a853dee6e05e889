#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace touchstone::rpc {

// The words that a configuration must say, exactly, for plain text on an address that others reach.
inline constexpr absl::string_view kRemotePlaintextWords = "yes, without TLS";

// True for `127.x.y.z:port`, `localhost:port`, `[::1]:port`, `unix:path` and `unix-abstract:name`.
bool ReachableFromHereOnly(absl::string_view address);

// INVALID_ARGUMENT where `address` is none of host:port and unix:path, or others reach it and `allow_remote_plaintext` is not
// kRemotePlaintextWords. Both say what to write instead.
absl::Status CheckListenAddress(absl::string_view address, absl::string_view allow_remote_plaintext);

// INVALID_ARGUMENT where nothing can be reached at `address` whatever runs there: it is none of host:port (1 to 65535) and
// unix:path. Says what to write instead.
absl::Status CheckServerAddress(absl::string_view address);

// FAILED_PRECONDITION where a process answers at the socket file of a `unix:` address: gRPC would remove that file and
// take the address over without a word. INVALID_ARGUMENT where its folder is not there. OK for all other addresses. Blocks for a
// connect to a local socket.
absl::Status CheckSocketFileIsFree(absl::string_view address);

// What listening at `address` would end with, before anything is made for it: CheckListenAddress, CheckSocketFileIsFree, and the
// kernel is asked, for gRPC tells of a port in use on stderr in words of its own. Another process may still be faster.
absl::Status CheckListening(const std::string& address, absl::string_view allow_remote_plaintext);

// Why listening at `address` did not work: asks the kernel again, for gRPC does not say. INVALID_ARGUMENT where it is no address
// of this machine, else FAILED_PRECONDITION.
absl::Status WhyNotListening(const std::string& address);

}  // namespace touchstone::rpc
