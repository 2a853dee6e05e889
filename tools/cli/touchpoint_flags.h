#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::cli {

// A touchpoint as it is typed; empty is not said.
struct TouchpointFlags {
  std::string type;
  std::vector<std::string> names;
  std::string id;
  std::string source = "touchstone.cli";
  std::string channel = "system";
  std::string direction;
  std::string occur_time = "now";
  std::string text;
  std::string language;
  std::string sentiment;
  std::string stars;
  std::string nps;
  std::string csat;
  std::string ces;
  std::string outcome;
  std::string topic;
  // `delivery=+3d`, from occur_time on.
  std::string promise;
  // `59.90 EUR`.
  std::string money;
  // `order=A`, `case=7`.
  std::vector<std::string> correlations;
  // `tier=gold`; numbers, true and false are taken as such.
  std::vector<std::string> attributes;
};

// The touchpoint they say. INVALID_ARGUMENT names the flag. What a touchpoint may be at all is the suite's to check.
absl::StatusOr<events::v1::Touchpoint> TouchpointOf(const TouchpointFlags& flags, absl::Time now);

// `59.90 EUR`, `-3 BRL`: exact to the billionth.
absl::StatusOr<events::v1::Money> ParseMoney(absl::string_view amount, absl::string_view currency);

}  // namespace touchstone::cli
