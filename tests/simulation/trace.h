#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/eventlog/memory/memory_log.h"

namespace touchstone::simulation {

// A line of what happened: a step, a fault, or a record that became durable.
struct TraceLine {
  int64_t step = 0;
  absl::Time time;
  std::string text;
  // Of a record: its key and value, to look for a subject in.
  std::string key;
  std::string value;
};

// Everything that happened, as a hash, and as lines where somebody wants to read them.
class Trace {
 public:
  explicit Trace(bool keeps_lines) : keeps_lines_(keeps_lines) {}

  void Note(int64_t step, absl::Time now, std::string text);
  void Record(int64_t step, absl::Time now, const eventlog::DurableWrite& write);

  uint64_t hash() const { return hash_; }
  std::vector<TraceLine> TakeLines() { return std::move(lines_); }

 private:
  void Add(uint64_t value) { hash_ = (hash_ ^ value) * 0x100000001b3; }
  void Add(absl::string_view bytes);

  const bool keeps_lines_;
  uint64_t hash_ = 0xcbf29ce484222325;
  std::vector<TraceLine> lines_;
};

// The last `lines_max` lines of which each record has to do with `subject`, numbered by step; of all, where it is empty.
std::string Shortened(const std::vector<TraceLine>& lines, absl::string_view subject, size_t lines_max);

}  // namespace touchstone::simulation
