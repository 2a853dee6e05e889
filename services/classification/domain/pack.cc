#include "services/classification/domain/pack.h"

#include <algorithm>
#include <set>

#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::classification {
namespace {

void AddTypes(const Condition& condition, std::set<std::string>& types) {
  if (condition.types()) types.insert(condition.types()->begin(), condition.types()->end());
}

}  // namespace

Pack::Pack(std::string name, int version, std::vector<events::v1::CorrelationKind> strands, std::vector<MomentRule> moments,
           std::vector<StageRule> stages, std::vector<RecoveryRule> recoveries, std::vector<PromiseRule> promises,
           uint64_t fingerprint)
    : name_(std::move(name)),
      version_(version),
      strands_(std::move(strands)),
      moments_(std::move(moments)),
      stages_(std::move(stages)),
      recoveries_(std::move(recoveries)),
      promises_(std::move(promises)),
      fingerprint_(fingerprint) {
  std::set<std::string> types;
  for (const MomentRule& rule : moments_) {
    AddTypes(rule.when, types);
    if (rule.count) AddTypes(rule.count->of, types);
    if (rule.first) AddTypes(rule.first->of, types);
    by_fingerprint_[rule.fingerprint] = &rule;
  }
  for (const StageRule& rule : stages_) AddTypes(rule.when, types);
  for (const RecoveryRule& rule : recoveries_) AddTypes(rule.when, types);
  for (const PromiseRule& rule : promises_) AddTypes(rule.kept_by, types);
  for (const std::string& type : types) by_type_[type] = CandidatesOf(type);
  // No touchpoint has an empty type: what is left are the conditions that name none.
  others_ = CandidatesOf("");
}

Candidates Pack::CandidatesOf(absl::string_view type) const {
  Candidates candidates;
  for (const MomentRule& rule : moments_) {
    if (rule.when.MayHoldFor(type)) candidates.moments.push_back(&rule);
    if (rule.count && rule.count->of.MayHoldFor(type)) candidates.counts.push_back(&rule);
    if (rule.first && rule.first->of.MayHoldFor(type)) candidates.firsts.push_back(&rule);
  }
  for (const StageRule& rule : stages_) {
    if (rule.when.MayHoldFor(type)) candidates.stages.push_back(&rule);
  }
  for (const RecoveryRule& rule : recoveries_) {
    if (rule.when.MayHoldFor(type)) candidates.recoveries.push_back(&rule);
  }
  for (const PromiseRule& rule : promises_) {
    if (rule.kept_by.MayHoldFor(type)) candidates.promises.push_back(&rule);
  }
  return candidates;
}

const Candidates& Pack::For(absl::string_view touchpoint_type) const {
  const auto it = by_type_.find(touchpoint_type);
  return it == by_type_.end() ? others_ : it->second;
}

const MomentRule* Pack::FindMoment(absl::string_view id) const {
  const auto it = std::find_if(moments_.begin(), moments_.end(), [&](const MomentRule& rule) { return rule.id == id; });
  return it == moments_.end() ? nullptr : &*it;
}

const MomentRule* Pack::FindMoment(uint64_t fingerprint) const {
  const auto it = by_fingerprint_.find(fingerprint);
  return it == by_fingerprint_.end() ? nullptr : it->second;
}

const PromiseRule* Pack::FindPromise(absl::string_view what) const {
  const auto it = std::find_if(promises_.begin(), promises_.end(), [&](const PromiseRule& rule) { return rule.what == what; });
  return it == promises_.end() ? nullptr : &*it;
}

const events::v1::Correlation* Pack::StrandOf(const events::v1::Touchpoint& touchpoint) const {
  for (const events::v1::CorrelationKind kind : strands_) {
    for (const events::v1::Correlation& correlation : touchpoint.correlations()) {
      if (correlation.kind() == kind) return &correlation;
    }
  }
  return nullptr;
}

}  // namespace touchstone::classification
