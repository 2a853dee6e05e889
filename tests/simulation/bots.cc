#include "tests/simulation/bots.h"

#include "common/clock/proto_time.h"
#include "common/stream/topics.h"
#include "touchstone/events/v1/outreach.pb.h"

namespace touchstone::simulation {

namespace events = touchstone::events::v1;

events::DesktopSignal DesktopBot::NewSignal() {
  events::DesktopSignal signal;
  signal.set_signal_id(absl::StrCat(agent_, "-", ++signal_count_));
  signal.set_agent_id(agent_);
  signal.set_session_id(session_);
  signal.set_instance("bots");
  return signal;
}

void DesktopBot::Say(events::DesktopSignal signal, Outbox& outbox) {
  events::DispatchMessage message;
  message.set_pool(pool_);
  *message.mutable_signal() = std::move(signal);
  outbox.Put(topics::kDispatch, pool_, message.signal().signal_id(), message.SerializeAsString());
}

void DesktopBot::Connect(Outbox& outbox) {
  events::DesktopSignal signal = NewSignal();
  signal.set_session_id(0);
  signal.mutable_opened()->mutable_skills()->Assign(skills_.begin(), skills_.end());
  signal.mutable_opened()->set_capacity(2);
  signal.mutable_opened()->set_resumed_session_id(session_);
  signal.mutable_opened()->set_availability(events::AVAILABILITY_AVAILABLE);
  connecting_ = true;
  Say(std::move(signal), outbox);
}

void DesktopBot::Step(eventlog::EventLog& log, const clock::Clock& clock, eventlog::SeededFaults& chance, Outbox& outbox) {
  for (const eventlog::TailRecord& record : offers_.ReadOn(log)) {
    events::DesktopNotice notice;
    INVARIANT(notice.ParseFromString(record.record.value), "unreadable notice");
    if (notice.agent_id() == agent_) OnNotice(notice, chance, outbox);
  }
  for (auto& [escalation, since] : held_) {
    if (since == absl::InfinitePast()) since = clock.Now();
  }
  if (session_ == 0 && !connecting_ && clock.Now() >= connect_again_) Connect(outbox);
  if (session_ == 0) return;
  if (moody_ && chance.Choose(60) == 0) {
    events::DesktopSignal signal = NewSignal();
    signal.mutable_lost()->set_reason("the bot pulled the plug");
    Say(std::move(signal), outbox);
    connect_again_ = clock.Now() + absl::Seconds(chance.Choose(120));
    session_ = 0;
    return;
  }
  for (auto held = held_.begin(); held != held_.end();) {
    if (clock.Now() - held->second < absl::Seconds(20)) {
      ++held;
      continue;
    }
    events::DesktopSignal signal = NewSignal();
    signal.mutable_resolved()->set_escalation_id(held->first);
    signal.mutable_resolved()->set_code(chance.Choose(4) == 0 ? events::RESOLUTION_CODE_NOT_SOLVED
                                                              : events::RESOLUTION_CODE_SOLVED);
    Say(std::move(signal), outbox);
    held = held_.erase(held);
  }
}

void DesktopBot::OnNotice(const events::DesktopNotice& notice, eventlog::SeededFaults& chance, Outbox& outbox) {
  if (notice.has_session()) {
    const events::DesktopSession& session = notice.session();
    if (session.status() == events::SESSION_STATUS_CONNECTED && session.id() >= session_) {
      session_ = session.id();
      connecting_ = false;
      if (session.availability() == events::AVAILABILITY_AWAY) ComeBack(outbox);
    } else if (session.id() == session_) {
      session_ = 0;
    }
  } else if (notice.has_offer()) {
    if (notice.offer().status() == events::OFFER_STATUS_CREATED) OnOffer(notice.offer(), chance, outbox);
  } else if (notice.has_escalation()) {
    const events::Escalation& escalation = notice.escalation();
    if (escalation.status() == events::ESCALATION_STATUS_ASSIGNED && escalation.agent_id() == agent_) {
      held_.try_emplace(escalation.id(), absl::InfinitePast());
    } else {
      held_.erase(escalation.id());
    }
  }
}

// Who missed too many offers is taken for away, until they say otherwise.
void DesktopBot::ComeBack(Outbox& outbox) {
  events::DesktopSignal signal = NewSignal();
  signal.mutable_availability()->set_availability(events::AVAILABILITY_AVAILABLE);
  Say(std::move(signal), outbox);
}

void DesktopBot::OnOffer(const events::Offer& offer, eventlog::SeededFaults& chance, Outbox& outbox) {
  const int64_t mood = moody_ ? chance.Choose(10) : 0;
  if (mood == 9) return;  // It never arrived.
  events::DesktopSignal delivered = NewSignal();
  delivered.set_session_id(offer.session_id());
  delivered.mutable_delivered()->set_offer_id(offer.id());
  Say(std::move(delivered), outbox);
  if (mood == 8) return;  // The agent looks away.
  events::DesktopSignal answer = NewSignal();
  answer.set_session_id(offer.session_id());
  if (mood == 7) {
    answer.mutable_declined()->set_offer_id(offer.id());
  } else {
    answer.mutable_accepted()->set_offer_id(offer.id());
  }
  Say(std::move(answer), outbox);
}

void SenderBot::Step(eventlog::EventLog& log, const clock::Clock& clock, eventlog::SeededFaults& chance, Outbox& outbox) {
  for (const eventlog::TailRecord& record : requests_.ReadOn(log)) {
    events::OutreachRequest request;
    INVARIANT(request.ParseFromString(record.record.value), "unreadable request");
    events::GateMessage message;
    message.set_address_key(request.contact_point().address_key());
    events::DeliveryReport& report = *message.mutable_report();
    report.set_send_key(request.send_key());
    report.set_report_id(absl::StrCat("delivered-", request.send_key()));
    report.set_status(chance.Choose(5) == 0 ? events::DELIVERY_STATUS_BOUNCED : events::DELIVERY_STATUS_DELIVERED);
    *report.mutable_occur_time() = clock::ToProto(clock.Now());
    outbox.Put(topics::kGate, message.address_key(), report.report_id(), message.SerializeAsString());
  }
}

}  // namespace touchstone::simulation
