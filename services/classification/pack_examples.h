#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "touchstone/classification/pack/v1/example.pb.h"
#include "touchstone/events/v1/moment.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::classification {

// Something that a customer of an example did, as a touchpoint, and when, relative to the story's present (below zero: before).
struct ExampleEvent {
  absl::Duration offset;
  events::v1::Touchpoint touchpoint;
};

// A moment that must be found, and when.
struct ExpectedMoment {
  std::string rule;
  absl::Duration offset;
};

// A customer written for a pack: what happened, and what must, and must not, be found in it.
struct Example {
  std::string customer;
  std::string shows;
  // The story's present, from the start of its first Monday on.
  absl::Duration present;
  // In order of time. Touchpoints have their ids, their names (without keys), and times relative to the Unix epoch until
  // PlacedAt moves them.
  std::vector<ExampleEvent> events;
  events::v1::Stage stage = events::v1::STAGE_UNSPECIFIED;
  int strike_hundredths = 0;
  // In order of time.
  std::vector<ExpectedMoment> moments;
  std::vector<std::string> not_found;
};

// The examples of a text in a file. INVALID_ARGUMENT holds every error with file, line and column.
absl::StatusOr<std::vector<Example>> ParseExamples(absl::string_view file_name, absl::string_view text);

// Those of all files (*.yaml) of a folder, in order of file name; no customer twice.
absl::StatusOr<std::vector<Example>> LoadExamples(const std::string& folder);

// The touchpoints with the story's present at `present`, in order of time. The same present gives the same touchpoints.
std::vector<events::v1::Touchpoint> PlacedAt(const Example& example, absl::Time present);

}  // namespace touchstone::classification
