#include "services/classification/domain/strike_ledger.h"

#include <algorithm>
#include <limits>

#include "common/clock/proto_time.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/limits.h"
#include "services/classification/domain/strands.h"

namespace touchstone::classification {
namespace {

state::v1::StrikeEntry EntryOf(const events::v1::Strike& strike) {
  state::v1::StrikeEntry entry;
  entry.set_moment_id(strike.moment_id());
  entry.set_weight_hundredths(strike.weight_hundredths());
  entry.set_occur_ns(Nanos(strike.occur_time()));
  entry.set_expire_ns(Nanos(strike.expire_time()));
  entry.set_rule(strike.rule());
  return entry;
}

// The lightest goes; of equals the one that expires first.
void DropLightest(state::v1::Incident& incident) {
  auto& strikes = *incident.mutable_strikes();
  int lightest = 0;
  for (int i = 1; i < strikes.size(); ++i) {
    const bool lighter = strikes[i].weight_hundredths() < strikes[lightest].weight_hundredths();
    const bool equal = strikes[i].weight_hundredths() == strikes[lightest].weight_hundredths();
    if (lighter || (equal && strikes[i].expire_ns() < strikes[lightest].expire_ns())) lightest = i;
  }
  strikes.DeleteSubrange(lightest, 1);
}

bool TakesMore(const state::v1::Incident& incident, int64_t now_ns, absl::Duration within) {
  if (now_ns - incident.first_ns() >= Nanos(within)) return false;
  return incident.paid_hundredths() == 0 || CountOf(incident, now_ns) > 0;
}

}  // namespace

const state::v1::StrikeEntry* HeaviestOf(const state::v1::Incident& incident, int64_t now_ns) {
  const state::v1::StrikeEntry* heaviest = nullptr;
  for (const state::v1::StrikeEntry& strike : incident.strikes()) {
    if (strike.expire_ns() <= now_ns) continue;
    if (heaviest == nullptr || strike.weight_hundredths() > heaviest->weight_hundredths()) heaviest = &strike;
  }
  return heaviest;
}

Hundredths CountOf(const state::v1::Incident& incident, int64_t now_ns) {
  const state::v1::StrikeEntry* heaviest = HeaviestOf(incident, now_ns);
  return heaviest == nullptr ? 0 : std::max(0, heaviest->weight_hundredths() - incident.paid_hundredths());
}

void StrikeLedger::Add(const events::v1::Strike& strike, absl::Duration within, const events::v1::Correlation* strand) {
  const int64_t now_ns = Nanos(strike.occur_time());
  auto& incidents = *state_.mutable_incidents();
  for (int i = incidents.size() - 1; i >= 0; --i) {
    if (incidents[i].key() != strike.incident()) continue;
    // Only the newest of a key is still open.
    if (!TakesMore(incidents[i], now_ns, within)) break;
    *incidents[i].add_strikes() = EntryOf(strike);
    if (incidents[i].strikes_size() > kStrikesPerIncidentMax) DropLightest(incidents[i]);
    return;
  }
  MakeRoom(now_ns);
  state::v1::Incident& incident = *incidents.Add();
  incident.set_key(strike.incident());
  incident.set_first_ns(now_ns);
  if (strand != nullptr) *incident.mutable_strand() = *strand;
  *incident.add_strikes() = EntryOf(strike);
}

void StrikeLedger::MakeRoom(int64_t now_ns) {
  auto& incidents = *state_.mutable_incidents();
  if (incidents.size() < kIncidentsMax) return;
  int victim = 0;
  for (int i = 0; i < incidents.size(); ++i) {
    if (CountOf(incidents[i], now_ns) > 0) continue;
    victim = i;
    break;
  }
  incidents.DeleteSubrange(victim, 1);
}

Hundredths StrikeLedger::Recover(const events::v1::Recovery& recovery, const events::v1::Correlation* strand) {
  const int64_t now_ns = Nanos(recovery.occur_time());
  Hundredths paid = PayNewest(recovery.credit_hundredths(), now_ns, strand, false);
  if (strand == nullptr) paid += PayNewest(recovery.credit_hundredths() - paid, now_ns, nullptr, true);
  auto& recoveries = *state_.mutable_recoveries();
  if (recoveries.size() >= kRecoveriesMax) recoveries.DeleteSubrange(0, 1);
  state::v1::RecoveryEntry& entry = *recoveries.Add();
  *entry.mutable_recovery() = recovery;
  entry.set_paid_hundredths(paid);
  return paid;
}

Hundredths StrikeLedger::PayNewest(Hundredths credit, int64_t now_ns, const events::v1::Correlation* strand, bool any_strand) {
  Hundredths left = credit;
  auto& incidents = *state_.mutable_incidents();
  for (int i = incidents.size() - 1; i >= 0 && left > 0; --i) {
    state::v1::Incident& incident = incidents[i];
    const bool same = SameStrand(incident.has_strand() ? &incident.strand() : nullptr, strand);
    if (!same && !any_strand) continue;
    const Hundredths payment = std::min(left, CountOf(incident, now_ns));
    incident.set_paid_hundredths(incident.paid_hundredths() + payment);
    left -= payment;
  }
  return credit - left;
}

Hundredths StrikeLedger::CountAt(int64_t now_ns) const {
  Hundredths sum = 0;
  for (const state::v1::Incident& incident : state_.incidents()) sum += CountOf(incident, now_ns);
  return sum;
}

int64_t StrikeLedger::NextChange(int64_t now_ns) const {
  int64_t next = std::numeric_limits<int64_t>::max();
  for (const state::v1::Incident& incident : state_.incidents()) {
    const Hundredths now = CountOf(incident, now_ns);
    if (now == 0) continue;
    for (const state::v1::StrikeEntry& strike : incident.strikes()) {
      if (strike.expire_ns() <= now_ns || strike.expire_ns() >= next) continue;
      if (CountOf(incident, strike.expire_ns()) != now) next = strike.expire_ns();
    }
  }
  return next;
}

std::vector<int> CrossedUpwards(Hundredths before, Hundredths after) {
  std::vector<int> crossed;
  for (int level = LevelOf(before) + 1; level <= LevelOf(after); ++level) crossed.push_back(level);
  return crossed;
}

int LevelOf(Hundredths hundredths) { return std::min(kStrikeLevels, hundredths / 100); }

}  // namespace touchstone::classification
