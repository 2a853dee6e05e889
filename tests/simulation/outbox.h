#pragma once

#include <deque>
#include <memory>
#include <string>

#include "common/eventlog/event_log.h"

namespace touchstone::simulation {

// Ids of records that clients wrote begin so: they alone may be there twice.
inline constexpr char kClientPrefix[] = "client/";

// A client of the log that does not give up: what was not acknowledged is sent again, in order, so that a record may lie on
// the log twice. It lives outside the process that dies.
class Outbox {
 public:
  void Put(absl::string_view topic, absl::string_view key, absl::string_view id, std::string value);

  // Sends what is waiting, and again what a lost process did not acknowledge.
  void Flush(eventlog::EventLog& log, int restart_count);
  bool empty() const { return waiting_.empty(); }

 private:
  struct Waiting {
    eventlog::OutRecord record;
    // Which of the process's lives it was sent to; -1: not sent.
    int sent_to = -1;
    bool acknowledged = false;
  };
  std::deque<std::shared_ptr<Waiting>> waiting_;
};

}  // namespace touchstone::simulation
