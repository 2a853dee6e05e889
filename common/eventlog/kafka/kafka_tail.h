#pragma once

#include <memory>
#include <vector>

#include "common/eventlog/event_log.h"
#include "common/eventlog/kafka/rdkafka.h"

namespace touchstone::eventlog::kafka {

// Reads a topic's committed records beside all groups.
class KafkaTail : public Tail {
 public:
  // What librdkafka fetches ahead of the reader, of all partitions together. Once it has that much it looks no sooner than a
  // second later whether it is read (2.0.2): enough for a burst, so that what comes behind one is not late.
  static constexpr char kQueuedMessagesMin[] = "100000";
  static constexpr char kQueuedKilobytesMax[] = "8192";

  // `partitions`: all of the topic. `changes` outlives it. Blocks for some round trips.
  static absl::StatusOr<std::unique_ptr<Tail>> Open(const KafkaOptions& options, std::vector<TopicPartition> partitions,
                                                    const TailStart& start, ChangeSignal& changes);
  ~KafkaTail() override;

  absl::StatusOr<std::vector<TailRecord>> Read(int records_max) override;
  std::vector<int64_t> next_offsets() const override { return next_offsets_; }

 private:
  KafkaTail(const KafkaOptions& options, std::vector<TopicPartition> partitions, std::vector<int64_t> next_offsets);
  absl::Status Start(ChangeSignal& changes);
  // From the cursor, or where that is no longer kept, from the oldest kept.
  absl::Status Assign();
  absl::Status Take(const rd_kafka_message_t& message, std::vector<TailRecord>& records);

  const KafkaOptions options_;
  const std::vector<TopicPartition> partitions_;
  std::vector<int64_t> next_offsets_;
  std::vector<absl::Time> last_times_;
  Client client_;
  Queue queue_;
};

}  // namespace touchstone::eventlog::kafka
