#include "services/outreach/domain/preferences_check.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "common/calendar/quiet_hours.h"
#include "common/calendar/zone.h"
#include "common/status/errors.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;

void CheckConsents(const events::Preferences& preferences, status::FieldErrors& errors) {
  std::set<int> classes;
  for (int i = 0; i < preferences.consents_size(); ++i) {
    const events::Consent& consent = preferences.consents(i);
    const std::string path = absl::StrCat("preferences.consents[", i, "]");
    if (consent.outreach_class() == events::OUTREACH_CLASS_UNSPECIFIED ||
        !events::OutreachClass_IsValid(consent.outreach_class())) {
      errors.Add(path + ".outreach_class", "is required, and one of those that are declared");
    } else if (!classes.insert(consent.outreach_class()).second) {
      errors.Add(path + ".outreach_class", "is there twice");
    }
    if (consent.state() != events::CONSENT_STATE_GRANTED && consent.state() != events::CONSENT_STATE_WITHDRAWN) {
      errors.Add(path + ".state", "is required: granted or withdrawn");
    }
  }
  if (preferences.consents().empty()) errors.Add("preferences.consents", "are named in `fields` and missing");
}

}  // namespace

absl::Status CheckPreferences(const events::Preferences& preferences,
                              const google::protobuf::RepeatedPtrField<std::string>& fields) {
  status::FieldErrors errors;
  if (fields.empty()) errors.Add("fields", "is required: which of consents, time_zone, quiet_hours, suppressed to set");
  std::set<std::string> seen;
  for (int i = 0; i < fields.size(); ++i) {
    const std::string& field = fields[i];
    const std::string path = absl::StrCat("fields[", i, "]");
    if (!seen.insert(field).second) {
      errors.Add(path, "is there twice");
    } else if (field == "consents") {
      CheckConsents(preferences, errors);
    } else if (field == "time_zone") {
      const absl::Status zone = calendar::LoadZone(preferences.time_zone()).status();
      if (!preferences.time_zone().empty() && !zone.ok()) errors.Add("preferences.time_zone", std::string(zone.message()));
    } else if (field == "quiet_hours") {
      const absl::Status quiet =
          calendar::CheckQuietHours({preferences.quiet_hours().from_minute(), preferences.quiet_hours().to_minute()});
      if (!quiet.ok()) errors.Add("preferences.quiet_hours", std::string(quiet.message()));
    } else if (field != "suppressed") {
      errors.Add(path, "is none of consents, time_zone, quiet_hours, suppressed");
    }
  }
  return errors.ToStatus();
}

}  // namespace touchstone::outreach
