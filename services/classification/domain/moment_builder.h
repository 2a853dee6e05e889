#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "services/classification/domain/judge.h"
#include "services/classification/domain/pack.h"
#include "services/classification/domain/scene.h"
#include "touchstone/events/v1/moment.pb.h"

// A rule's moment, strike or recovery for one touchpoint. Pure functions.
namespace touchstone::classification {

events::v1::TouchpointRef RefOf(const events::v1::Touchpoint& touchpoint);

// The moment of the trigger that the scene shows, as it will be found; an absence sets its time and stage when it comes true.
events::v1::MomentOfTruth BuildMoment(const MomentRule& rule, const Scene& scene, const Judgement& judgement,
                                      absl::string_view name_key);

// The strike of a moment of a rule that has one.
events::v1::Strike BuildStrike(const MomentRule& rule, const events::v1::MomentOfTruth& moment, absl::string_view topic);

events::v1::Recovery BuildRecovery(const RecoveryRule& rule, const Scene& scene, absl::string_view name_key);

}  // namespace touchstone::classification
