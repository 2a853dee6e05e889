#include "services/classification/domain/moment_builder.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/clock/proto_time.h"
#include "common/ids/id.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/limits.h"

namespace touchstone::classification {
namespace {

events::v1::TouchpointRef RefOf(const state::v1::Hit& hit) {
  events::v1::TouchpointRef ref;
  ref.set_source(hit.source());
  ref.set_id(hit.id());
  ref.set_type(hit.type());
  *ref.mutable_occur_time() = TimestampOf(hit.time_ns());
  return ref;
}

// The counted ones that are newest, then the trigger; it may be one of them.
void AddEvidence(const Scene& scene, const Judgement& judgement, events::v1::MomentOfTruth& moment) {
  int32_t depth = scene.touchpoint().caused_by().depth();
  const size_t room = kEvidenceMax - 1;
  const auto is_trigger = [&](const state::v1::Hit* hit) {
    return hit->id() == scene.touchpoint().id() && hit->source() == scene.touchpoint().source();
  };
  std::vector<const state::v1::Hit*> before;
  std::copy_if(judgement.hits.begin(), judgement.hits.end(), std::back_inserter(before),
               [&](const state::v1::Hit* hit) { return !is_trigger(hit); });
  if (before.size() > room) before.erase(before.begin(), before.end() - room);
  for (const state::v1::Hit* hit : before) {
    *moment.add_evidence() = RefOf(*hit);
    depth = std::max(depth, hit->cause_depth());
  }
  *moment.add_evidence() = moment.trigger();
  moment.set_cause_depth(depth);
}

std::string StrandText(const events::v1::Correlation& strand) {
  return absl::StrCat(
      absl::AsciiStrToLower(absl::StripPrefix(events::v1::CorrelationKind_Name(strand.kind()), "CORRELATION_KIND_")), ":",
      strand.id());
}

std::string IncidentOf(const MomentRule& rule, const events::v1::MomentOfTruth& moment, absl::string_view topic) {
  if (rule.strike->incident == By::kStrand && moment.has_strand()) return absl::StrCat("strand/", StrandText(moment.strand()));
  if (rule.strike->incident == By::kTopic && !topic.empty()) return absl::StrCat("topic/", topic);
  return absl::StrCat("touchpoint/", moment.trigger().source(), "/", moment.trigger().id());
}

}  // namespace

events::v1::TouchpointRef RefOf(const events::v1::Touchpoint& touchpoint) {
  events::v1::TouchpointRef ref;
  ref.set_source(touchpoint.source());
  ref.set_id(touchpoint.id());
  ref.set_type(touchpoint.type());
  *ref.mutable_occur_time() = touchpoint.occur_time();
  return ref;
}

events::v1::MomentOfTruth BuildMoment(const MomentRule& rule, const Scene& scene, const Judgement& judgement,
                                      absl::string_view name_key) {
  const events::v1::Touchpoint& trigger = scene.touchpoint();
  events::v1::MomentOfTruth moment;
  moment.set_id(ids::MomentId(name_key, rule.pack, rule.id, trigger.source(), trigger.id()));
  moment.set_subject(std::string(name_key));
  moment.set_kind(rule.kind);
  moment.set_stage(rule.stage);
  moment.set_polarity(rule.polarity);
  moment.set_severity(rule.severity);
  moment.set_confidence(rule.confidence);
  *moment.mutable_occur_time() = trigger.occur_time();
  *moment.mutable_trigger() = RefOf(trigger);
  AddEvidence(scene, judgement, moment);
  moment.set_pack(rule.pack);
  moment.set_pack_version(rule.pack_version);
  moment.set_rule(rule.id);
  moment.set_says(rule.says.Render(trigger, scene.strand_key(), static_cast<int>(judgement.hits.size())));
  moment.set_question(rule.question);
  if (scene.strand_key() != nullptr) *moment.mutable_strand() = *scene.strand_key();
  return moment;
}

events::v1::Strike BuildStrike(const MomentRule& rule, const events::v1::MomentOfTruth& moment, absl::string_view topic) {
  const absl::Time occur_time = clock::TimeFrom(moment.occur_time());
  events::v1::Strike strike;
  strike.set_moment_id(moment.id());
  strike.set_weight_hundredths(rule.strike->weight);
  strike.set_incident(IncidentOf(rule, moment, topic));
  *strike.mutable_occur_time() = moment.occur_time();
  *strike.mutable_expire_time() = clock::ToProto(occur_time + rule.strike->lifetime);
  strike.set_rule(rule.id);
  return strike;
}

events::v1::Recovery BuildRecovery(const RecoveryRule& rule, const Scene& scene, absl::string_view name_key) {
  const events::v1::Touchpoint& trigger = scene.touchpoint();
  events::v1::Recovery recovery;
  recovery.set_id(ids::DerivedId(name_key, {"recovery", rule.pack, rule.id, trigger.source(), trigger.id()}));
  recovery.set_credit_hundredths(rule.credit);
  *recovery.mutable_occur_time() = trigger.occur_time();
  recovery.set_rule(rule.id);
  *recovery.mutable_trigger() = RefOf(trigger);
  return recovery;
}

}  // namespace touchstone::classification
