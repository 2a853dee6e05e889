#include "tests/simulation/observers/outreach_observer.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "tests/simulation/observers/cause.h"

namespace touchstone::simulation {

namespace events = touchstone::events::v1;

namespace {

// As core's and retail's outreach.yaml say it.
constexpr int kQuietFrom = 21 * 60;
constexpr int kQuietTo = 8 * 60;
// As suite_tasks.cc says it, of all classes.
constexpr int kCap = 1;
constexpr absl::Duration kCapWithin = absl::Hours(24 * 7);
constexpr absl::Duration kRepeats = absl::Hours(24);

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

const std::vector<absl::TimeZone>& CandidateZones() {
  static const auto& zones = *[] {
    auto* loaded = new std::vector<absl::TimeZone>(2);
    absl::LoadTimeZone("America/Sao_Paulo", &(*loaded)[0]);
    absl::LoadTimeZone("America/Manaus", &(*loaded)[1]);
    return loaded;
  }();
  return zones;
}

}  // namespace

void OutreachObserver::Wrong(Check check, const events::OutreachRequest& request, const std::string& what) {
  verdicts_.Wrong(check, absl::StrCat(request.send_key(), " (", request.template_(), ") was requested ", what),
                  request.subject());
}

void OutreachObserver::OnGate(const Seen& seen, const events::GateMessage& message) {
  if (!message.has_preferences() && !message.has_report()) return;
  addresses_[seen.record.key].said.push_back({seen.position.offset, seen.record.append_time, message});
}

OutreachObserver::Address& OutreachObserver::AddressAt(const Seen& seen) {
  Address& address = addresses_[seen.record.key];
  const std::optional<Cause> cause = CauseOf(seen.record.id);
  if (!cause.has_value()) return address;
  for (; address.applied < address.said.size(); ++address.applied) {
    const Said& said = address.said[address.applied];
    if (cause->due.has_value() ? said.append_time > *cause->due : said.offset > cause->offset) break;
    Apply(said, address);
  }
  return address;
}

void OutreachObserver::Apply(const Said& said, Address& address) {
  Wishes& wishes = address.wishes;
  if (said.message.has_report()) {
    const events::DeliveryReport& report = said.message.report();
    const auto outreach_class = class_of_key_.find(report.send_key());
    if (outreach_class == class_of_key_.end() || !reports_.insert(report.send_key() + "/" + report.report_id()).second) return;
    if (report.status() == events::DELIVERY_STATUS_COMPLAINED) wishes.suppressed = true;
    if (report.status() == events::DELIVERY_STATUS_UNSUBSCRIBED)
      wishes.consents[outreach_class->second] = events::CONSENT_STATE_WITHDRAWN;
    return;
  }
  const events::ChangePreferences& change = said.message.preferences();
  // A repeat changes nothing, for a day.
  const auto [first, is_new] = address.request_times.emplace(change.request_id(), said.append_time);
  if (!is_new && said.append_time < first->second + kRepeats) return;
  first->second = said.append_time;
  for (const std::string& field : change.fields()) {
    if (field == "consents") {
      for (const events::Consent& consent : change.preferences().consents())
        wishes.consents[consent.outreach_class()] = consent.state();
    }
    if (field == "time_zone") wishes.zone = change.preferences().time_zone();
    if (field == "suppressed") wishes.suppressed = change.preferences().suppressed();
    if (field == "quiet_hours") {
      wishes.has_quiet_hours = change.preferences().has_quiet_hours();
      wishes.quiet_from = change.preferences().quiet_hours().from_minute();
      wishes.quiet_to = change.preferences().quiet_hours().to_minute();
    }
  }
}

void OutreachObserver::OnRequest(const Seen& seen, const events::OutreachRequest& request) {
  Address& address = AddressAt(seen);
  const absl::Time time = TimeOf(request.request_time());
  CheckConsent(request, address.wishes);
  CheckQuiet(request, time, address.wishes);
  if (time >= TimeOf(request.expire_time())) Wrong(Check::kNoSendExpired, request, "past its expiry");
  if (!class_of_key_.emplace(request.send_key(), request.outreach_class()).second) Wrong(Check::kSentOnce, request, "twice");
  CheckCap(address.capped, time, request, "address");
  CheckCap(capped_of_subject_[request.subject()], time, request, "subject");
}

void OutreachObserver::CheckConsent(const events::OutreachRequest& request, const Wishes& wishes) {
  const auto consent = wishes.consents.find(request.outreach_class());
  if (wishes.suppressed) Wrong(Check::kNoSendAfterWithdrawal, request, "to a suppressed address");
  if (consent != wishes.consents.end() && consent->second == events::CONSENT_STATE_WITHDRAWN)
    Wrong(Check::kNoSendAfterWithdrawal, request, "after a withdrawal");
  if (consent == wishes.consents.end() && request.outreach_class() == events::OUTREACH_CLASS_MARKETING)
    Wrong(Check::kNoSendWithoutConsent, request, "without the consent that it needs");
}

void OutreachObserver::CheckQuiet(const events::OutreachRequest& request, absl::Time time, const Wishes& wishes) {
  const int from = wishes.has_quiet_hours ? wishes.quiet_from : kQuietFrom;
  const int to = wishes.has_quiet_hours ? wishes.quiet_to : kQuietTo;
  std::vector<absl::TimeZone> zones = CandidateZones();
  absl::TimeZone own;
  if (!wishes.zone.empty() && absl::LoadTimeZone(wishes.zone, &own)) zones = {own};
  for (const absl::TimeZone& zone : zones) {
    const absl::CivilMinute local = absl::ToCivilMinute(time, zone);
    // Round the clock from `from`: quiet for as long as the hours last.
    const int since = (local.hour() * 60 + local.minute() - from + 1440) % 1440;
    if (since < (to - from + 1440) % 1440)
      Wrong(Check::kNoSendInQuietHours, request, absl::StrCat("in quiet hours of ", zone.name()));
  }
}

void OutreachObserver::CheckCap(std::vector<absl::Time>& before, absl::Time time, const events::OutreachRequest& request,
                                const char* whose) {
  before.push_back(time);
  const auto count = std::count_if(before.begin(), before.end(), [&](absl::Time each) { return each > time - kCapWithin; });
  if (count > kCap)
    Wrong(Check::kCapsKept, request, absl::StrCat("as number ", count, " of its ", whose, " within the cap's time"));
}

void OutreachObserver::OnPreferences(const Seen& seen, const events::Preferences& preferences) {
  const Wishes& wishes = AddressAt(seen).wishes;
  int64_t& version = preference_versions_[seen.record.key];
  if (preferences.version() <= version) {
    verdicts_.Wrong(Check::kVersionsRise, absl::StrCat("preferences go from version ", version, " to ", preferences.version()),
                    seen.record.key);
  }
  version = preferences.version();
  std::map<int, int> consents;
  for (const events::Consent& consent : preferences.consents()) consents[consent.outreach_class()] = consent.state();
  if (consents == wishes.consents && preferences.suppressed() == wishes.suppressed && preferences.time_zone() == wishes.zone &&
      preferences.has_quiet_hours() == wishes.has_quiet_hours) {
    return;
  }
  verdicts_.Wrong(Check::kPreferencesFollow, absl::StrCat("preferences of version ", version, " are not what the inbox says"),
                  seen.record.key);
}

void OutreachObserver::OnOutreach(const Seen& seen, const events::Outreach& outreach) {
  const auto step = std::make_tuple(outreach.subject(), outreach.play(), outreach.moment().id(), outreach.step());
  const auto [at, is_new] = key_of_step_.emplace(step, outreach.send_key());
  if (!is_new && at->second != outreach.send_key()) {
    verdicts_.Wrong(
        Check::kOneKeyAStep,
        absl::StrCat(outreach.play(), "/", outreach.step(), " has two send keys, ", at->second, " and ", outreach.send_key()),
        outreach.subject());
  }
  latest_[outreach.id()] = outreach;
}

void OutreachObserver::AtRest(absl::Time now) {
  for (const auto& [id, outreach] : latest_) {
    if (outreach.status() != events::OUTREACH_STATUS_WAITING && outreach.status() != events::OUTREACH_STATUS_HELD &&
        outreach.status() != events::OUTREACH_STATUS_INTENDED) {
      continue;
    }
    verdicts_.Wrong(
        Check::kOutreachDecided,
        absl::StrCat(outreach.play(), "/", outreach.step(), " stays ", events::OutreachStatus_Name(outreach.status())),
        outreach.subject());
  }
}

}  // namespace touchstone::simulation
