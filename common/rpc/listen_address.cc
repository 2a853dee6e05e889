#include "common/rpc/listen_address.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/macros.h"

namespace touchstone::rpc {
namespace {

struct HostPort {
  std::string host;
  std::string port;
};

bool IsUnix(absl::string_view address) {
  return absl::StartsWith(address, "unix:") || absl::StartsWith(address, "unix-abstract:");
}

// `host:port` or `[v6]:port`; the port must be there.
std::optional<HostPort> Split(absl::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == absl::string_view::npos || colon == 0) return std::nullopt;
  absl::string_view host = address.substr(0, colon);
  const absl::string_view port = address.substr(colon + 1);
  int number = 0;
  if (!absl::SimpleAtoi(port, &number) || number < 0 || number > 65535) return std::nullopt;
  if (absl::ConsumePrefix(&host, "[")) {
    if (!absl::ConsumeSuffix(&host, "]")) return std::nullopt;
  } else if (absl::StrContains(host, ":")) {
    return std::nullopt;
  }
  return HostPort{std::string(host), std::string(port)};
}

absl::Status InUse(absl::string_view address) {
  return absl::FailedPreconditionError(
      absl::StrCat("address ", address, " is in use: another touchstone runs there, or choose --listen"));
}

// The errno that bind or listen gives at `found`; 0 if it works now.
int TryToListen(const addrinfo& found) {
  const int fd = socket(found.ai_family, found.ai_socktype | SOCK_CLOEXEC, found.ai_protocol);
  if (fd < 0) return errno;
  const absl::Cleanup close_fd = [fd] { close(fd); };
  // As gRPC does: a port whose last connections are still closing is free.
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(fd, found.ai_addr, found.ai_addrlen) != 0 || listen(fd, 1) != 0) return errno;
  return 0;
}

absl::Status NotListening(absl::string_view address, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("cannot listen at ", address, ": ", why, "; choose --listen"));
}

// The address can be none of this machine's, whatever runs on it.
absl::Status NoAddressHere(absl::string_view address, absl::string_view why) {
  return absl::InvalidArgumentError(NotListening(address, why).message());
}

}  // namespace

bool ReachableFromHereOnly(absl::string_view address) {
  if (IsUnix(address)) return true;
  const std::optional<HostPort> split = Split(address);
  if (!split.has_value()) return false;
  // By its digits: a name like 127.example.org is none of ours.
  const bool v4 = absl::StartsWith(split->host, "127.") && split->host.find_first_not_of("0123456789.") == std::string::npos;
  return v4 || split->host == "localhost" || split->host == "::1";
}

absl::Status CheckListenAddress(absl::string_view address, absl::string_view allow_remote_plaintext) {
  if (!IsUnix(address) && !Split(address).has_value()) {
    return absl::InvalidArgumentError(absl::StrCat("listen address '", address,
                                                   "' is no HOST:PORT and no unix:PATH; write 127.0.0.1:7300, [::1]:7300 or "
                                                   "unix:/run/touchstone.sock (port 0: any free one)"));
  }
  if (ReachableFromHereOnly(address) || allow_remote_plaintext == kRemotePlaintextWords) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("address ", address,
                   " may be reached from other machines, and this server speaks without TLS: listen at 127.0.0.1, or say "
                   "allow_remote_plaintext: \"",
                   kRemotePlaintextWords, "\" in the configuration"));
}

absl::Status CheckServerAddress(absl::string_view address) {
  const std::optional<HostPort> split = Split(address);
  const bool named = IsUnix(address) ? !absl::EndsWith(address, ":")
                                     : split.has_value() && split->port.find_first_not_of('0') != std::string::npos;
  if (named) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "'", address,
      "' is no address: write HOST:PORT or unix:PATH, as in 127.0.0.1:7300, [::1]:7300 or unix:/run/touchstone.sock"));
}

absl::Status CheckSocketFileIsFree(absl::string_view address) {
  if (!absl::ConsumePrefix(&address, "unix:")) return absl::OkStatus();
  const std::string path(absl::StartsWith(address, "//") ? address.substr(2) : address);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(name.sun_path)) {
    return NoAddressHere(absl::StrCat("unix:", path),
                         absl::StrCat("a socket's path has 1 to ", sizeof(name.sun_path) - 1, " bytes"));
  }
  std::memcpy(name.sun_path, path.data(), path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return NotListening(absl::StrCat("unix:", path), std::strerror(errno));
  const absl::Cleanup close_fd = [fd] { close(fd); };
  // Else gRPC finds out, and says so on stderr in words of its own.
  if (const size_t slash = path.rfind('/'); slash != std::string::npos && access(path.substr(0, slash + 1).c_str(), F_OK) != 0)
    return NoAddressHere(absl::StrCat("unix:", path), "its folder is not there");
  if (connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0) return InUse(absl::StrCat("unix:", path));
  return absl::OkStatus();
}

namespace {

// OK where the kernel would let a server listen there now.
absl::Status AskKernel(const std::string& address, const HostPort& split) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(split.host.c_str(), split.port.c_str(), &hints, &found); error != 0) {
    return NoAddressHere(address, gai_strerror(error));
  }
  const absl::Cleanup free_found = [found] { freeaddrinfo(found); };
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    const int error = TryToListen(*one);
    if (error == EADDRINUSE) return InUse(address);
    if (error == EADDRNOTAVAIL) return NoAddressHere(address, std::strerror(error));
    if (error != 0) return NotListening(address, std::strerror(error));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckListening(const std::string& address, absl::string_view allow_remote_plaintext) {
  RETURN_IF_ERROR(CheckListenAddress(address, allow_remote_plaintext));
  RETURN_IF_ERROR(CheckSocketFileIsFree(address));
  return IsUnix(address) ? absl::OkStatus() : AskKernel(address, *Split(address));
}

absl::Status WhyNotListening(const std::string& address) {
  const std::optional<HostPort> split = Split(address);
  if (IsUnix(address) || !split.has_value()) return NotListening(address, "is its folder there, and may this user write to it?");
  RETURN_IF_ERROR(AskKernel(address, *split));
  return NotListening(address, "gRPC could not, though the address is free now");
}

}  // namespace touchstone::rpc
