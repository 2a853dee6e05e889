#include "tests/simulation/desktop_bot.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace touchstone::simulation {

namespace events = touchstone::events::v1;

namespace {

constexpr absl::Duration kHandlingTime = absl::Seconds(20);

}  // namespace

events::DesktopSignal DesktopBot::NewSignal() {
  events::DesktopSignal signal;
  signal.set_signal_id(absl::StrCat(agent_, "-", ++signal_count_));
  signal.set_agent_id(agent_);
  signal.set_session_id(session_);
  signal.set_instance(kDesktopInstance);
  return signal;
}

void DesktopBot::Say(events::DesktopSignal signal) {
  events::DispatchMessage message;
  message.set_pool(kPool);
  *message.mutable_signal() = std::move(signal);
  outside_.outbox.Put("dispatch.v1", kPool, message.signal().signal_id(), message.SerializeAsString());
}

void DesktopBot::Connect() {
  events::DesktopSignal signal = NewSignal();
  signal.set_session_id(0);
  signal.mutable_opened()->mutable_skills()->Assign(skills_.begin(), skills_.end());
  signal.mutable_opened()->set_capacity(2);
  signal.mutable_opened()->set_resumed_session_id(session_);
  signal.mutable_opened()->set_availability(events::AVAILABILITY_AVAILABLE);
  connecting_ = true;
  Say(std::move(signal));
}

void DesktopBot::Step(eventlog::EventLog& log) {
  if (moody_ && outside_.now() < slow_until_) return;
  if (moody_ && outside_.faults.Strikes(WorldFault::kSlowReader)) {
    slow_until_ = outside_.now() + absl::Minutes(outside_.Choose(10));
    return;
  }
  for (const eventlog::TailRecord& record : offers_.ReadOn(log)) {
    events::DesktopNotice notice;
    INVARIANT(notice.ParseFromString(record.record.value), "unreadable notice");
    if (notice.agent_id() == agent_) OnNotice(notice);
  }
  for (auto& [escalation, since] : held_) {
    if (since == absl::InfinitePast()) since = outside_.now();
  }
  if (wanted_ && session_ == 0 && !connecting_ && outside_.now() >= connect_again_) Connect();
  if (session_ == 0) return;
  if (moody_ && outside_.faults.Strikes(WorldFault::kStreamLost)) return LoseStream();
  Resolve();
}

void DesktopBot::LoseStream() {
  events::DesktopSignal signal = NewSignal();
  signal.mutable_lost()->set_reason("the bot pulled the plug");
  Say(std::move(signal));
  connect_again_ = outside_.now() + absl::Seconds(outside_.Choose(120));
  session_ = 0;
}

void DesktopBot::Resolve() {
  for (auto held = held_.begin(); held != held_.end();) {
    if (outside_.now() - held->second < kHandlingTime) {
      ++held;
      continue;
    }
    events::DesktopSignal signal = NewSignal();
    signal.mutable_resolved()->set_escalation_id(held->first);
    signal.mutable_resolved()->set_code(outside_.Choose(4) == 0 ? events::RESOLUTION_CODE_NOT_SOLVED
                                                                : events::RESOLUTION_CODE_SOLVED);
    Say(std::move(signal));
    held = held_.erase(held);
  }
}

absl::Time DesktopBot::NextWish() const {
  absl::Time next = wanted_ && session_ == 0 && !connecting_ ? connect_again_ : absl::InfiniteFuture();
  for (const auto& [escalation, since] : held_) next = std::min(next, since + kHandlingTime);
  return next;
}

void DesktopBot::OnNotice(const events::DesktopNotice& notice) {
  if (notice.has_session()) {
    OnSession(notice.session());
  } else if (notice.has_offer()) {
    if (notice.offer().status() == events::OFFER_STATUS_CREATED) OnOffer(notice.offer());
  } else if (notice.has_escalation()) {
    const events::Escalation& escalation = notice.escalation();
    if (escalation.status() == events::ESCALATION_STATUS_ASSIGNED && escalation.agent_id() == agent_) {
      held_.try_emplace(escalation.id(), absl::InfinitePast());
    } else {
      held_.erase(escalation.id());
    }
  }
}

void DesktopBot::OnSession(const events::DesktopSession& session) {
  if (session.status() == events::SESSION_STATUS_CONNECTED && session.id() >= session_) {
    session_ = session.id();
    connecting_ = false;
    // Who missed too many offers is taken for away, until they say otherwise.
    if (session.availability() != events::AVAILABILITY_AWAY) return;
    events::DesktopSignal signal = NewSignal();
    signal.mutable_availability()->set_availability(events::AVAILABILITY_AVAILABLE);
    Say(std::move(signal));
  } else if (session.id() == session_) {
    session_ = 0;
  }
}

void DesktopBot::OnOffer(const events::Offer& offer) {
  if (moody_ && outside_.faults.Strikes(WorldFault::kOfferMissed) && outside_.Choose(2) == 0) return;  // It never arrived.
  events::DesktopSignal delivered = NewSignal();
  delivered.set_session_id(offer.session_id());
  delivered.mutable_delivered()->set_offer_id(offer.id());
  Say(std::move(delivered));
  if (moody_ && outside_.faults.Strikes(WorldFault::kOfferMissed)) return;  // The agent looks away.
  events::DesktopSignal answer = NewSignal();
  answer.set_session_id(offer.session_id());
  if (moody_ && outside_.Choose(10) == 0) {
    answer.mutable_declined()->set_offer_id(offer.id());
  } else {
    answer.mutable_accepted()->set_offer_id(offer.id());
  }
  Say(std::move(answer));
}

}  // namespace touchstone::simulation
