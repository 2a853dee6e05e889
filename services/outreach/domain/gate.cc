#include "services/outreach/domain/gate.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;
using state::v1::AddressHead;
using state::v1::GateSend;

events::GateAnswer AnswerOf(const GateSend& send, const CheckList& list, absl::Time now) {
  events::GateAnswer answer;
  answer.set_outreach_id(send.intent().request().outreach_id());
  answer.set_status(send.status());
  answer.set_reason(list.reason());
  *answer.mutable_checks() = list.checks();
  *answer.mutable_decide_time() = clock::ToProto(now);
  return answer;
}

void SetConsent(events::Preferences& preferences, events::OutreachClass outreach_class, events::ConsentState state,
                absl::Time now) {
  auto& consents = *preferences.mutable_consents();
  const auto same = std::find_if(consents.begin(), consents.end(),
                                 [&](const events::Consent& consent) { return consent.outreach_class() == outreach_class; });
  events::Consent& consent = same == consents.end() ? *consents.Add() : *same;
  consent.set_outreach_class(outreach_class);
  consent.set_state(state);
  *consent.mutable_update_time() = clock::ToProto(now);
}

events::Preferences& NextVersion(AddressBook& book, absl::Time now) {
  events::Preferences& preferences = *book.mutable_head().mutable_preferences();
  preferences.set_address_key(book.address_key());
  preferences.set_version(preferences.version() + 1);
  *preferences.mutable_update_time() = clock::ToProto(now);
  return preferences;
}

void Unhold(absl::string_view send_key, AddressBook& book) {
  const auto& known = book.head().held();
  if (std::find(known.begin(), known.end(), send_key) == known.end()) return;
  auto& held = *book.mutable_head().mutable_held();
  held.erase(std::find(held.begin(), held.end(), send_key));
}

}  // namespace

void Gate::OnIntent(const events::Intent& intent, absl::Time now, AddressBook& book, GateFacts& facts) const {
  const std::string& send_key = intent.request().send_key();
  if (const GateSend* known = book.Find(send_key)) {
    facts.answers.push_back({known->subject(), known->answer()});
    return;
  }
  GateSend& send = book.Change(send_key);
  send.set_send_key(send_key);
  send.set_subject(intent.request().subject());
  send.set_outreach_class(intent.request().outreach_class());
  send.set_status(events::OUTREACH_STATUS_INTENDED);
  *send.mutable_intent() = intent;
  Decide(send_key, now, book, facts);
}

void Gate::OnRecall(const events::RecallIntent& recall, absl::Time now, AddressBook& book, GateFacts& facts) const {
  const GateSend* known = book.Find(recall.send_key());
  if (known == nullptr || known->status() != events::OUTREACH_STATUS_HELD) return;
  GateSend& send = book.Change(recall.send_key());
  CheckList list;
  list.Drop("RECALL", recall.reason());
  send.set_status(events::OUTREACH_STATUS_DROPPED);
  Close(send, list, now, book, facts);
}

void Gate::OnPreferences(const events::ChangePreferences& change, absl::Time now, AddressBook& book, GateFacts& facts) const {
  events::Preferences& preferences = NextVersion(book, now);
  const events::Preferences& stated = change.preferences();
  for (const std::string& field : change.fields()) {
    if (field == "consents") {
      for (const events::Consent& consent : stated.consents())
        SetConsent(preferences, consent.outreach_class(), consent.state(), now);
    } else if (field == "time_zone") {
      preferences.set_time_zone(stated.time_zone());
    } else if (field == "quiet_hours" && stated.has_quiet_hours()) {
      *preferences.mutable_quiet_hours() = stated.quiet_hours();
    } else if (field == "quiet_hours") {
      preferences.clear_quiet_hours();
    } else if (field == "suppressed") {
      preferences.set_suppressed(stated.suppressed());
    }
  }
  facts.preferences = preferences;
  DecideHeld(now, book, facts);
}

void Gate::OnReport(const events::DeliveryReport& report, absl::Time now, AddressBook& book, GateFacts& facts) const {
  const GateSend* known = book.Find(report.send_key());
  if (known == nullptr || known->status() != events::OUTREACH_STATUS_REQUESTED) {
    facts.unknown_send = true;
    return;
  }
  const auto& taken = known->report_ids();
  if (std::find(taken.begin(), taken.end(), report.report_id()) != taken.end() || taken.size() >= kReportsMax) return;
  GateSend& send = book.Change(report.send_key());
  send.add_report_ids(report.report_id());
  *send.mutable_wake_time() = clock::ToProto(now + kKeepSend);
  events::GateAnswer answer;
  answer.set_outreach_id(send.answer().outreach_id());
  answer.set_status(send.status());
  *answer.mutable_decide_time() = clock::ToProto(now);
  *answer.mutable_report() = report;
  facts.answers.push_back({send.subject(), std::move(answer)});
  if (report.status() == events::DELIVERY_STATUS_UNSUBSCRIBED)
    Object(policy_.on_unsubscribed, send.outreach_class(), now, book, facts);
  if (report.status() == events::DELIVERY_STATUS_COMPLAINED)
    Object(policy_.on_complained, send.outreach_class(), now, book, facts);
}

