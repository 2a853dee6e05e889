#include "services/classification/domain/journey_fold.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/clock/proto_time.h"
#include "common/names/name_kind.h"
#include "common/status/invariant.h"
#include "services/classification/domain/count_window.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/limits.h"
#include "services/classification/domain/moment_builder.h"
#include "services/classification/domain/strands.h"
#include "services/classification/domain/strike_ledger.h"

namespace touchstone::classification {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

using events::v1::MomentOfTruth;
using events::v1::Touchpoint;

double DaysBetween(int64_t from_ns, int64_t to_ns) { return static_cast<double>(to_ns - from_ns) / (24.0 * 3600e9); }

const events::v1::Correlation* StrandOf(const MomentOfTruth& moment) { return moment.has_strand() ? &moment.strand() : nullptr; }

// Deadlines of one instant: by rule, then by trigger, so that no order of arrival shows.
bool FiresBefore(const state::v1::Wait& a, const state::v1::Wait& b) {
  const auto place = [](const state::v1::Wait& wait) {
    return std::make_tuple(wait.due_ns(), absl::string_view(wait.moment().rule()),
                           absl::string_view(wait.moment().trigger().source()), absl::string_view(wait.moment().trigger().id()));
  };
  return place(a) < place(b);
}

void Arm(state::v1::Wait wait, state::v1::FoldState& state) {
  auto& waits = *state.mutable_waits();
  *waits.Add() = std::move(wait);
  if (waits.size() <= kWaitsMax) return;
  int last = 0;
  for (int i = 1; i < waits.size(); ++i) {
    if (FiresBefore(waits[last], waits[i])) last = i;
  }
  waits.DeleteSubrange(last, 1);
}

void TakeContactPoints(const Touchpoint& touchpoint, state::v1::FoldState& state) {
  auto& points = *state.mutable_contact_points();
  for (const events::v1::Name& name : touchpoint.names()) {
    const events::v1::Channel channel = names::ContactChannelOf(name.kind());
    // What we tell ourselves names its person by the key alone: nobody can be written to by that.
    if (channel == events::v1::CHANNEL_UNSPECIFIED || name.value().empty()) continue;
    const auto known = std::find_if(points.begin(), points.end(),
                                    [&](const events::v1::ContactPoint& point) { return point.address_key() == name.key(); });
    if (known != points.end()) {
      points.DeleteSubrange(static_cast<int>(known - points.begin()), 1);
    } else if (points.size() >= kContactPointsMax) {
      points.DeleteSubrange(0, 1);
    }
    events::v1::ContactPoint& point = *points.Add();
    point.set_channel(channel);
    point.set_address(name.value());
    point.set_address_key(name.key());
    *point.mutable_state_time() = touchpoint.occur_time();
  }
}

void TakeLastTouchpoint(const Touchpoint& touchpoint, state::v1::FoldState& state) {
  auto& last = *state.mutable_last_touchpoints();
  if (last.size() < kLastTouchpoints) last.Add();
  for (int i = last.size() - 1; i > 0; --i) last.SwapElements(i, i - 1);
  RefOf(touchpoint).SerializeToString(&last[0]);
}

}  // namespace

JourneyFold::JourneyFold(const Pack& pack, absl::string_view name_key, state::v1::FoldState& state)
    : pack_(pack), name_key_(name_key), state_(state) {}

int64_t JourneyFold::NextDeadline() const {
  int64_t next = NextBreak(state_);
  for (const state::v1::Wait& wait : state_.waits()) next = std::min(next, wait.due_ns());
  return next;
}

void JourneyFold::PassTo(int64_t until_ns) {
  for (int64_t due_ns = NextDeadline(); due_ns != kNever && due_ns <= until_ns; due_ns = NextDeadline()) {
    BreakPromises(due_ns, state_);
    MovePointTo(due_ns);
    FireNextWait(due_ns);
  }
}

