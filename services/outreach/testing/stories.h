#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/outreach/domain/gate_checks.h"
#include "services/outreach/domain/play.h"
#include "touchstone/events/v1/escalation.pb.h"
#include "touchstone/events/v1/inboxes.pb.h"
#include "touchstone/events/v1/journey.pb.h"

// What tests of outreach tell: plays, moments, preferences, reports, in as few words as they need.
namespace touchstone::outreach {

// `Mon 2026-03-02 09:00` without the day's name, UTC.
absl::Time At(absl::string_view minute);

MessageTemplate PlainMessage(absl::string_view id);

// A send step of one e-mail that expires after two days.
SendStep EmailStep(absl::string_view id, std::vector<Wait> waits = {});

// Answers every moment of `rule`.
Play PlayFor(absl::string_view id, absl::string_view rule, events::v1::OutreachClass outreach_class, std::vector<SendStep> steps);

// Three plays: `sorry` (service, after 1 h and again a day later), `ask` (feedback, at 10:00) and `promote` (marketing, needs
// consent, e-mail or SMS); 2 in 3 days for a subject; quiet from 21:00 to 08:00 in Berlin and New York.
PlannerPolicy ThreePlays();
// 2 in 2 days of feedback and marketing for an address.
GatePolicy PlainGate();

struct JourneyStory {
  std::string email = "email:a";
  std::string phone;
  int strike_hundredths = 0;
  std::string language;
};
events::v1::JourneyDigest JourneyOf(absl::string_view subject, const JourneyStory& story);

events::v1::MomentOfTruth Moment(absl::string_view id, absl::string_view rule, absl::Time occur_time);
events::v1::JourneyEvent Found(absl::string_view subject, const events::v1::MomentOfTruth& moment,
                               const JourneyStory& story = {});
events::v1::JourneyEvent Withdrawn(absl::string_view subject, const events::v1::MomentOfTruth& moment,
                                   const JourneyStory& story = {});
events::v1::Escalation EscalationOf(absl::string_view subject, events::v1::EscalationStatus status);

events::v1::GateMessage Consents(absl::string_view address, absl::string_view request_id,
                                 events::v1::OutreachClass outreach_class, events::v1::ConsentState state);
events::v1::GateMessage Zone(absl::string_view address, absl::string_view request_id, absl::string_view time_zone);
events::v1::GateMessage Report(absl::string_view address, absl::string_view send_key, absl::string_view report_id,
                               events::v1::DeliveryStatus status, absl::Time occur_time);

}  // namespace touchstone::outreach
