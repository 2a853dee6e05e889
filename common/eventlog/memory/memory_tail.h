#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/eventlog/memory/memory_storage.h"

namespace touchstone::eventlog {

// Reads a topic's durable records.
class MemoryTail : public Tail {
 public:
  // With the storage's lock held. `faults` may be null, and outlives the tail.
  static absl::StatusOr<std::unique_ptr<Tail>> Open(std::shared_ptr<MemoryStorage> storage, absl::string_view topic,
                                                    const TailStart& start, Faults* faults);

  absl::StatusOr<std::vector<TailRecord>> Read(int records_max) override;
  std::vector<int64_t> next_offsets() const override { return next_offsets_; }

 private:
  MemoryTail(std::shared_ptr<MemoryStorage> storage, absl::string_view topic, std::vector<int64_t> next_offsets, Faults* faults)
      : storage_(std::move(storage)), topic_(topic), next_offsets_(std::move(next_offsets)), faults_(faults) {}

  bool AtEnd() const;

  const std::shared_ptr<MemoryStorage> storage_;
  const std::string topic_;
  std::vector<int64_t> next_offsets_;
  Faults* const faults_;
};

}  // namespace touchstone::eventlog
