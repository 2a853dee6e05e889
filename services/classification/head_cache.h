#pragma once

#include <cstddef>
#include <list>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/eventlog/state_view.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"

namespace touchstone::classification {

// The heads that one task touched last, parsed: who is on a journey now will be heard of again soon. The task is the only one
// that writes them, and dies with this where what it did was not kept, so what is here is always what its state says.
// Used by one thread.
class HeadCache {
 public:
  // Above it the heads that nobody touched for longest go. Of serialized bytes; parsed, they take three to four times as many.
  static constexpr size_t kBytesMax = 4 << 20;

  explicit HeadCache(size_t bytes_max = kBytesMax) : bytes_max_(bytes_max) {}

  // The head of a name, from the state where it is not here; null where there is none. Valid until the next call. Who changes
  // it puts it into the state before that. DATA_LOSS: it cannot be read.
  absl::StatusOr<state::v1::Head*> Find(const eventlog::StateView& state, absl::string_view name);

  // An empty head for a name of which there is none. As Find's.
  state::v1::Head& Make(absl::string_view name);

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string name;
    state::v1::Head head;
    size_t bytes = 0;
  };

  void MakeRoom();

  const size_t bytes_max_;
  // The one touched last comes first.
  std::list<Entry> entries_;
  absl::flat_hash_map<absl::string_view, std::list<Entry>::iterator> by_name_;
  size_t bytes_ = 0;
};

}  // namespace touchstone::classification
