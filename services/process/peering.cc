#include "services/process/peering.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/peers/peer_reader.h"
#include "common/peers/peer_service.h"
#include "common/rpc/listen_address.h"
#include "services/process/host_name.h"

namespace touchstone::process {
std::string ReachableAddress(const std::string& address, const std::string& host) {
  for (absl::string_view all : {"0.0.0.0:", "[::]:", "*:"}) {
    absl::string_view port = address;
    if (absl::ConsumePrefix(&port, all)) return absl::StrCat(host, ":", port);
  }
  return address;
}

Peering::Peering(const ProcessConfig& config, std::vector<eventlog::TaskKind> kinds, eventlog::EventLog& log,
                 const clock::Clock& clock, runtime::Log& runtime_log)
    : config_(config), kinds_(std::move(kinds)), log_(log), clock_(clock), runtime_log_(runtime_log) {
  if (!config.has_kafka() || kinds_.empty()) return;  // One process has the whole log, or there is nothing to ask for.
  std::vector<std::string> names;
  for (const eventlog::TaskKind& kind : kinds_) names.push_back(kind.name);
  news_ = std::make_unique<peers::OwnershipNews>(log, clock, owners_, config.instance(), names, [this](const absl::Status& why) {
    runtime_log_.Warning("owners.unknown", {{"why", why.message()}});
  });
}

void Peering::OnOwned(absl::string_view kind, const std::vector<int>& partitions) {
  if (news_ != nullptr) news_->OnOwned(kind, partitions);
}

std::unique_ptr<stream::TaskReader> Peering::ReaderOver(stream::TaskReader& local) {
  if (news_ == nullptr) return nullptr;
  return std::make_unique<peers::PeerReader>(local, kinds_, owners_, log_, clock_, config_.instance());
}

void Peering::AnswerOn(rpc::Server& server, stream::TaskReader& local) {
  if (news_ != nullptr) peers::AddPeerService(server, local);
}

void Peering::Begin(const std::string& server_address) {
  if (news_ == nullptr) return;
  const std::string address = config_.advertise().empty() ? ReachableAddress(server_address, HostName()) : config_.advertise();
  // Where instances run on other machines, `advertise` is missing.
  runtime_log_.Info(
      "peers.advertised",
      {{"address", address}, {"reached_from", rpc::ReachableFromHereOnly(address) ? "this machine alone" : "others"}});
  news_->Begin(address);
}

}  // namespace touchstone::process
