#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/simulation/outside.h"
#include "tests/simulation/topic_reader.h"
#include "touchstone/events/v1/outreach.pb.h"

namespace touchstone::simulation {

// A sender that reports what became of each request, some of it twice; some recipients object.
class SenderBot {
 public:
  explicit SenderBot(const Outside& outside) : outside_(outside), requests_("outreach-requests.v1", outside.witness) {}

  void Step(eventlog::EventLog& log);
  void Behave() { moody_ = false; }
  bool Heard(eventlog::EventLog& log) const { return requests_.AtEnd(log); }

 private:
  void Report(const events::v1::OutreachRequest& request, events::v1::DeliveryStatus status, const char* word);

  const Outside outside_;
  TopicReader requests_;
  bool moody_ = true;
};

// The owners of addresses, who say what they want, often just when something is about to be sent to them.
class RecipientBot {
 public:
  explicit RecipientBot(const Outside& outside) : outside_(outside), outreach_("outreach.v1", outside.witness) {}

  void Step(eventlog::EventLog& log);
  void Behave() { moody_ = false; }
  bool Heard(eventlog::EventLog& log) const { return outreach_.AtEnd(log); }

 private:
  void Wish(const std::string& address_key);

  const Outside outside_;
  TopicReader outreach_;
  bool moody_ = true;
  int wish_count_ = 0;
};

// Somebody at the company who opens and cancels escalations by hand, and has journeys derived anew.
class ClerkBot {
 public:
  explicit ClerkBot(const Outside& outside) : outside_(outside), escalations_("escalations.v1", outside.witness) {}

  void Step(eventlog::EventLog& log);
  void Behave() { moody_ = false; }
  // Someone the company knows of.
  void Know(const std::string& subject) { subjects_.insert(subject); }

 private:
  const Outside outside_;
  TopicReader escalations_;
  bool moody_ = true;
  std::set<std::string> subjects_;
  // By subject.
  std::map<std::string, std::string> open_;
  int command_count_ = 0;
};

}  // namespace touchstone::simulation
