#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "common/eventlog/record.h"
#include "common/eventlog/state_view.h"

namespace touchstone::stream {

// A task's state with what its batch has written laid over it, in two layers: what is kept of the batch so far, and what
// the present record has written, which Keep() adds to it and Drop() forgets. Used by one thread; `base` outlives it.
class Overlay : public eventlog::StateView {
 public:
  explicit Overlay(const eventlog::StateView& base) : base_(base) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const override;

  void Put(absl::string_view key, std::string value);
  void Delete(absl::string_view key);

  void Keep();
  void Drop() { present_.clear(); }

  // What is kept, in order of keys; the overlay is empty afterwards.
  std::vector<eventlog::StateChange> TakeKept();

  // Keys and values kept so far.
  int64_t kept_bytes() const { return kept_bytes_; }

 private:
  using Layer = absl::btree_map<std::string, std::optional<std::string>>;

  const eventlog::StateView& base_;
  Layer kept_;
  Layer present_;
  int64_t kept_bytes_ = 0;
};

}  // namespace touchstone::stream
