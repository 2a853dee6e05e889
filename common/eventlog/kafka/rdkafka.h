#pragma once

#include <librdkafka/rdkafka.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/kafka/kafka_options.h"

// librdkafka's C objects with owners. The only file that frees them.
namespace touchstone::eventlog::kafka {

struct Release {
  // Does not leave the group: a static member keeps its partitions until it is back or its session ends.
  void operator()(rd_kafka_t* handle) const { rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE); }
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
  void operator()(rd_kafka_error_t* error) const { rd_kafka_error_destroy(error); }
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
  void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
  void operator()(rd_kafka_consumer_group_metadata_t* metadata) const { rd_kafka_consumer_group_metadata_destroy(metadata); }
  void operator()(const rd_kafka_metadata_t* metadata) const { rd_kafka_metadata_destroy(metadata); }
  void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
  void operator()(rd_kafka_ConfigResource_t* resource) const { rd_kafka_ConfigResource_destroy(resource); }
  void operator()(rd_kafka_ListConsumerGroupOffsets_t* question) const { rd_kafka_ListConsumerGroupOffsets_destroy(question); }
  void operator()(rd_kafka_AdminOptions_t* options) const { rd_kafka_AdminOptions_destroy(options); }
};
template <typename T>
using Owned = std::unique_ptr<T, Release>;

using Queue = Owned<rd_kafka_queue_t>;
using Message = Owned<rd_kafka_message_t>;
using Error = Owned<rd_kafka_error_t>;
using PartitionList = Owned<rd_kafka_topic_partition_list_t>;

// A partition of a topic by its name in the cluster, and an offset where one is meant.
struct TopicPartition {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = RD_KAFKA_OFFSET_INVALID;
};
PartitionList MakeList(const std::vector<TopicPartition>& partitions);

// What a handle calls back; only what is set. `rebalance` and `delivered` come on the thread that polls.
struct Callbacks {
  std::function<void(rd_kafka_resp_err_t what, const rd_kafka_topic_partition_list_t& partitions)> rebalance;
  std::function<void(const rd_kafka_message_t& message)> delivered;
  std::function<void(int severity, absl::string_view text)> log;
};

// What a handle carries along.
struct Companion {
  Callbacks callbacks;
  // Taken out of all that librdkafka says.
  std::vector<std::string> secrets;
  std::mutex mutex;
  // Guarded by mutex.
  std::string last_failure;
};

// What librdkafka said last of a connection of this handle that failed; empty where none did. Any thread.
std::string LastFailure(rd_kafka_t* handle);

// The values of settings that nobody may read.
std::vector<std::string> SecretsOf(const KafkaOptions& options);
// With each of them as ***.
std::string Redacted(absl::string_view text, const std::vector<std::string>& secrets);

// A handle and what it calls back.
class Client {
 public:
  Client() = default;
  Client(std::unique_ptr<Companion> companion, Owned<rd_kafka_t> handle)
      : companion_(std::move(companion)), handle_(std::move(handle)) {}
  rd_kafka_t* get() const { return handle_.get(); }

 private:
  std::unique_ptr<Companion> companion_;  // Outlives the handle.
  Owned<rd_kafka_t> handle_;
};

// The settings of one handle: the deployment's own first, so that what we set holds.
class Settings {
 public:
  explicit Settings(const KafkaOptions& options);

  Settings& Set(const char* name, absl::string_view value);
  Settings& Set(const char* name, absl::Duration value) { return Set(name, std::to_string(absl::ToInt64Milliseconds(value))); }
  // Unless the deployment sets it.
  Settings& Prefer(const char* name, absl::string_view value);

  // INVALID_ARGUMENT names a setting that librdkafka does not take, never its value.
  absl::StatusOr<Client> Make(rd_kafka_type_t type, Callbacks callbacks = {}) &&;

 private:
  const KafkaOptions& options_;
  Owned<rd_kafka_conf_t> conf_;
  absl::Status status_;
};

// A consumer that belongs to no group: for tails, restores and questions. `isolation`: read_committed or read_uncommitted.
Settings ReaderSettings(const KafkaOptions& options, absl::string_view isolation);

// `what: what librdkafka says`. UNAVAILABLE, but for what does not mend by waiting: PERMISSION_DENIED, INVALID_ARGUMENT (too
// large), RESOURCE_EXHAUSTED (queue full, RetryInfo).
absl::Status ToStatus(rd_kafka_resp_err_t error, absl::string_view what);

}  // namespace touchstone::eventlog::kafka
