#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"
#include "touchstone/events/v1/journey.pb.h"

// A journey in brief. Pure functions.
namespace touchstone::classification {

// As it stands at task time `now_ns`: what counts depends on it. Serialized, and as a message.
std::string SerializedDigestOf(const state::v1::Head& head, absl::string_view subject, int64_t now_ns);
events::v1::JourneyDigest DigestOf(const state::v1::Head& head, absl::string_view subject, int64_t now_ns);

// A strand's promises that still matter: open, or broken and not made good.
void AddOpenPromises(const state::v1::StrandEntry& strand,
                     google::protobuf::RepeatedPtrField<events::v1::PromiseState>* promises);

// Among the newest of the head, if it is one of them.
void AddLastMoment(const events::v1::MomentOfTruth& moment, state::v1::Head& head);

}  // namespace touchstone::classification
