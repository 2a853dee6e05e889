#pragma once

#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/kafka/rdkafka.h"
#include "common/eventlog/record.h"

namespace touchstone::eventlog::kafka {

// Carries a record's id, as in a CloudEvent.
inline constexpr char kIdHeader[] = "ce_id";
// What a batch may hold: a record at its limit with its headers.
inline constexpr int kMessageBytesMax = 2 << 20;

// A record as it lies on the cluster. The time is the broker's where the topic says LogAppendTime.
Record ToRecord(const rd_kafka_message_t& message);

// A producing handle and the topics it has written to. Used by one thread at a time.
class Producer {
 public:
  Producer(Client client, std::string prefix) : client_(std::move(client)), prefix_(std::move(prefix)) {}

  // `topic` without the prefix. No value: a tombstone. `tag` comes back in the delivery report. `time` counts where the topic
  // does not say LogAppendTime; without it, it is now.
  rd_kafka_resp_err_t Produce(const std::string& topic, int32_t partition, absl::string_view key,
                              std::optional<absl::string_view> value, absl::string_view id, void* tag,
                              std::optional<absl::Time> time = std::nullopt);

  rd_kafka_t* handle() const { return client_.get(); }

 private:
  Client client_;
  const std::string prefix_;
  absl::flat_hash_map<std::string, Owned<rd_kafka_topic_t>> topics_;
};

}  // namespace touchstone::eventlog::kafka