void JourneyFold::MovePointTo(int64_t deadline_ns) {
  const state::v1::FoldPoint deadline = DeadlinePoint(deadline_ns);
  if (!state_.has_point() || IsBefore(state_.point(), deadline)) *state_.mutable_point() = deadline;
}

void JourneyFold::FireNextWait(int64_t due_ns) {
  auto& waits = *state_.mutable_waits();
  int next = -1;
  for (int i = 0; i < waits.size(); ++i) {
    if (waits[i].due_ns() <= due_ns && (next < 0 || FiresBefore(waits[i], waits[next]))) next = i;
  }
  if (next < 0) return;
  state::v1::Wait wait = std::move(waits[next]);
  waits.DeleteSubrange(next, 1);
  const MomentRule* rule = pack_.FindMoment(wait.rule());
  if (rule == nullptr) return;  // Of an older pack: its journey is folded anew.
  MomentOfTruth moment = std::move(*wait.mutable_moment());
  *moment.mutable_occur_time() = TimestampOf(wait.due_ns());
  moment.set_stage(rule->stage == events::v1::STAGE_UNSPECIFIED ? state_.journey().stage() : rule->stage);
  Find(*rule, std::move(moment), wait.topic(), true);
}

void JourneyFold::Touch(const Touchpoint& touchpoint) {
  const int64_t now_ns = Nanos(touchpoint.occur_time());
  INVARIANT(!state_.has_point() || IsAfter(touchpoint, state_.point()), "a touchpoint is folded after what is newer");
  PassTo(now_ns - 1);

  const events::v1::Correlation* strand_key = pack_.StrandOf(touchpoint);
  state::v1::StrandEntry& strand = OpenStrand(strand_key, state_);
  const Candidates& candidates = pack_.For(touchpoint.type());
  SetDerivedFacts(now_ns);
  scene_.Set(touchpoint, now_ns, state_.journey(), strand.facts(), strand_key);

  EndWaits();
  CountHits(candidates);
  const std::vector<Matched> matches = Match(candidates);
  const std::vector<const RecoveryRule*> recoveries = MatchRecoveries(candidates);
  last_evidence_ = EvidenceOf(candidates);
  if (question_ != nullptr) Answer();

  MarkFirsts(candidates);
  KeepPromises(candidates, scene_, strand);
  EnterStage(last_evidence_, *strand.mutable_facts());
  TakeFacts(*strand.mutable_facts());
  MakePromise(pack_, touchpoint, strand);
  for (const Matched& matched : matches) Conclude(matched);
  for (const RecoveryRule* rule : recoveries) Recover(*rule);
  *state_.mutable_point() = PointOf(touchpoint);
}

void JourneyFold::SetDerivedFacts(int64_t now_ns) {
  pack::v1::JourneyFacts& facts = *state_.mutable_journey();
  const Hundredths hundredths = StrikeLedger(state_).CountAt(now_ns);
  facts.set_strike_hundredths(hundredths);
  facts.set_strikes(hundredths / 100);
  if (facts.touchpoint_count() == 0) return;
  facts.set_days_since_first(DaysBetween(Nanos(facts.first_time()), now_ns));
  facts.set_days_since_last(DaysBetween(Nanos(facts.last_time()), now_ns));
}

void JourneyFold::EndWaits() {
  auto& waits = *state_.mutable_waits();
  for (int i = waits.size() - 1; i >= 0; --i) {
    const MomentRule* rule = pack_.FindMoment(waits[i].rule());
    if (rule == nullptr || (scene_.IsOurDoing() && !rule->echo)) continue;
    if (rule->absence->by == By::kStrand && !SameStrand(StrandOf(waits[i].moment()), scene_.strand_key())) continue;
    const Condition* no = rule->absence->no ? &*rule->absence->no : nullptr;
    if (no == nullptr) {
      const PromiseRule* promise = pack_.FindPromise(waits[i].what());
      if (promise != nullptr) no = &promise->kept_by;
    }
    if (no != nullptr && no->MayHoldFor(scene_.touchpoint().type()) && no->Holds(scene_)) waits.DeleteSubrange(i, 1);
  }
}

