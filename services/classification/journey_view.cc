#include "services/classification/journey_view.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/status/macros.h"
#include "services/classification/domain/digest.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/journey_fold.h"
#include "services/classification/domain/moment_builder.h"
#include "services/classification/domain/strike_ledger.h"
#include "services/classification/journey_store.h"

namespace touchstone::classification {
namespace {

using events::v1::MomentOfTruth;
using events::v1::Touchpoint;
using state::v1::FoldState;

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
constexpr int64_t kAlways = std::numeric_limits<int64_t>::min();

std::vector<MomentOfTruth> InOrder(std::vector<state::v1::MomentEntry> entries) {
  std::vector<MomentOfTruth> moments;
  for (state::v1::MomentEntry& entry : entries) moments.push_back(std::move(*entry.mutable_moment()));
  std::sort(moments.begin(), moments.end(), [](const MomentOfTruth& a, const MomentOfTruth& b) {
    const int64_t a_ns = Nanos(a.occur_time());
    const int64_t b_ns = Nanos(b.occur_time());
    return a_ns != b_ns ? a_ns < b_ns : a.id() < b.id();
  });
  return moments;
}

void AddMoments(std::vector<MomentOfTruth> moments, v1::Journey& journey) {
  const size_t shown = std::min<size_t>(moments.size(), kShownMax);
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> by_trigger;
  for (const MomentOfTruth& moment : moments) {
    by_trigger[{moment.trigger().source(), moment.trigger().id()}].push_back(moment.id());
  }
  for (v1::JourneyTouchpoint& shown_touchpoint : *journey.mutable_touchpoints()) {
    const auto ids = by_trigger.find({shown_touchpoint.touchpoint().source(), shown_touchpoint.touchpoint().id()});
    if (ids == by_trigger.end()) continue;
    for (const std::string& id : ids->second) shown_touchpoint.add_moment_ids(id);
  }
  for (size_t i = moments.size() - shown; i < moments.size(); ++i) *journey.add_moments() = std::move(moments[i]);
}

// The newest touchpoints, each with the stage it is evidence of; those ahead of task time are not there yet.
absl::Status AddTouchpoints(const Pack& pack, const eventlog::StateView& state, absl::string_view name, absl::Time now,
                            v1::Journey& journey) {
  ASSIGN_OR_RETURN(FoldState folded, ReadBase(state, name));
  JourneyFold fold(pack, name, folded);
  std::deque<v1::JourneyTouchpoint> newest;
  RETURN_IF_ERROR(ReadTouchpoints(state, name, kAlways, Nanos(now), [&](absl::string_view, const Touchpoint& touchpoint) {
    fold.Touch(touchpoint);
    v1::JourneyTouchpoint& one = newest.emplace_back();
    *one.mutable_touchpoint() = touchpoint;
    one.set_stage(fold.last_evidence());
    if (newest.size() > kShownMax) newest.pop_front();
    return true;
  }));
  for (v1::JourneyTouchpoint& one : newest) *journey.add_touchpoints() = std::move(one);
  return absl::OkStatus();
}

void AddStages(const FoldState& fold, v1::Journey& journey) {
  for (const state::v1::StageEntry& entry : fold.stages()) {
    v1::StageSpan& span = *journey.add_stages();
    span.set_stage(entry.stage());
    *span.mutable_begin_time() = entry.evidence().occur_time();
    *span.mutable_evidence() = entry.evidence();
  }
}

void AddStrands(const FoldState& fold, v1::Journey& journey) {
  for (const state::v1::StrandEntry& entry : fold.strands()) {
    if (entry.facts().id().empty()) continue;
    v1::Strand& strand = *journey.add_strands();
    strand.mutable_key()->set_kind(entry.facts().kind());
    strand.mutable_key()->set_id(entry.facts().id());
    strand.set_stage(entry.facts().stage());
    *strand.mutable_first_time() = entry.facts().first_time();
    *strand.mutable_last_time() = entry.facts().last_time();
    strand.set_touchpoint_count(entry.facts().touchpoint_count());
    AddOpenPromises(entry, strand.mutable_promises());
  }
}

std::string DateText(int64_t time_ns) { return absl::FormatTime("%Y-%m-%d", TimeOf(time_ns), absl::UTCTimeZone()); }

events::v1::Strike StrikeOf(const state::v1::StrikeEntry& entry, absl::string_view incident) {
  events::v1::Strike strike;
  strike.set_moment_id(entry.moment_id());
  strike.set_weight_hundredths(entry.weight_hundredths());
  strike.set_incident(std::string(incident));
  *strike.mutable_occur_time() = TimestampOf(entry.occur_ns());
  *strike.mutable_expire_time() = TimestampOf(entry.expire_ns());
  strike.set_rule(entry.rule());
  return strike;
}

v1::LedgerEntry EntryOf(const state::v1::StrikeEntry& strike, const state::v1::Incident& incident, int64_t now_ns) {
  v1::LedgerEntry entry;
  *entry.mutable_strike() = StrikeOf(strike, incident.key());
  if (strike.expire_ns() <= now_ns) {
    entry.set_why(absl::StrCat("its lifetime ended on ", DateText(strike.expire_ns())));
    return entry;
  }
  if (HeaviestOf(incident, now_ns) != &strike) {
    entry.set_why(absl::StrCat("another strike of ", incident.key(), " counts: an incident counts once, by its heaviest"));
    return entry;
  }
  entry.set_counted_hundredths(CountOf(incident, now_ns));
  entry.set_why(absl::StrCat("counts until ", DateText(strike.expire_ns())));
  if (incident.paid_hundredths() > 0) absl::StrAppend(entry.mutable_why(), "; ", incident.paid_hundredths(), " paid back");
  return entry;
}

v1::LedgerEntry EntryOf(const state::v1::RecoveryEntry& recovery) {
  v1::LedgerEntry entry;
  *entry.mutable_recovery() = recovery.recovery();
  entry.set_counted_hundredths(-recovery.paid_hundredths());
  entry.set_why(recovery.paid_hundredths() == 0 ? "found nothing to pay back"
                                                : absl::StrCat("paid back ", recovery.paid_hundredths()));
  return entry;
}

int64_t TimeOfEntry(const v1::LedgerEntry& entry) {
  return Nanos(entry.has_strike() ? entry.strike().occur_time() : entry.recovery().occur_time());
}

// The rule's clauses before the trigger, and the evidence, as touchpoints.
absl::Status AddClauses(const Pack& pack, const eventlog::StateView& state, absl::string_view name, const MomentOfTruth& moment,
                        v1::ExplainMomentResponse& response) {
  Question question{moment.rule(), moment.trigger().source(), moment.trigger().id(), {}};
  ASSIGN_OR_RETURN(FoldState folded, ReadBase(state, name));
  JourneyFold fold(pack, name, folded);
  fold.Ask(&question);
  const int64_t trigger_ns = Nanos(moment.trigger().occur_time());
  RETURN_IF_ERROR(ReadTouchpoints(state, name, kAlways, trigger_ns, [&](absl::string_view, const Touchpoint& touchpoint) {
    fold.Touch(touchpoint);
    const bool is_evidence = std::any_of(moment.evidence().begin(), moment.evidence().end(), [&](const auto& one) {
      return one.id() == touchpoint.id() && one.source() == touchpoint.source();
    });
    if (is_evidence) *response.add_evidence() = touchpoint;
    return true;
  }));
  for (const ClauseSeen& seen : question.clauses) {
    v1::Clause& clause = *response.add_clauses();
    clause.set_clause(seen.clause);
    clause.set_text(seen.text);
    clause.set_held(seen.held);
    clause.set_saw(seen.saw);
    if (seen.clause == "if.absence") absl::StrAppend(clause.mutable_saw(), "; nothing ended the wait by then");
  }
  return absl::OkStatus();
}

void AddStrike(const FoldState& fold, const MomentOfTruth& moment, v1::ExplainMomentResponse& response) {
  for (const state::v1::Incident& incident : fold.incidents()) {
    for (const state::v1::StrikeEntry& strike : incident.strikes()) {
      if (strike.moment_id() == moment.id()) *response.mutable_strike() = StrikeOf(strike, incident.key());
    }
  }
}

std::string WordsFor(const MomentOfTruth& moment, const v1::ExplainMomentResponse& response) {
  std::string words = absl::StrCat("The customer ", moment.says(), ". Rule ", moment.rule(), " of pack ", moment.pack(),
                                   ", version ", moment.pack_version(), ", found it; it rests on ", moment.evidence_size(),
                                   moment.evidence_size() == 1 ? " touchpoint." : " touchpoints.");
  if (response.clauses().empty()) {
    absl::StrAppend(&words, " Its trigger is no longer kept, or its rule no longer there, so its clauses cannot be shown again.");
  }
  if (response.has_strike()) {
    absl::StrAppend(&words, " It is ", response.strike().weight_hundredths(), " hundredths of a strike until ",
                    DateText(Nanos(response.strike().expire_time())), ", of the incident ", response.strike().incident(), ".");
  }
  return words;
}

}  // namespace

absl::StatusOr<std::optional<v1::Journey>> ViewOfJourney(const Pack& pack, const eventlog::StateView& state,
                                                         absl::string_view name, absl::Time now) {
  ASSIGN_OR_RETURN(const std::optional<state::v1::Head> head, ReadHead(state, name));
  if (!head.has_value()) return std::optional<v1::Journey>();
  v1::Journey journey;
  *journey.mutable_digest() = DigestOf(*head, name, Nanos(now));
  RETURN_IF_ERROR(AddTouchpoints(pack, state, name, now, journey));
  ASSIGN_OR_RETURN(std::vector<state::v1::MomentEntry> entries, ReadMoments(state, name));
  AddMoments(InOrder(std::move(entries)), journey);
  AddStages(head->fold(), journey);
  AddStrands(head->fold(), journey);
  *journey.mutable_ledger() = LedgerOf(head->fold(), now);
  if (head->has_base_point()) {
    *journey.mutable_exact_since_time() = TimestampOf(head->base_point().time_ns());
  } else if (head->fold().journey().has_first_time()) {
    *journey.mutable_exact_since_time() = head->fold().journey().first_time();
  }
  journey.set_too_late_count(head->too_late_count());
  return std::optional<v1::Journey>(std::move(journey));
}

absl::StatusOr<std::optional<v1::ExplainMomentResponse>> ExplanationOf(const Pack& pack, const eventlog::StateView& state,
                                                                       absl::string_view name, absl::string_view moment_id) {
  ASSIGN_OR_RETURN(const std::optional<state::v1::MomentEntry> entry, ReadMoment(state, name, moment_id));
  ASSIGN_OR_RETURN(const std::optional<state::v1::Head> head, ReadHead(state, name));
  if (!entry.has_value() || !head.has_value()) return std::optional<v1::ExplainMomentResponse>();
  const MomentOfTruth& moment = entry->moment();
  v1::ExplainMomentResponse response;
  *response.mutable_moment() = moment;
  if (const MomentRule* rule = pack.FindMoment(moment.rule()); rule != nullptr && rule->pack == moment.pack()) {
    response.set_rule_text(rule->text);
    response.set_rule_location(rule->location);
  }
  RETURN_IF_ERROR(AddClauses(pack, state, name, moment, response));
  AddStrike(head->fold(), moment, response);
  response.set_words(WordsFor(moment, response));
  return std::optional<v1::ExplainMomentResponse>(std::move(response));
}

v1::Ledger LedgerOf(const FoldState& fold, absl::Time now) {
  const int64_t now_ns = Nanos(now);
  v1::Ledger ledger;
  FoldState copy = fold;
  const StrikeLedger strikes(copy);
  ledger.set_hundredths(strikes.CountAt(now_ns));
  if (const int64_t next_ns = strikes.NextChange(now_ns); next_ns != kNever)
    *ledger.mutable_next_change_time() = TimestampOf(next_ns);
  std::vector<v1::LedgerEntry> entries;
  for (const state::v1::Incident& incident : fold.incidents()) {
    for (const state::v1::StrikeEntry& strike : incident.strikes()) entries.push_back(EntryOf(strike, incident, now_ns));
  }
  for (const state::v1::RecoveryEntry& recovery : fold.recoveries()) entries.push_back(EntryOf(recovery));
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return TimeOfEntry(a) < TimeOfEntry(b); });
  for (v1::LedgerEntry& entry : entries) *ledger.add_entries() = std::move(entry);
  return ledger;
}

}  // namespace touchstone::classification
