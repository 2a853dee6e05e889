#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/eventlog/kafka/producer.h"

namespace touchstone::eventlog::kafka {

// Appends outside any transaction: idempotent, acknowledged by all replicas in sync. Thread-safe. Has a thread of its own, which
// calls `done`s and raises `changes` once in a while, so that members are polled though nothing comes.
class Appender {
 public:
  // What may be under way: more is refused.
  static constexpr int64_t kInFlightBytesMax = 32 << 20;
  static constexpr int kInFlightRecordsMax = 200'000;
  // After it an append has failed.
  static constexpr absl::Duration kDeliveryTimeout = absl::Seconds(10);
  // Below the time after which the broker expels a member that is not polled.
  static constexpr absl::Duration kPulse = absl::Seconds(1);

  // `catalog`, `clock` and `changes` outlive it.
  static absl::StatusOr<std::unique_ptr<Appender>> Open(const KafkaOptions& options, const TopicCatalog& catalog,
                                                        const clock::Clock& clock, ChangeSignal& changes);
  // Closes.
  ~Appender();

  // Waits up to `patience` for what is under way, and as long for librdkafka to report what it gave up; what is left then, and
  // whatever comes later, is answered UNAVAILABLE.
  void Close(absl::Duration patience = kClosingTimeout);
  static constexpr absl::Duration kClosingTimeout = absl::Seconds(5);

  void Append(std::vector<OutRecord> records, EventLog::AppendDone done);
  absl::Status Intake() const;
  rd_kafka_t* handle() const { return producer_->handle(); }

 private:
  struct Call;
  struct Delivery;

  Appender(const TopicCatalog& catalog, const clock::Clock& clock, ChangeSignal& changes);
  absl::StatusOr<std::unique_ptr<Producer>> MakeProducer(const KafkaOptions& options);
  // Marks each record with its partition.
  absl::Status Check(std::vector<OutRecord>& records) const;
  // Gives the call's records to the producer and says which it did not take, with mutex_ held.
  std::vector<std::pair<const Delivery*, rd_kafka_resp_err_t>> Send(const std::vector<OutRecord>& records,
                                                                    std::unique_ptr<Call> call);
  void OnDelivered(const rd_kafka_message_t& message);
  void Finish(const Delivery& delivery, rd_kafka_resp_err_t error, int64_t offset);
  void AnswerTheRest();
  void Serve();

  const TopicCatalog& catalog_;
  const clock::Clock& clock_;
  ChangeSignal& changes_;
  std::atomic<int64_t> in_flight_bytes_ = 0;
  std::mutex mutex_;                  // Held while one call's records are produced: records of a key keep the order of calls.
  std::atomic<bool> closed_ = false;  // Set with mutex_ held.
  std::mutex calls_mutex_;
  // Guarded by calls_mutex_. Calls of which a record is on its way. Before the producer, which refers to their records.
  absl::flat_hash_map<const Call*, std::unique_ptr<Call>> calls_;
  // Answered at the close though librdkafka still refers to their records.
  std::vector<std::unique_ptr<Call>> given_up_;
  std::unique_ptr<Producer> producer_;
  std::thread thread_;
};

}  // namespace touchstone::eventlog::kafka