void JourneyFold::CountHits(const Candidates& candidates) {
  for (const MomentRule* rule : candidates.counts) {
    if (scene_.IsOurDoing() && !rule->echo) continue;
    if (!rule->count->of.Holds(scene_)) continue;
    AddHit(*rule->count, ByValue(rule->count->by, scene_.touchpoint(), scene_.strand_key()), scene_.touchpoint(), state_);
  }
}

std::vector<JourneyFold::Matched> JourneyFold::Match(const Candidates& candidates) const {
  std::vector<Matched> matches;
  for (const MomentRule* rule : candidates.moments) {
    Judgement judgement = Judge(pack_, *rule, scene_, state_, nullptr);
    if (judgement.holds) matches.push_back({rule, std::move(judgement)});
  }
  return matches;
}

std::vector<const RecoveryRule*> JourneyFold::MatchRecoveries(const Candidates& candidates) const {
  std::vector<const RecoveryRule*> matches;
  for (const RecoveryRule* rule : candidates.recoveries) {
    if ((rule->echo || !scene_.IsOurDoing()) && rule->when.Holds(scene_)) matches.push_back(rule);
  }
  return matches;
}

events::v1::Stage JourneyFold::EvidenceOf(const Candidates& candidates) const {
  for (const StageRule* rule : candidates.stages) {
    if ((rule->echo || !scene_.IsOurDoing()) && rule->when.Holds(scene_)) return rule->stage;
  }
  return events::v1::STAGE_UNSPECIFIED;
}

void JourneyFold::Answer() const {
  const Touchpoint& touchpoint = scene_.touchpoint();
  if (question_->source != touchpoint.source() || question_->id != touchpoint.id()) return;
  const MomentRule* rule = pack_.FindMoment(question_->rule);
  if (rule != nullptr) Judge(pack_, *rule, scene_, state_, &question_->clauses);
}

void JourneyFold::MarkFirsts(const Candidates& candidates) {
  for (const MomentRule* rule : candidates.firsts) {
    if (scene_.IsOurDoing() && !rule->echo) continue;
    if (!rule->first->of.Holds(scene_)) continue;
    MarkSeen(*rule->first, ByValue(rule->first->by, scene_.touchpoint(), scene_.strand_key()), state_);
  }
}

void JourneyFold::EnterStage(events::v1::Stage stage, pack::v1::StrandFacts& strand) {
  if (stage == events::v1::STAGE_UNSPECIFIED) return;
  strand.set_stage(stage);
  pack::v1::JourneyFacts& facts = *state_.mutable_journey();
  if (stage == events::v1::STAGE_PURCHASE) facts.set_purchase_count(facts.purchase_count() + 1);
  if (facts.stage() == stage) return;
  facts.set_stage(stage);
  if (state_.stages_size() >= kStagesMax) state_.mutable_stages()->DeleteSubrange(0, 1);
  state::v1::StageEntry& entry = *state_.add_stages();
  entry.set_stage(stage);
  *entry.mutable_evidence() = RefOf(scene_.touchpoint());
}

void JourneyFold::TakeFacts(pack::v1::StrandFacts& strand) {
  const Touchpoint& touchpoint = scene_.touchpoint();
  pack::v1::JourneyFacts& facts = *state_.mutable_journey();
  if (facts.touchpoint_count() == 0) *facts.mutable_first_time() = touchpoint.occur_time();
  *facts.mutable_last_time() = touchpoint.occur_time();
  facts.set_touchpoint_count(facts.touchpoint_count() + 1);
  const bool first_hand = touchpoint.direction() != events::v1::DIRECTION_EXTERNAL && !scene_.IsOurDoing();
  if (first_hand) facts.set_first_hand_count(facts.first_hand_count() + 1);
  if (strand.touchpoint_count() == 0) *strand.mutable_first_time() = touchpoint.occur_time();
  *strand.mutable_last_time() = touchpoint.occur_time();
  strand.set_touchpoint_count(strand.touchpoint_count() + 1);
  TakeScores();
  if (!touchpoint.language().empty()) state_.set_language(touchpoint.language());
  TakeContactPoints(touchpoint, state_);
  TakeLastTouchpoint(touchpoint, state_);
}

