#include "tests/simulation/office_bots.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "touchstone/events/v1/escalation.pb.h"
#include "touchstone/events/v1/inboxes.pb.h"

namespace touchstone::simulation {

namespace events = touchstone::events::v1;

void SenderBot::Step(eventlog::EventLog& log) {
  for (const eventlog::TailRecord& record : requests_.ReadOn(log)) {
    events::OutreachRequest request;
    INVARIANT(request.ParseFromString(record.record.value), "unreadable request");
    Report(request, outside_.Choose(5) == 0 ? events::DELIVERY_STATUS_BOUNCED : events::DELIVERY_STATUS_DELIVERED, "delivered");
    if (!moody_) continue;
    const int64_t mood = outside_.Choose(8);
    if (mood == 0) Report(request, events::DELIVERY_STATUS_UNSUBSCRIBED, "unsubscribed");
    if (mood == 1) Report(request, events::DELIVERY_STATUS_COMPLAINED, "complained");
    if (mood == 2) Report(request, events::DELIVERY_STATUS_DELIVERED, "delivered");
  }
}

void SenderBot::Report(const events::OutreachRequest& request, events::DeliveryStatus status, const char* word) {
  events::GateMessage message;
  message.set_address_key(request.contact_point().address_key());
  events::DeliveryReport& report = *message.mutable_report();
  report.set_send_key(request.send_key());
  report.set_report_id(absl::StrCat(word, "-", request.send_key()));
  report.set_status(status);
  *report.mutable_occur_time() = clock::ToProto(outside_.now());
  outside_.outbox.Put("gate.v1", message.address_key(), report.report_id(), message.SerializeAsString());
}

void RecipientBot::Step(eventlog::EventLog& log) {
  for (const eventlog::TailRecord& record : outreach_.ReadOn(log)) {
    events::Outreach outreach;
    INVARIANT(outreach.ParseFromString(record.record.value), "unreadable outreach");
    if (moody_ && !outreach.address_key().empty() && outside_.Choose(3) == 0) Wish(outreach.address_key());
  }
}

void RecipientBot::Wish(const std::string& address_key) {
  events::GateMessage message;
  message.set_address_key(address_key);
  events::ChangePreferences& change = *message.mutable_preferences();
  // Now and then the same request once more.
  if (outside_.Choose(5) > 0) ++wish_count_;
  change.set_request_id(absl::StrCat("wish-", wish_count_));
  events::Preferences& wanted = *change.mutable_preferences();
  switch (outside_.Choose(6)) {
    case 0:
      change.add_fields("time_zone");
      wanted.set_time_zone(outside_.Choose(2) == 0 ? "Australia/Lord_Howe" : "");
      break;
    case 1:
      change.add_fields("quiet_hours");
      if (outside_.Choose(2) == 0) {
        wanted.mutable_quiet_hours()->set_from_minute(static_cast<int>(outside_.Choose(1440)));
        wanted.mutable_quiet_hours()->set_to_minute(static_cast<int>(outside_.Choose(1440)));
      }
      break;
    case 2:
      change.add_fields("suppressed");
      wanted.set_suppressed(outside_.Choose(2) == 0);
      break;
    default:
      change.add_fields("consents");
      events::Consent& consent = *wanted.add_consents();
      consent.set_outreach_class(static_cast<events::OutreachClass>(1 + outside_.Choose(4)));
      consent.set_state(outside_.Choose(2) == 0 ? events::CONSENT_STATE_GRANTED : events::CONSENT_STATE_WITHDRAWN);
  }
  outside_.outbox.Put("gate.v1", address_key, absl::StrCat(change.request_id(), "-", address_key), message.SerializeAsString());
}

void ClerkBot::Step(eventlog::EventLog& log) {
  for (const eventlog::TailRecord& record : escalations_.ReadOn(log)) {
    events::Escalation escalation;
    INVARIANT(escalation.ParseFromString(record.record.value), "unreadable escalation");
    open_[escalation.subject()] = escalation.status() >= events::ESCALATION_STATUS_RESOLVED ? "" : escalation.id();
  }
  if (!moody_ || subjects_.empty() || outside_.Choose(40) > 0) return;
  const std::string& subject = *std::next(subjects_.begin(), outside_.Choose(static_cast<int64_t>(subjects_.size())));
  const std::string id = absl::StrCat("clerk-", ++command_count_);
  if (outside_.Choose(3) == 0) {
    events::NameMessage message;
    message.set_name_key(subject);
    message.mutable_refold()->set_reason("the clerk wants to see it anew");
    return outside_.outbox.Put("names.v1", subject, id, message.SerializeAsString());
  }
  events::CaseMessage message;
  message.set_subject(subject);
  if (open_[subject].empty()) {
    message.mutable_open()->set_request_id(id);
    message.mutable_open()->set_severity(static_cast<int>(1 + outside_.Choose(100)));
    message.mutable_open()->set_opened_by("crm");
  } else {
    message.mutable_cancel()->set_request_id(id);
    message.mutable_cancel()->set_escalation_id(open_[subject]);
    message.mutable_cancel()->set_actor("agent:clerk");
    message.mutable_cancel()->set_reason("they called back");
  }
  outside_.outbox.Put("cases.v1", subject, id, message.SerializeAsString());
}

}  // namespace touchstone::simulation
