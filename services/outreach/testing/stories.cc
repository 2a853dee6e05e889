#include "services/outreach/testing/stories.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/status/invariant.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;

constexpr absl::Duration kDay = absl::Hours(24);

Wording Words(absl::string_view text) {
  std::variant<Wording, WordingError> parsed =
      Wording::Parse(text, {{"moment.says", "something went wrong"}, {"moment.strand.id", "your order"}});
  INVARIANT(std::holds_alternative<Wording>(parsed), std::get<WordingError>(parsed).message);
  return std::get<Wording>(std::move(parsed));
}

}  // namespace

absl::Time At(absl::string_view minute) {
  absl::Time time;
  std::string error;
  INVARIANT(absl::ParseTime("%Y-%m-%d %H:%M", minute, &time, &error), error);
  return time;
}

MessageTemplate PlainMessage(absl::string_view id) {
  return {std::string(id),
          {{"en", Words("About {{moment.strand.id}}"), Words("Dear customer, {{moment.says}}.")},
           {"pt-BR", Words("Sobre {{moment.strand.id}}"), Words("Caro cliente, {{moment.says}}.")}}};
}

SendStep EmailStep(absl::string_view id, std::vector<Wait> waits) {
  return {std::string(id), std::move(waits), {events::CHANNEL_EMAIL}, PlainMessage(id), 2 * kDay};
}

Play PlayFor(absl::string_view id, absl::string_view rule, events::OutreachClass outreach_class, std::vector<SendStep> steps) {
  Play play;
  play.id = std::string(id);
  play.outreach_class = outreach_class;
  play.matches = [rule = std::string(rule)](const events::MomentOfTruth& moment, const events::JourneyDigest&) {
    return moment.rule() == rule;
  };
  play.act_within = 3 * kDay;
  play.steps = std::move(steps);
  return play;
}

PlannerPolicy ThreePlays() {
  PlannerPolicy policy;
  policy.plays.push_back(PlayFor("sorry", "late", events::OUTREACH_CLASS_SERVICE,
                                 {EmailStep("first", {{absl::Hours(1), {}}}), EmailStep("second", {{kDay, {}}})}));
  policy.plays.push_back(PlayFor("ask", "bought", events::OUTREACH_CLASS_FEEDBACK, {EmailStep("ask", {{{}, 10 * 60}})}));
  policy.plays.push_back(PlayFor("promote", "bought", events::OUTREACH_CLASS_MARKETING, {EmailStep("offer")}));
  policy.plays.back().steps[0].channels = {events::CHANNEL_EMAIL, events::CHANNEL_SMS};
  policy.plays.back().consent_required = true;
  policy.subject_cap = {2, 3 * kDay, {events::OUTREACH_CLASS_FEEDBACK, events::OUTREACH_CLASS_MARKETING}};
  policy.quiet_hours.set_from_minute(21 * 60);
  policy.quiet_hours.set_to_minute(8 * 60);
  policy.candidate_time_zones = {"Europe/Berlin", "America/New_York"};
  INVARIANT(absl::LoadTimeZone("Europe/Berlin", &policy.zone), "the zone database is there");
  return policy;
}

GatePolicy PlainGate() {
  GatePolicy policy;
  policy.address_cap = {2, 2 * kDay, {events::OUTREACH_CLASS_FEEDBACK, events::OUTREACH_CLASS_MARKETING}};
  return policy;
}

events::JourneyDigest JourneyOf(absl::string_view subject, const JourneyStory& story) {
  events::JourneyDigest journey;
  journey.set_subject(std::string(subject));
  journey.set_strike_hundredths(story.strike_hundredths);
  journey.set_language(story.language);
  const auto reached_by = [&](events::Channel channel, const std::string& key) {
    if (key.empty()) return;
    events::ContactPoint& point = *journey.add_contact_points();
    point.set_channel(channel);
    point.set_address(absl::StrCat("clear-", key));
    point.set_address_key(key);
  };
  reached_by(events::CHANNEL_EMAIL, story.email);
  reached_by(events::CHANNEL_SMS, story.phone);
  return journey;
}

events::MomentOfTruth Moment(absl::string_view id, absl::string_view rule, absl::Time occur_time) {
  events::MomentOfTruth moment;
  moment.set_id(std::string(id));
  moment.set_rule(std::string(rule));
  *moment.mutable_occur_time() = clock::ToProto(occur_time);
  return moment;
}

events::JourneyEvent Found(absl::string_view subject, const events::MomentOfTruth& moment, const JourneyStory& story) {
  events::JourneyEvent event;
  event.set_subject(std::string(subject));
  *event.mutable_moment_found()->mutable_moment() = moment;
  *event.mutable_journey() = JourneyOf(subject, story);
  return event;
}

events::JourneyEvent Withdrawn(absl::string_view subject, const events::MomentOfTruth& moment, const JourneyStory& story) {
  events::JourneyEvent event;
  event.set_subject(std::string(subject));
  *event.mutable_moment_withdrawn()->mutable_moment() = moment;
  *event.mutable_journey() = JourneyOf(subject, story);
  return event;
}

events::Escalation EscalationOf(absl::string_view subject, events::EscalationStatus status) {
  events::Escalation escalation;
  escalation.set_id(absl::StrCat(subject, "~escalation"));
  escalation.set_subject(std::string(subject));
  escalation.set_status(status);
  return escalation;
}

events::GateMessage Consents(absl::string_view address, absl::string_view request_id, events::OutreachClass outreach_class,
                             events::ConsentState state) {
  events::GateMessage message;
  message.set_address_key(std::string(address));
  events::ChangePreferences& change = *message.mutable_preferences();
  change.set_request_id(std::string(request_id));
  change.add_fields("consents");
  events::Consent& consent = *change.mutable_preferences()->add_consents();
  consent.set_outreach_class(outreach_class);
  consent.set_state(state);
  return message;
}

events::GateMessage Zone(absl::string_view address, absl::string_view request_id, absl::string_view time_zone) {
  events::GateMessage message;
  message.set_address_key(std::string(address));
  message.mutable_preferences()->set_request_id(std::string(request_id));
  message.mutable_preferences()->add_fields("time_zone");
  message.mutable_preferences()->mutable_preferences()->set_time_zone(std::string(time_zone));
  return message;
}

events::GateMessage Report(absl::string_view address, absl::string_view send_key, absl::string_view report_id,
                           events::DeliveryStatus status, absl::Time occur_time) {
  events::GateMessage message;
  message.set_address_key(std::string(address));
  events::DeliveryReport& report = *message.mutable_report();
  report.set_report_id(std::string(report_id));
  report.set_send_key(std::string(send_key));
  report.set_status(status);
  *report.mutable_occur_time() = clock::ToProto(occur_time);
  return message;
}

}  // namespace touchstone::outreach
