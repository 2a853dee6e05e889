#pragma once

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace touchstone::eventlog {

// One task's state: keys and values, ordered by the bytes of the key.
class StateView {
 public:
  virtual ~StateView() = default;

  // The key's value; nothing if it is not there. Errors are the store's own (DATA_LOSS, UNAVAILABLE).
  virtual absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const = 0;

  // Visits the keys of [begin, end) in order until `visit` returns false; an empty `end` is the end of the state. What it is
  // given lives only during the call.
  using Visit = absl::FunctionRef<bool(absl::string_view key, absl::string_view value)>;
  virtual absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const = 0;
};

// The smallest key that is greater than every key with this prefix; empty if there is none. Scan(p, PrefixEnd(p), …)
// visits exactly the keys that start with p.
std::string PrefixEnd(absl::string_view prefix);

}  // namespace touchstone::eventlog
