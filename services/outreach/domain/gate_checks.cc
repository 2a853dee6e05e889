#include "services/outreach/domain/gate_checks.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/calendar/quiet_hours.h"
#include "common/calendar/time_of_day.h"
#include "common/calendar/zone.h"
#include "common/clock/proto_time.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;
using state::v1::AddressHead;

// As packs and commands write it: `marketing`.
std::string ClassWord(events::OutreachClass outreach_class) {
  return absl::AsciiStrToLower(absl::StripPrefix(events::OutreachClass_Name(outreach_class), "OUTREACH_CLASS_"));
}

void CheckConsent(const events::Intent& intent, const events::Preferences& preferences, CheckList& list) {
  if (preferences.suppressed()) return list.Drop("CONSENT", "the address is suppressed");
  const events::OutreachClass outreach_class = intent.request().outreach_class();
  const std::string name = ClassWord(outreach_class);
  for (const events::Consent& consent : preferences.consents()) {
    if (consent.outreach_class() != outreach_class) continue;
    if (consent.state() == events::CONSENT_STATE_GRANTED) return list.Passed("CONSENT", absl::StrCat("granted for ", name));
    if (consent.state() == events::CONSENT_STATE_WITHDRAWN) return list.Drop("CONSENT", absl::StrCat("withdrawn for ", name));
  }
  if (intent.consent_required())
    return list.Drop("CONSENT", absl::StrCat("none on record for ", name, ", and the play requires it"));
  list.Passed("CONSENT", absl::StrCat("none on record for ", name, ", and the play requires none"));
}

// The address's own zone where it is known, else the policy's candidates.
std::vector<absl::TimeZone> ZonesOf(const events::Intent& intent, const events::Preferences& preferences) {
  if (absl::StatusOr<absl::TimeZone> own = calendar::LoadZone(preferences.time_zone());
      !preferences.time_zone().empty() && own.ok()) {
    return {*own};
  }
  std::vector<absl::TimeZone> zones;
  for (const std::string& name : intent.candidate_time_zones()) {
    if (absl::StatusOr<absl::TimeZone> zone = calendar::LoadZone(name); zone.ok()) zones.push_back(*zone);
  }
  return zones;
}

void CheckQuietHours(const events::Intent& intent, const events::Preferences& preferences, absl::Time now, CheckList& list) {
  const events::QuietHours& stated = preferences.has_quiet_hours() ? preferences.quiet_hours() : intent.quiet_hours();
  const calendar::QuietHours quiet{stated.from_minute(), stated.to_minute()};
  if (!calendar::CheckQuietHours(quiet).ok() || quiet.from_minute == quiet.to_minute) return list.Passed("QUIET_HOURS", "none");
  const std::vector<absl::TimeZone> zones = ZonesOf(intent, preferences);
  if (zones.empty()) return list.Hold("QUIET_HOURS", "no zone is known, not even a candidate", absl::InfiniteFuture());
  const std::string hours =
      absl::StrCat("quiet from ", calendar::TimeOfDayText(quiet.from_minute), " to ", calendar::TimeOfDayText(quiet.to_minute));
  for (const absl::TimeZone& zone : zones) {
    if (!calendar::IsQuiet(now, zone, quiet)) continue;
    const absl::Time until = calendar::NextNotQuiet(now, zones, quiet);
    const std::string words =
        until == absl::InfiniteFuture() ? "in this week always in some zone" : absl::StrCat("until ", InUtc(until));
    return list.Hold("QUIET_HOURS", absl::StrCat(calendar::LocalText(now, zone), ", ", hours, ": ", words), until);
  }
  list.Passed("QUIET_HOURS", absl::StrCat(calendar::LocalText(now, zones.front()), ", ", hours));
}

void CheckAddressCap(const RollingCap& cap, const events::Intent& intent, const AddressHead& head, absl::Time now,
                     CheckList& list) {
  if (!cap.Covers(intent.request().outreach_class())) return list.Passed("ADDRESS_CAP", "does not cover this class");
  std::vector<absl::Time> requested;
  for (const state::v1::AddressSend& send : head.sends()) requested.push_back(clock::TimeFrom(send.request_time()));
  const CapAnswer answer = Ask(cap, std::move(requested), 0, now);
  if (answer.count < cap.at_most) return list.Passed("ADDRESS_CAP", Words(cap, answer));
  list.Hold("ADDRESS_CAP", absl::StrCat(Words(cap, answer), ": until ", InUtc(answer.free_at)), answer.free_at);
}

}  // namespace

CheckList CheckRequest(const GatePolicy& policy, const events::Intent& intent, const AddressHead& head, absl::Time now) {
  CheckList list;
  const absl::Time expire_time = clock::TimeFrom(intent.request().expire_time());
  if (now >= expire_time) {
    list.Drop("EXPIRY", absl::StrCat("it was to be sent before ", InUtc(expire_time)));
    return list;
  }
  list.Passed("EXPIRY", absl::StrCat("until ", InUtc(expire_time)));
  CheckConsent(intent, head.preferences(), list);
  if (list.passed()) CheckQuietHours(intent, head.preferences(), now, list);
  if (list.passed()) CheckAddressCap(policy.address_cap, intent, head, now, list);
  return list;
}

}  // namespace touchstone::outreach
