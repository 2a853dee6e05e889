#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/eventlog/kafka/producer.h"

namespace touchstone::eventlog::kafka {

// Transactions of one member, one after another. Used by one thread.
//
// Errors: ABORTED, the transaction is undone and the next may begin. Anything else: how it ended is not known, or nothing goes
// on; destroy it. After a time-out it is never used again: the old transaction's late commit would hit the next one.
class Transactor {
 public:
  // After it the broker ends a transaction whose worker is silent. Who takes that worker's partitions over ends it at once; this
  // is for what nobody takes over.
  static constexpr absl::Duration kTransactionTimeout = absl::Seconds(10);
  static constexpr absl::Duration kAnswerTimeout = absl::Seconds(10);

  // Ends what an earlier process of the same id left open; blocks until then, up to kAnswerTimeout.
  static absl::StatusOr<std::unique_ptr<Transactor>> Open(const KafkaOptions& options, std::string id);

  absl::Status Begin();
  // `offset`, which outlives the transaction, may be null: becomes the record's own, if that is greater.
  absl::Status Produce(const std::string& topic, int32_t partition, absl::string_view key, std::optional<absl::string_view> value,
                       absl::string_view id, int64_t* offset);
  // The positions go with it, in the name of `consumer`'s generation of its group: an expelled member commits nothing.
  absl::Status Commit(const std::vector<TopicPartition>& positions, rd_kafka_t* consumer);
  // After an error of Produce.
  absl::Status Abort(const absl::Status& why);

  rd_kafka_t* handle() const { return producer_->handle(); }

 private:
  explicit Transactor(std::string id) : id_(std::move(id)) {}
  void OnDelivered(const rd_kafka_message_t& message);
  absl::Status Judge(Error error, absl::string_view doing);
  absl::Status SendPositions(const std::vector<TopicPartition>& positions, rd_kafka_t* consumer);

  const std::string id_;
  // Of the transaction under way: why its first undelivered record was not delivered.
  rd_kafka_resp_err_t undelivered_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::unique_ptr<Producer> producer_;
};

}  // namespace touchstone::eventlog::kafka
