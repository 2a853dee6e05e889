#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/simulation/outside.h"
#include "tests/simulation/topic_reader.h"
#include "touchstone/events/v1/escalation.pb.h"
#include "touchstone/events/v1/inboxes.pb.h"

namespace touchstone::simulation {

// The pool of the packs, and the instance that holds all desktops' streams.
inline constexpr char kPool[] = "service-desk";
inline constexpr char kDesktopInstance[] = "bots";

// One agent at a desktop, with moods: takes, declines or misses offers, loses the stream, comes back, resolves.
class DesktopBot {
 public:
  DesktopBot(std::string agent, std::vector<std::string> skills, const Outside& outside)
      : agent_(std::move(agent)), skills_(std::move(skills)), outside_(outside), offers_("offers.v1", outside.witness) {}

  void Step(eventlog::EventLog& log);
  // From now on it does everything right.
  void Behave() { moody_ = false; }
  // Whether it connects.
  void SetWanted(bool wanted) { wanted_ = wanted; }
  // It has read all that was said to it.
  bool Heard(eventlog::EventLog& log) const { return offers_.AtEnd(log); }
  // When it has something to do though nothing is said to it.
  absl::Time NextWish() const;

 private:
  events::v1::DesktopSignal NewSignal();
  void Say(events::v1::DesktopSignal signal);
  void OnNotice(const events::v1::DesktopNotice& notice);
  void OnSession(const events::v1::DesktopSession& session);
  void OnOffer(const events::v1::Offer& offer);
  void Connect();
  void LoseStream();
  void Resolve();

  const std::string agent_;
  const std::vector<std::string> skills_;
  const Outside outside_;
  TopicReader offers_;
  bool moody_ = true;
  bool wanted_ = true;
  int64_t session_ = 0;
  bool connecting_ = false;
  absl::Time connect_again_ = absl::InfinitePast();
  absl::Time slow_until_ = absl::InfinitePast();
  // Work held, and since when.
  std::map<std::string, absl::Time> held_;
  int signal_count_ = 0;
};

}  // namespace touchstone::simulation
