#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/eventlog/kafka/fence.h"
#include "common/eventlog/kafka/group_claims.h"

namespace touchstone::eventlog::kafka {

// What a member does about whoever had its partitions before. Used by one thread.
//
// A worker's transactional id is also its id in the group, so the group knows who lives. Who claimed a partition last and is a
// member no more died or was expelled: it is fenced. A member that lives has no open transaction over partitions of others:
// services/adr/0009 says why.
class Takeover {
 public:
  // `options` and `consumer`, a member of `group`, outlive it. Ids of `group`'s members begin with its name and `-`.
  Takeover(const KafkaOptions& options, rd_kafka_t* consumer, std::string group, std::string own_id)
      : options_(options), consumer_(consumer), group_(std::move(group)), own_id_(std::move(own_id)) {}

  // Begins to fence those that claimed any of `partitions` and are gone. Blocks for some round trips. UNAVAILABLE: ask again.
  absl::Status Begin(const std::vector<TopicPartition>& partitions);

  // Fences go on. What fails is told to the log; the broker's time-out does the same, later.
  void Step();

 private:
  const KafkaOptions& options_;
  rd_kafka_t* const consumer_;
  const std::string group_;
  const std::string own_id_;
  std::vector<Fence> fences_;
};

}  // namespace touchstone::eventlog::kafka
