#include "common/eventlog/kafka/transactor.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/group_claims.h"
#include "common/status/errors.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::kafka {
namespace {

constexpr char kQueuedMessagesMax[] = "1000000";
constexpr char kQueuedKilobytesMax[] = "262144";
// Transactions that follow one another wait this long for the coordinator, instead of 100 ms.
constexpr char kRetryBackoffMs[] = "5";
constexpr int kQueueFullPollMs = 10;
constexpr int kQueueFullPollsMax = 1000;

int Milliseconds(absl::Duration span) { return static_cast<int>(absl::ToInt64Milliseconds(span)); }

bool IsTimeout(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__TIMED_OUT || error == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT ||
         error == RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE || error == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Transactor>> Transactor::Open(const KafkaOptions& options, std::string id) {
  std::unique_ptr<Transactor> transactor(new Transactor(std::move(id)));
  Settings settings(options);
  settings.Set("transactional.id", transactor->id_)
      .Set("transaction.timeout.ms", kTransactionTimeout)
      .Set("message.max.bytes", absl::StrCat(kMessageBytesMax))
      .Set("queue.buffering.max.messages", kQueuedMessagesMax)
      .Set("queue.buffering.max.kbytes", kQueuedKilobytesMax)
      .Prefer("retry.backoff.ms", kRetryBackoffMs);
  Callbacks callbacks;
  // Reports are served by the commit itself: with a poller of its own each commit waits for it.
  callbacks.delivered = [raw = transactor.get()](const rd_kafka_message_t& message) { raw->OnDelivered(message); };
  ASSIGN_OR_RETURN(Client client, std::move(settings).Make(RD_KAFKA_PRODUCER, std::move(callbacks)));
  transactor->producer_ = std::make_unique<Producer>(std::move(client), options.prefix);
  const Error error(rd_kafka_init_transactions(transactor->producer_->handle(), Milliseconds(kAnswerTimeout)));
  if (error != nullptr) {
    return ToStatus(rd_kafka_error_code(error.get()), absl::StrCat("transactions of ", transactor->id_));
  }
  return transactor;
}

void Transactor::OnDelivered(const rd_kafka_message_t& message) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (undelivered_ == RD_KAFKA_RESP_ERR_NO_ERROR) undelivered_ = message.err;
  } else if (message._private != nullptr) {
    int64_t& offset = *static_cast<int64_t*>(message._private);
    offset = std::max(offset, message.offset);
  }
}

absl::Status Transactor::Begin() {
  undelivered_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  return Judge(Error(rd_kafka_begin_transaction(producer_->handle())), "beginning a transaction");
}

absl::Status Transactor::Produce(const std::string& topic, int32_t partition, absl::string_view key,
                                 std::optional<absl::string_view> value, absl::string_view id, int64_t* offset) {
  for (int poll = 0;; ++poll) {
    const rd_kafka_resp_err_t error = producer_->Produce(topic, partition, key, value, id, offset);
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL || poll == kQueueFullPollsMax) {
      return ToStatus(error, absl::StrCat("writing to ", topic, "/", partition, " in a transaction"));
    }
    rd_kafka_poll(producer_->handle(), kQueueFullPollMs);
  }
}

absl::Status Transactor::SendPositions(const std::vector<TopicPartition>& positions, rd_kafka_t* consumer) {
  const PartitionList list = ClaimedBy(id_, positions);
  const Owned<rd_kafka_consumer_group_metadata_t> generation(rd_kafka_consumer_group_metadata(consumer));
  if (generation == nullptr) return Abort(absl::AbortedError("the member has no group"));
  // It says so before the broker must: what it gives for a generation may be none by now.
  if (rd_kafka_assignment_lost(consumer)) return Abort(absl::AbortedError("the member was expelled from its group"));
  return Judge(Error(rd_kafka_send_offsets_to_transaction(producer_->handle(), list.get(), generation.get(),
                                                          Milliseconds(kAnswerTimeout))),
               "sending positions");
}

absl::Status Transactor::Commit(const std::vector<TopicPartition>& positions, rd_kafka_t* consumer) {
  RETURN_IF_ERROR(SendPositions(positions, consumer));
  return Judge(Error(rd_kafka_commit_transaction(producer_->handle(), Milliseconds(kAnswerTimeout))), "committing");
}

absl::Status Transactor::Judge(Error error, absl::string_view doing) {
  if (error == nullptr) return absl::OkStatus();
  const rd_kafka_resp_err_t code = rd_kafka_error_code(error.get());
  const std::string text = absl::StrCat("transaction of ", id_, ", ", doing, ": ", rd_kafka_error_string(error.get()));
  // By the code, not the class that librdkafka gives: a time-out is called abortable, retriable or neither.
  const bool lost = rd_kafka_error_is_fatal(error.get()) || IsTimeout(code) || IsTimeout(undelivered_) ||
                    code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID || !rd_kafka_error_txn_requires_abort(error.get());
  if (lost) return status::WithRetry(absl::UnavailableError(text), absl::Seconds(1));
  return Abort(absl::AbortedError(text));
}

absl::Status Transactor::Abort(const absl::Status& why) {
  const Error error(rd_kafka_abort_transaction(producer_->handle(), Milliseconds(kAnswerTimeout)));
  if (error == nullptr) return absl::AbortedError(why.message());
  return status::WithRetry(
      absl::UnavailableError(absl::StrCat(why.message(), "; and aborting it: ", rd_kafka_error_string(error.get()))),
      absl::Seconds(1));
}

}  // namespace touchstone::eventlog::kafka
