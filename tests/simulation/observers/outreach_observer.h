#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/simulation/observers/observer.h"
#include "tests/simulation/verdicts.h"

namespace touchstone::simulation {

// Outreach as it is requested, held to what outreach.md says is always true. What an address wants it reads from the gate's inbox
// itself, up to the record, or the time of the timer, that made the gate write.
class OutreachObserver : public Observer {
 public:
  explicit OutreachObserver(Verdicts& verdicts) : verdicts_(verdicts) {}

  void OnGate(const Seen& seen, const events::v1::GateMessage& message) override;
  void OnRequest(const Seen& seen, const events::v1::OutreachRequest& request) override;
  void OnPreferences(const Seen& seen, const events::v1::Preferences& preferences) override;
  void OnOutreach(const Seen& seen, const events::v1::Outreach& outreach) override;
  void AtRest(absl::Time now) override;

  int64_t request_count() const { return static_cast<int64_t>(class_of_key_.size()); }

 private:
  // What an address has said.
  struct Wishes {
    std::map<int, int> consents;
    bool suppressed = false;
    std::string zone;
    bool has_quiet_hours = false;
    int quiet_from = 0;
    int quiet_to = 0;
  };
  // A message of the inbox that says something of it.
  struct Said {
    int64_t offset = 0;
    absl::Time append_time;
    events::v1::GateMessage message;
  };
  struct Address {
    std::vector<Said> said;
    // Of `said`.
    size_t applied = 0;
    Wishes wishes;
    std::map<std::string, absl::Time> request_times;
    std::vector<absl::Time> capped;
  };

  // The address as the gate had it when it wrote this record.
  Address& AddressAt(const Seen& seen);
  void Apply(const Said& said, Address& address);
  void CheckConsent(const events::v1::OutreachRequest& request, const Wishes& wishes);
  void CheckQuiet(const events::v1::OutreachRequest& request, absl::Time time, const Wishes& wishes);
  void CheckCap(std::vector<absl::Time>& before, absl::Time time, const events::v1::OutreachRequest& request, const char* whose);
  void Wrong(Check check, const events::v1::OutreachRequest& request, const std::string& what);

  Verdicts& verdicts_;
  std::map<std::string, Address> addresses_;
  std::map<std::string, std::vector<absl::Time>> capped_of_subject_;
  // Of what was requested.
  std::map<std::string, int> class_of_key_;
  std::set<std::string> reports_;
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::string> key_of_step_;
  std::map<std::string, events::v1::Outreach> latest_;
  std::map<std::string, int64_t> preference_versions_;
};

}  // namespace touchstone::simulation
