#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/clock/clock.h"
#include "common/eventlog/memory/seeded_faults.h"
#include "tests/simulation/outbox.h"
#include "tests/simulation/topic_reader.h"
#include "touchstone/events/v1/escalation.pb.h"
#include "touchstone/events/v1/inboxes.pb.h"

namespace touchstone::simulation {

// One agent at a desktop, with moods: takes, declines or misses offers, loses the stream, comes back, resolves.
class DesktopBot {
 public:
  DesktopBot(std::string agent, std::vector<std::string> skills, std::string pool)
      : agent_(std::move(agent)), skills_(std::move(skills)), pool_(std::move(pool)), offers_("offers.v1") {}

  void Step(eventlog::EventLog& log, const clock::Clock& clock, eventlog::SeededFaults& chance, Outbox& outbox);
  // From now on it does everything right.
  void Behave() { moody_ = false; }
  // It has read all that was said to it.
  bool Heard(eventlog::EventLog& log) const { return offers_.AtEnd(log); }

 private:
  events::v1::DesktopSignal NewSignal();
  void Say(events::v1::DesktopSignal signal, Outbox& outbox);
  void OnNotice(const events::v1::DesktopNotice& notice, eventlog::SeededFaults& chance, Outbox& outbox);
  void OnOffer(const events::v1::Offer& offer, eventlog::SeededFaults& chance, Outbox& outbox);
  void Connect(Outbox& outbox);
  void ComeBack(Outbox& outbox);

  const std::string agent_;
  const std::vector<std::string> skills_;
  const std::string pool_;
  TopicReader offers_;
  bool moody_ = true;
  int64_t session_ = 0;
  bool connecting_ = false;
  absl::Time connect_again_ = absl::InfinitePast();
  // Work held, and since when.
  std::map<std::string, absl::Time> held_;
  int signal_count_ = 0;
};

// A sender that reports what became of each request.
class SenderBot {
 public:
  SenderBot() : requests_("outreach-requests.v1") {}
  void Step(eventlog::EventLog& log, const clock::Clock& clock, eventlog::SeededFaults& chance, Outbox& outbox);
  bool Heard(eventlog::EventLog& log) const { return requests_.AtEnd(log); }

 private:
  TopicReader requests_;
};

}  // namespace touchstone::simulation
