#include "tests/simulation/observers/board.h"

namespace touchstone::simulation {

void Board::OnDurable(const eventlog::DurableWrite& write) {
  const absl::Time now = world_.Now();
  trace_.Record(verdicts_.step(), now, write);
  for (Observer* observer : observers_) observer->OnWrite(write, now);
  for (const eventlog::DurableWrite::Item& item : write.items) {
    Tell({item.position, *item.record, item.task < 0 ? nullptr : &write.tasks[static_cast<size_t>(item.task)], now});
  }
  for (Observer* observer : observers_) observer->AfterWrite();
}

template <typename Message>
void Board::TellAs(const Seen& seen, void (Observer::*told)(const Seen&, const Message&)) {
  Message message;
  if (!message.ParseFromString(seen.record.value)) return;
  for (Observer* observer : observers_) (observer->*told)(seen, message);
}

void Board::Tell(const Seen& seen) {
  for (Observer* observer : observers_) observer->OnRecord(seen);
  const std::string& topic = seen.position.topic;
  if (topic == "touchpoints.v1") return TellAs(seen, &Observer::OnTouchpoint);
  if (topic == "journey-events.v1") return TellAs(seen, &Observer::OnJourneyEvent);
  if (topic == "journeys.v1") return TellAs(seen, &Observer::OnDigest);
  if (topic == "cases.v1") return TellAs(seen, &Observer::OnCase);
  if (topic == "dispatch.v1") return TellAs(seen, &Observer::OnDispatch);
  if (topic == "escalations.v1") return TellAs(seen, &Observer::OnEscalation);
  if (topic == "offers.v1") return TellAs(seen, &Observer::OnNotice);
  if (topic == "gate.v1") return TellAs(seen, &Observer::OnGate);
  if (topic == "outreach.v1") return TellAs(seen, &Observer::OnOutreach);
  if (topic == "outreach-requests.v1") return TellAs(seen, &Observer::OnRequest);
  if (topic == "preferences.v1") return TellAs(seen, &Observer::OnPreferences);
  if (topic == "dead-letters.v1") return TellAs(seen, &Observer::OnDeadLetter);
}

}  // namespace touchstone::simulation
