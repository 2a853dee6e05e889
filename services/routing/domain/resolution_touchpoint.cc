#include "services/routing/domain/resolution_touchpoint.h"

#include "common/ids/id.h"
#include "common/names/name_key.h"
#include "services/routing/domain/held_moments.h"
#include "services/routing/domain/routing_policy.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;

std::optional<events::Touchpoint> ResolutionTouchpoint(const state::v1::EscalationState& state) {
  const events::Escalation& escalation = state.escalation();
  if (escalation.cause_depth() + 1 > kCauseDepthMax) return std::nullopt;
  const events::Resolution& resolution = escalation.resolution();
  events::Touchpoint touchpoint;
  // The escalation's own id may be longer than a touchpoint's may be.
  touchpoint.set_id(ids::DerivedId("resolution", {escalation.id()}));
  touchpoint.set_source("touchstone.routing");
  touchpoint.set_type("escalation.resolved");
  events::Name& name = *touchpoint.add_names();
  name.set_kind(names::KindOfKey(escalation.subject()));
  name.set_key(escalation.subject());
  touchpoint.set_channel(events::CHANNEL_SYSTEM);
  touchpoint.set_direction(events::DIRECTION_OUTBOUND);
  *touchpoint.mutable_occur_time() = resolution.resolve_time();
  touchpoint.set_outcome(resolution.code() == events::RESOLUTION_CODE_SOLVED ? events::OUTCOME_SUCCEEDED
                                                                             : events::OUTCOME_FAILED);
  const events::MomentOfTruth* heaviest = HeaviestMoment(state);
  if (heaviest != nullptr && !heaviest->strand().id().empty()) *touchpoint.add_correlations() = heaviest->strand();
  events::Cause& cause = *touchpoint.mutable_caused_by();
  cause.set_kind(events::CAUSE_KIND_ESCALATION);
  cause.set_id(escalation.id());
  cause.set_depth(escalation.cause_depth() + 1);
  constexpr size_t kPrefix = sizeof("RESOLUTION_CODE_") - 1;
  (*touchpoint.mutable_attributes())["code"].set_text(events::ResolutionCode_Name(resolution.code()).substr(kPrefix));
  return touchpoint;
}

}  // namespace touchstone::routing