void Gate::OnWake(absl::string_view send_key, absl::Time now, AddressBook& book, GateFacts& facts) const {
  const GateSend* send = book.Find(send_key);
  if (send == nullptr || clock::TimeFrom(send->wake_time()) > now) return;
  if (send->status() != events::OUTREACH_STATUS_HELD) {
    if (!book.head().sends().empty()) ForgetOldSends(now, book);
    return book.Forget(send_key);
  }
  Decide(send_key, now, book, facts);
}

void Gate::Decide(absl::string_view send_key, absl::Time now, AddressBook& book, GateFacts& facts) const {
  const GateSend& known = *book.Find(send_key);
  const bool was_held = known.status() == events::OUTREACH_STATUS_HELD;
  CheckList list = CheckRequest(policy_, known.intent(), book.head(), now);
  if (list.result() == events::CHECK_RESULT_HELD && !was_held && book.head().held_size() >= kHeldMax) {
    list.Drop("HELD_LIMIT", absl::StrCat(kHeldMax, " are held for this address"));
  }
  GateSend& send = book.Change(send_key);
  if (list.passed()) {
    Request(send, now, book, facts);
    return Close(send, list, now, book, facts);
  }
  if (list.result() == events::CHECK_RESULT_DROPPED) {
    send.set_status(events::OUTREACH_STATUS_DROPPED);
    return Close(send, list, now, book, facts);
  }
  const absl::Time wake = std::min(list.hold_until(), clock::TimeFrom(send.intent().request().expire_time()));
  const bool stands_as_before = was_held && send.answer().reason() == list.reason() && clock::TimeFrom(send.wake_time()) == wake;
  send.set_status(events::OUTREACH_STATUS_HELD);
  *send.mutable_wake_time() = clock::ToProto(wake);
  if (!was_held) book.mutable_head().add_held(send.send_key());
  if (stands_as_before) return;
  *send.mutable_answer() = AnswerOf(send, list, now);
  *send.mutable_answer()->mutable_hold_until_time() = clock::ToProto(wake);
  facts.answers.push_back({send.subject(), send.answer()});
}

void Gate::DecideHeld(absl::Time now, AddressBook& book, GateFacts& facts) const {
  const std::vector<std::string> held(book.head().held().begin(), book.head().held().end());
  for (const std::string& send_key : held) Decide(send_key, now, book, facts);
}

void Gate::Request(GateSend& send, absl::Time now, AddressBook& book, GateFacts& facts) const {
  send.set_status(events::OUTREACH_STATUS_REQUESTED);
  events::OutreachRequest request = send.intent().request();
  *request.mutable_request_time() = clock::ToProto(now);
  facts.requests.push_back(std::move(request));
  if (!policy_.address_cap.Covers(send.outreach_class())) return;
  ForgetOldSends(now, book);
  state::v1::AddressSend& sent = *book.mutable_head().add_sends();
  sent.set_outreach_class(send.outreach_class());
  *sent.mutable_request_time() = clock::ToProto(now);
}

void Gate::ForgetOldSends(absl::Time now, AddressBook& book) const {
  auto& sends = *book.mutable_head().mutable_sends();
  const auto counts_no_more = [&](const state::v1::AddressSend& sent) {
    return clock::TimeFrom(sent.request_time()) + policy_.address_cap.within <= now;
  };
  sends.erase(std::remove_if(sends.begin(), sends.end(), counts_no_more), sends.end());
}

void Gate::Close(GateSend& send, const CheckList& list, absl::Time now, AddressBook& book, GateFacts& facts) const {
  *send.mutable_answer() = AnswerOf(send, list, now);
  *send.mutable_wake_time() = clock::ToProto(now + kKeepSend);
  send.clear_intent();
  Unhold(send.send_key(), book);
  facts.answers.push_back({send.subject(), send.answer()});
}

void Gate::Object(Objection objection, events::OutreachClass outreach_class, absl::Time now, AddressBook& book,
                  GateFacts& facts) const {
  events::Preferences& preferences = NextVersion(book, now);
  if (objection == Objection::kSuppress) {
    preferences.set_suppressed(true);
  } else {
    SetConsent(preferences, outreach_class, events::CONSENT_STATE_WITHDRAWN, now);
  }
  facts.preferences = preferences;
  DecideHeld(now, book, facts);
}

}  // namespace touchstone::outreach
