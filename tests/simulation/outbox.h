#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/eventlog/event_log.h"

namespace touchstone::simulation {

// Ids of records that clients wrote begin so: they alone may be there twice.
inline constexpr char kClientPrefix[] = "client/";

// Clients of the log that do not give up: what was not acknowledged is sent again, so that a record may lie on the log twice.
// They live outside the processes that die.
class Outbox {
 public:
  using Acknowledged =
      std::function<void(const std::vector<eventlog::OutRecord>& records, const std::vector<eventlog::Position>& positions)>;
  // Told of each acknowledgement.
  explicit Outbox(Acknowledged acknowledged) : acknowledged_(std::move(acknowledged)) {}

  void Put(absl::string_view topic, absl::string_view key, absl::string_view id, std::string value) {
    PutAll({Record(topic, key, id, std::move(value))});
  }
  static eventlog::OutRecord Record(absl::string_view topic, absl::string_view key, absl::string_view id, std::string value);
  // In one append.
  void PutAll(std::vector<eventlog::OutRecord> records);

  // Sends what is waiting, and again what a process that was lost, or refused, did not acknowledge. `process` names this life of
  // it.
  void Flush(eventlog::EventLog& log, const std::string& process);
  bool empty() const { return waiting_.empty(); }

 private:
  struct Waiting {
    std::vector<eventlog::OutRecord> records;
    // The process's life that it was sent to.
    std::string sent_to;
    bool acknowledged = false;
  };
  const Acknowledged acknowledged_;
  std::deque<std::shared_ptr<Waiting>> waiting_;
};

}  // namespace touchstone::simulation
