#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace touchstone::simulation {

// What made a task write a record, as the record's id says it.
struct Cause {
  // Of a record: its topic and offset.
  std::string topic;
  int64_t offset = -1;
  // Of a timer: when it was due, cut to seconds.
  std::optional<absl::Time> due;
};

// Nothing where the id is none of a task's.
std::optional<Cause> CauseOf(absl::string_view id);

// The subject of an id `<subject>~<letters>`.
std::string SubjectOf(absl::string_view id);

}  // namespace touchstone::simulation
