#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tools/cli/paint.h"
#include "touchstone/routing/v1/desktop_service.pb.h"

namespace touchstone::cli {

// An agent's desk at a terminal: what it shows and answers, apart from the stream it speaks over. Told what came and what time
// it is (monotonic), it says what to send and what to print. One thread.
class Desk {
 public:
  static constexpr absl::Duration kHeartbeat = absl::Seconds(5);

  struct Options {
    std::string agent;
    std::vector<std::string> skills;
    int capacity = 1;
    // Accepts by itself, and resolves `work_time` later.
    bool automatic = false;
    absl::Duration work_time = absl::Seconds(2);
    // Leaves after so many resolved; 0: never.
    int leave_after = 0;
    bool json = false;
    bool colour = false;
    int width = 100;
    absl::TimeZone zone;
  };

  struct Reaction {
    std::vector<routing::v1::ConnectRequest> send;
    // Whole lines.
    std::string text;
    // The desk is done: nothing more is to be sent but this.
    bool leave = false;
  };

  explicit Desk(Options options);

  // First on every stream; with the resume token where there was one before.
  routing::v1::ConnectRequest Hello(absl::Duration now);
  Reaction OnResponse(const routing::v1::ConnectResponse& response, absl::Duration now);
  // A command that was typed.
  Reaction OnLine(absl::string_view line);
  // Heartbeats, and work that is done by itself.
  Reaction OnTime(absl::Duration now);

  // How many this agent has resolved.
  int resolved() const { return resolved_; }

 private:
  // What an item is called on the screen: 1, 2, 3, ...
  struct Work {
    int number = 0;
    events::v1::Escalation escalation;
    // When it is resolved by itself.
    std::optional<absl::Duration> done_at;
  };
  struct Words;

  void OnOffer(const events::v1::Offer& offer, Reaction& reaction);
  void OnEscalation(const events::v1::Escalation& escalation, absl::Duration now, Reaction& reaction);
  void OnSession(const events::v1::DesktopSession& session, Reaction& reaction);
  void Accept(Words& words, Reaction& reaction);
  void Decline(Words& words, Reaction& reaction);
  void Resolve(Words& words, Reaction& reaction);
  void ShowWork(Reaction& reaction) const;
  void Leave(Reaction& reaction);
  int NumberOf(const std::string& escalation_id);

  const Options options_;
  const Paint paint_;
  std::string resume_token_;
  absl::Duration heartbeat_at_;
  bool away_ = false;
  int next_number_ = 1;
  int resolved_ = 0;
  // By escalation.
  std::map<std::string, int> numbers_;
  std::map<int, events::v1::Offer> offers_;
  std::map<int, Work> held_;
};

}  // namespace touchstone::cli
