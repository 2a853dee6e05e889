#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/eventlog/kafka/rdkafka.h"

namespace touchstone::eventlog::kafka {

// Ends the transaction that a worker left open, by taking its transactional id for a moment: the broker aborts what is open
// under it, and refuses whatever that worker, should it wake up, still says. Without it the transaction hides the group's
// offsets, the changelog and whatever others wrote behind its outputs until it times out at the broker.
//
// It may come at any time without harm to what is written: a transaction is aborted whole or was committed whole before, and who
// takes over reads on only once it is known which. It would cost a member that lives a rebuild; so only such are fenced that the
// group has no more (see Takeover). Used by one thread.
class Fence {
 public:
  static absl::StatusOr<Fence> Begin(const KafkaOptions& options, const std::string& transactional_id);

  // Goes on, in the background too; true once the id is fenced and nothing of it is open. An error: it will not be.
  absl::StatusOr<bool> Step();

  const std::string& transactional_id() const { return transactional_id_; }

 private:
  Fence(Client client, std::string transactional_id)
      : client_(std::move(client)), transactional_id_(std::move(transactional_id)) {}

  Client client_;
  std::string transactional_id_;
};

}  // namespace touchstone::eventlog::kafka
