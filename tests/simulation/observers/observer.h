#pragma once

#include "absl/time/time.h"
#include "common/eventlog/memory/memory_log.h"
#include "touchstone/events/v1/dead_letter.pb.h"
#include "touchstone/events/v1/escalation.pb.h"
#include "touchstone/events/v1/inboxes.pb.h"
#include "touchstone/events/v1/journey.pb.h"
#include "touchstone/events/v1/outreach.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::simulation {

// A record that has become durable.
struct Seen {
  const eventlog::Position& position;
  const eventlog::Record& record;
  // The task that wrote it, and with it the rest of its commit; null: a client appended it.
  const eventlog::DurableWrite::Task* task = nullptr;
  // The world's time, whatever machines believe.
  absl::Time now;
};

// Somebody outside who looks at what becomes durable, in its order, and at nothing else, and holds it to a promise. Shares no
// code with what it looks at.
class Observer {
 public:
  virtual ~Observer() = default;

  // Before the records of it.
  virtual void OnWrite(const eventlog::DurableWrite& write, absl::Time now) {}
  // Each record; and before or after it, parsed, the one of its topic.
  virtual void OnRecord(const Seen& seen) {}
  virtual void OnTouchpoint(const Seen& seen, const events::v1::Touchpoint& touchpoint) {}
  virtual void OnJourneyEvent(const Seen& seen, const events::v1::JourneyEvent& event) {}
  virtual void OnDigest(const Seen& seen, const events::v1::JourneyDigest& digest) {}
  virtual void OnCase(const Seen& seen, const events::v1::CaseMessage& message) {}
  virtual void OnDispatch(const Seen& seen, const events::v1::DispatchMessage& message) {}
  virtual void OnEscalation(const Seen& seen, const events::v1::Escalation& escalation) {}
  virtual void OnNotice(const Seen& seen, const events::v1::DesktopNotice& notice) {}
  virtual void OnGate(const Seen& seen, const events::v1::GateMessage& message) {}
  virtual void OnOutreach(const Seen& seen, const events::v1::Outreach& outreach) {}
  virtual void OnRequest(const Seen& seen, const events::v1::OutreachRequest& request) {}
  virtual void OnPreferences(const Seen& seen, const events::v1::Preferences& preferences) {}
  virtual void OnDeadLetter(const Seen& seen, const events::v1::DeadLetter& letter) {}
  // All records of the write were told.
  virtual void AfterWrite() {}

  // Everything has come to rest, past all deadlines.
  virtual void AtRest(absl::Time now) {}
};

}  // namespace touchstone::simulation
