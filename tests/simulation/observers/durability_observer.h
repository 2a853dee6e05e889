#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/observers/observer.h"
#include "tests/simulation/verdicts.h"

namespace touchstone::simulation {

// Promise 1: what somebody outside was told is written, or has read, lies there from then on.
class DurabilityObserver : public Observer {
 public:
  explicit DurabilityObserver(Verdicts& verdicts) : verdicts_(verdicts) {}

  void OnRecord(const Seen& seen) override;
  // A client was told so.
  void Acknowledged(const std::vector<eventlog::OutRecord>& records, const std::vector<eventlog::Position>& positions);
  // A reader outside has read it.
  void Read(const std::string& topic, const eventlog::TailRecord& record);
  // What is on the topics now, read anew.
  void ReadAtRest(eventlog::EventLog& log);

 private:
  using Partition = std::pair<std::string, int32_t>;
  static uint64_t HashOf(absl::string_view key, absl::string_view id, absl::string_view value);

  Verdicts& verdicts_;
  // Of each record, by offset.
  std::map<Partition, std::vector<uint64_t>> durable_;
};

}  // namespace touchstone::simulation
