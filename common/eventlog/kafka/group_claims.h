#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/eventlog/kafka/rdkafka.h"

// Which member of a group works, or worked, on a partition: its id stands in the metadata of the group's committed offset. A
// member claims what it was given before it processes any of it, and each of its commits says so again. So whoever holds an
// offset back by an open transaction is the one that the offset names.
namespace touchstone::eventlog::kafka {

// One answer of a coordinator.
inline constexpr absl::Duration kCoordinatorTimeout = absl::Seconds(2);

// A list of offsets to commit that names `member_id` in each.
PartitionList ClaimedBy(absl::string_view member_id, const std::vector<TopicPartition>& positions);

// Who claimed any of `partitions` last, whatever transactions are open. Blocks for some round trips.
absl::StatusOr<std::set<std::string>> ReadClaims(rd_kafka_t* handle, const std::string& group,
                                                 const std::vector<TopicPartition>& partitions);

// The static members that the group has now. Blocks for some round trips.
absl::StatusOr<std::set<std::string>> ReadStaticMembers(rd_kafka_t* handle, const std::string& group);

// Claims partitions in the name of a consumer's generation. Used by one thread.
class GroupClaim {
 public:
  // `consumer` outlives it.
  GroupClaim(rd_kafka_t* consumer, std::string group, std::string member_id)
      : consumer_(consumer), group_(std::move(group)), member_id_(std::move(member_id)) {}

  // Goes on for up to kStep; true once the coordinator has it. Where the generation is over it stays false: the consumer is about
  // to be told.
  absl::StatusOr<bool> Step(const std::vector<TopicPartition>& positions);
  static constexpr absl::Duration kStep = absl::Milliseconds(50);

 private:
  rd_kafka_t* const consumer_;
  const std::string group_;
  const std::string member_id_;
  // Where the answer comes; null while nothing is asked.
  Queue answer_;
};

}  // namespace touchstone::eventlog::kafka