void JourneyFold::TakeScores() {
  const Touchpoint& touchpoint = scene_.touchpoint();
  pack::v1::JourneyFacts& facts = *state_.mutable_journey();
  if (touchpoint.has_sentiment()) facts.set_last_sentiment(touchpoint.sentiment());
  if (touchpoint.has_stars()) facts.set_last_stars(touchpoint.stars());
  if (!touchpoint.has_survey()) return;
  const int32_t score = touchpoint.survey().score();
  if (touchpoint.survey().kind() == events::v1::SURVEY_KIND_NPS) facts.set_last_nps(score);
  if (touchpoint.survey().kind() == events::v1::SURVEY_KIND_CSAT) facts.set_last_csat(score);
  if (touchpoint.survey().kind() == events::v1::SURVEY_KIND_CES) facts.set_last_ces(score);
}

void JourneyFold::Conclude(const Matched& matched) {
  const MomentRule& rule = *matched.rule;
  MomentOfTruth moment = BuildMoment(rule, scene_, matched.judgement, name_key_);
  if (rule.absence) {
    state::v1::Wait wait;
    wait.set_rule(rule.fingerprint);
    wait.set_due_ns(matched.judgement.due_ns);
    wait.set_topic(scene_.touchpoint().topic());
    if (rule.absence->wait == absl::ZeroDuration()) wait.set_what(scene_.touchpoint().promise().what());
    *wait.mutable_moment() = std::move(moment);
    Arm(std::move(wait), state_);
    return;
  }
  if (rule.stage == events::v1::STAGE_UNSPECIFIED) moment.set_stage(state_.journey().stage());
  Find(rule, std::move(moment), scene_.touchpoint().topic(), false);
}

void JourneyFold::Find(const MomentRule& rule, MomentOfTruth moment, absl::string_view topic, bool deadline) {
  if (rule.strike) Strike(rule, moment, topic);
  state::v1::MomentEntry& entry = conclusions_.moments.emplace_back();
  *entry.mutable_moment() = std::move(moment);
  entry.set_deadline(deadline);
}

void JourneyFold::Strike(const MomentRule& rule, const MomentOfTruth& moment, absl::string_view topic) {
  const events::v1::Strike strike = BuildStrike(rule, moment, topic);
  const int64_t now_ns = Nanos(strike.occur_time());
  StrikeLedger ledger(state_);
  const Hundredths before = ledger.CountAt(now_ns);
  ledger.Add(strike, rule.strike->within, moment.has_strand() ? &moment.strand() : nullptr);
  const Hundredths after = ledger.CountAt(now_ns);
  for (const int level : CrossedUpwards(before, after)) Cross(level, after, strike);
}

void JourneyFold::Cross(int level, Hundredths hundredths, const events::v1::Strike& strike) {
  events::v1::StrikeCrossing crossing;
  crossing.set_strikes(level);
  crossing.set_hundredths(hundredths);
  *crossing.mutable_strike() = strike;
  *crossing.mutable_occur_time() = strike.occur_time();
  auto& newest = *state_.mutable_crossings();
  const auto same = std::find_if(newest.begin(), newest.end(),
                                 [&](const events::v1::StrikeCrossing& known) { return known.strikes() >= level; });
  if (same != newest.end() && same->strikes() == level) {
    *same = crossing;
  } else {
    *newest.Add() = crossing;
    std::sort(newest.pointer_begin(), newest.pointer_end(),
              [](const auto* a, const auto* b) { return a->strikes() < b->strikes(); });
  }
  conclusions_.crossings.push_back(std::move(crossing));
}

void JourneyFold::Recover(const RecoveryRule& rule) {
  StrikeLedger(state_).Recover(BuildRecovery(rule, scene_, name_key_), scene_.strand_key());
}

}  // namespace touchstone::classification
