#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "touchstone/events/v1/ownership.pb.h"

namespace touchstone::peers {

// Who is asked about a task.
struct Owner {
  std::string instance;
  // HOST:PORT or unix:PATH.
  std::string address;

  friend bool operator==(const Owner&, const Owner&) = default;
};

// Which instance has which task, as owners.v1 tells it. Where several say that they have a partition, the last one does: who lost
// it to a rebalance may not have said so yet, or never will. Thread-safe.
class OwnerTable {
 public:
  // What an instance said, in the topic's order.
  void Hear(const events::v1::TaskOwnership& said);

  // Knows from now on what `other` knows.
  void ReplaceBy(const OwnerTable& other);

  // Nothing: nobody has said that it has the partition.
  std::optional<Owner> Find(absl::string_view kind, int partition) const;

  // Whether some of these kinds' partitions are another's than `instance`'s.
  bool OthersHave(const std::set<std::string>& kinds, absl::string_view instance) const;

 private:
  mutable std::mutex mutex_;
  // Guarded by mutex_. By kind and partition.
  std::map<std::pair<std::string, int>, Owner> owners_;
};

}  // namespace touchstone::peers
