#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/record.h"
#include "common/stream/processor.h"
#include "services/outreach/gate_processor.h"
#include "services/outreach/planner_processor.h"
#include "touchstone/events/v1/escalation.pb.h"

namespace touchstone::outreach {

// One record as the world saw it written, in the order of commits.
struct Written {
  std::string topic;
  eventlog::Record record;
  // How many records of gate.v1 the gate had committed past when this was committed, its own included.
  size_t gate_position = 0;
};

// The planner and the gate over one partition, in memory, by hand: a test says which of them takes its next step and when time
// passes, so every interleaving can be had. Task time is as in runtime.md. One thread.
class OutreachWorld {
 public:
  OutreachWorld(std::shared_ptr<const PlannerPolicy> planner, std::shared_ptr<const GatePolicy> gate, absl::Time start);

  absl::Time now() const { return now_; }
  void Advance(absl::Duration by) { now_ += by; }

  // Somebody writes to a topic.
  void Append(absl::string_view topic, absl::string_view key, const google::protobuf::MessageLite& message);

  // One unit of work: a timer that is due, else the next record. False: there is nothing to do at this time.
  bool StepPlanner() { return Step(planner_); }
  bool StepGate() { return Step(gate_); }
  // Until neither has anything to do at this time.
  void Settle();
  // Passes time from timer to timer until none is set before `horizon`.
  void RunUntil(absl::Time horizon);

  // The process dies in the middle of its next unit of work, whose effects are lost, and starts again from its state.
  void CrashPlanner() { Crash(planner_); }
  void CrashGate() { Crash(gate_); }

  const std::vector<Written>& written() const { return written_; }
  // All records of a topic, parsed.
  template <typename Message>
  std::vector<Message> All(absl::string_view topic) const {
    std::vector<Message> messages;
    for (const Written& each : written_) {
      if (each.topic == topic) messages.emplace_back().ParseFromString(each.record.value);
    }
    return messages;
  }
  size_t dead_letters() const { return dead_letters_; }
  size_t planner_state_size() const { return planner_.state.size(); }
  size_t gate_state_size() const { return gate_.state.size(); }

 private:
  struct Task {
    stream::TaskDefinition definition;
    std::unique_ptr<stream::Processor> processor;
    std::map<std::string, std::string> state;
    std::map<std::string, absl::Time> timers;
    std::map<std::string, std::deque<eventlog::Record>> inputs;
    absl::Time time;
  };
  class Work;

  bool Step(Task& task);
  // The unit of work that is next, done but not committed; null: nothing to do.
  std::unique_ptr<Work> Next(Task& task);
  void Commit(Task& task, Work& work);
  void Crash(Task& task);
  absl::Time NextTimer() const;

  absl::Time now_;
  Task planner_;
  Task gate_;
  size_t gate_position_ = 0;
  std::vector<Written> written_;
  size_t dead_letters_ = 0;
};

}  // namespace touchstone::outreach
