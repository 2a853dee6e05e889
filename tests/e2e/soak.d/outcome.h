#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/eventlog/event_log.h"
#include "services/classification/testing/naive_journey.h"
#include "tests/e2e/kill_traffic.h"
#include "tests/e2e/soak.d/findings.h"
#include "touchstone/events/v1/escalation.pb.h"
#include "touchstone/events/v1/journey.pb.h"

namespace touchstone::e2e {

// What a suite concluded from the traffic, read from its topics: committed records alone, and each checked as it comes for what
// must always be true.
class Outcome {
 public:
  // `traffic` outlives it.
  explicit Outcome(const KillTraffic& traffic)
      : traffic_(traffic), copies_(traffic.size()), next_steps_(traffic.size() / kTouchpointsPerCustomer) {}

  // Reads everything there is on the log. Blocks.
  absl::Status ReadAll(eventlog::EventLog& log);

  const Findings& findings() const { return findings_; }

  // A moment that holds in the end.
  struct Moment {
    classification::naive::Moment plain;
    // Of all that is said of it.
    uint64_t hash = 0;
    // Whose it is; -1: of nobody in the traffic.
    int customer = -1;
  };
  const absl::flat_hash_map<std::string, Moment>& moments() const { return moments_; }
  // Those of customers whose story does not depend on when it is heard.
  const std::set<std::string>& escalation_ids() const { return escalation_ids_; }
  const std::set<std::string>& outreach_ids() const { return outreach_ids_; }
  // To those who left a cart.
  const std::set<std::string>& send_keys() const { return send_keys_; }
  // How many copies of each touchpoint of the traffic lie there.
  const std::vector<uint8_t>& copies() const { return copies_; }
  int64_t record_count() const { return record_count_; }
  int64_t request_count() const { return static_cast<int64_t>(requested_.size()); }
  int64_t offer_count() const { return static_cast<int64_t>(offer_ends_.size()); }

  // Of a topic's partition, in order: offset and time of each record.
  using Arrivals = std::vector<std::pair<int64_t, absl::Time>>;
  const std::map<std::pair<std::string, int>, Arrivals>& arrivals() const { return arrivals_; }

 private:
  absl::Status ReadTopic(eventlog::EventLog& log, const std::string& topic);
  void Take(const std::string& topic, const eventlog::TailRecord& record);
  void TakeTouchpoint(const std::string& value);
  void TakeJourneyEvent(const std::string& value);
  void TakeEscalation(const std::string& value);
  void TakeNotice(const std::string& value);
  // True: a task wrote it, in a unit of work.
  bool IsOfATask(const std::string& topic, const std::string& value);
  void CheckOnce(const std::string& topic, const std::string& id);
  void CheckAtTheEnd();
  // The traffic's customer whose subject this is; -1: nobody's.
  int CustomerOf(absl::string_view subject) const;
  bool IsCertain(absl::string_view subject) const;

  const KillTraffic& traffic_;
  Findings findings_;
  absl::flat_hash_map<std::string, Moment> moments_;
  std::set<std::string> escalation_ids_, outreach_ids_, send_keys_;
  std::vector<uint8_t> copies_;
  // Of each customer, the step that is to come next.
  std::vector<uint8_t> next_steps_;
  int64_t record_count_ = 0;
  std::map<std::pair<std::string, int>, Arrivals> arrivals_;

  // Of this topic, hashes of ids.
  absl::flat_hash_set<std::pair<uint64_t, uint64_t>> ids_;
  // Escalations: version and whether it is open; which one a subject has open.
  struct Case {
    int64_t version = 0;
    bool open = false;
  };
  absl::flat_hash_map<std::string, Case> cases_;
  absl::flat_hash_map<std::string, std::string> open_of_;
  absl::flat_hash_map<std::string, int> offer_ends_;
  absl::flat_hash_set<std::string> requested_;
  // Touchpoints of our own, by subject; counts that the newest digests state.
  absl::flat_hash_map<std::string, int64_t> own_touchpoints_;
  absl::flat_hash_map<std::string, int64_t> digest_counts_;
};

// What both are certain of must be equal: `expected` is of a run that nothing disturbed.
void CompareOutcomes(const Outcome& expected, const Outcome& actual, Findings& findings);

// The moments must be those that the naive journey finds in the traffic at `now`.
void CompareWithNaive(const KillTraffic& traffic, const Outcome& actual, absl::Time now, Findings& findings);

// What was fed lies there, and no copy that nobody sent.
void CompareWithSent(const Outcome& actual, const std::vector<uint8_t>& times_sent, Findings& findings);

}  // namespace touchstone::e2e
