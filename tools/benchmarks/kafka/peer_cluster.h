#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "tools/benchmarks/kafka/peer_model.h"

namespace touchstone::benchmarks {

// The broker that is measured with. All topics of one object have a prefix of their own.
class PeerCluster {
 public:
  // `bootstrap`: host:port. Local copies of states go below `folder`. `clock` outlives it.
  PeerCluster(std::string bootstrap, std::string folder, const clock::Clock& clock);

  // Makes topics of so many partitions, and compacted ones.
  absl::Status Create(const std::vector<std::string>& topics, const std::vector<std::string>& compacted, int partitions) const;

  // A log that knows these topics. `settings` as KafkaOptions has them.
  absl::StatusOr<std::unique_ptr<eventlog::EventLog>> Open(const std::vector<std::string>& topics,
                                                           const std::map<std::string, std::string>& settings = {}) const;

  // Appends so many inputs in order as fast as the broker takes them, and tells the model. Blocks until all are durable.
  absl::Status Feed(const std::string& topic, int64_t inputs, PeerModel& model) const;

  // Holds what a run left beside the model: the outputs and the changelog, as a reader of committed records sees them.
  absl::Status Check(const std::string& output, const std::string& changelog, PeerModel& model) const;

  const clock::Clock& clock() const { return clock_; }

 private:
  const std::string bootstrap_;
  const std::string folder_;
  const clock::Clock& clock_;
  const std::string prefix_;
};

}  // namespace touchstone::benchmarks
