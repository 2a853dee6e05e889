#pragma once

#include <cstdint>

#include "common/cel/cel.h"
#include "touchstone/classification/pack/v1/facts.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::classification {

// What a condition may name.
enum class Sees { kTouchpoint, kAll };

// The names of each: `touchpoint`, or also `journey` and `strand`. Made once.
const cel::Environment& EnvironmentOf(Sees sees);

// What a condition sees: one touchpoint, and the journey and strand as they stood before it. All borrowed; what the facts
// say must not change while conditions are asked. Not for two threads at once.
class Scene {
 public:
  Scene();

  // `strand_key` is null for the strand of touchpoints without one.
  void Set(const events::v1::Touchpoint& touchpoint, int64_t time_ns, const pack::v1::JourneyFacts& journey,
           const pack::v1::StrandFacts& strand, const events::v1::Correlation* strand_key);

  const events::v1::Touchpoint& touchpoint() const { return *touchpoint_; }
  const pack::v1::JourneyFacts& journey() const { return *journey_; }
  const events::v1::Correlation* strand_key() const { return strand_key_; }
  int64_t time_ns() const { return time_ns_; }
  // Rules ignore it unless they say `echo`.
  bool IsOurDoing() const { return touchpoint_->has_caused_by(); }

  const cel::Activation& activation(Sees sees) const { return sees == Sees::kTouchpoint ? touchpoint_only_ : all_; }

 private:
  const events::v1::Touchpoint* touchpoint_ = nullptr;
  const pack::v1::JourneyFacts* journey_ = nullptr;
  const events::v1::Correlation* strand_key_ = nullptr;
  int64_t time_ns_ = 0;
  cel::Activation touchpoint_only_;
  cel::Activation all_;
};

}  // namespace touchstone::classification
