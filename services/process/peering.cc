#include "services/process/peering.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/peers/peer_reader.h"
#include "common/peers/peer_service.h"
#include "services/process/host_name.h"

namespace touchstone::process {
std::string ReachableAddress(const std::string& address, const std::string& host) {
  for (absl::string_view all : {"0.0.0.0:", "[::]:", "*:"}) {
    absl::string_view port = address;
    if (absl::ConsumePrefix(&port, all)) return absl::StrCat(host, ":", port);
  }
  return address;
}

Peering::Peering(const ProcessConfig& config, eventlog::EventLog& log, const clock::Clock& clock, runtime::Log& runtime_log)
    : config_(config), log_(log), clock_(clock) {
  if (!config.has_kafka()) return;  // One process has the whole log.
  news_ = std::make_unique<peers::OwnershipNews>(log, clock, owners_, config.instance(), [&runtime_log](const absl::Status& why) {
    runtime_log.Warning("owners.unknown", {{"why", why.message()}});
  });
}

void Peering::OnOwned(absl::string_view kind, const std::vector<int>& partitions) {
  if (news_ != nullptr) news_->OnOwned(kind, partitions);
}

std::unique_ptr<stream::TaskReader> Peering::ReaderOver(stream::TaskReader& local, std::vector<eventlog::TaskKind> kinds) {
  if (news_ == nullptr) return nullptr;
  return std::make_unique<peers::PeerReader>(local, std::move(kinds), owners_, log_, clock_, config_.instance());
}

void Peering::AnswerOn(rpc::Server& server, stream::TaskReader& local) {
  if (news_ != nullptr) peers::AddPeerService(server, local);
}

void Peering::Begin(const std::string& server_address) {
  if (news_ == nullptr) return;
  news_->Begin(config_.advertise().empty() ? ReachableAddress(server_address, HostName()) : config_.advertise());
}

}  // namespace touchstone::process
