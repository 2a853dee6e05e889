#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

// The journey a second time, as README.md tells it and as slowly as it likes: no state that is carried on, every question
// answered by looking through everything that happened. It shares no code with the domain; what both say must be equal.
namespace touchstone::classification::naive {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kHour = 3600 * kSecond;
constexpr int64_t kDay = 24 * kHour;

// A touchpoint, plain.
struct Fact {
  int64_t time = 0;
  std::string source, id, type, topic, order;
  bool external = false, outbound = false, ours = false, failed = false, abandoned = false, succeeded = false;
  // By phone or chat.
  bool spoken = false;
  int nps = -1, csat = 0, stars = 0;
  double sentiment = 0;
  std::string promise;
  int64_t until = 0;
};

enum Stage { kNoStage, kDiscovery, kConsideration, kPurchase, kExperience, kLoyalty, kRecommendation };

// The journey and the strand as they stood before a touchpoint.
struct Before {
  Stage stage = kNoStage;
  int touchpoints = 0, first_hand = 0, purchases = 0, last_nps = -1, hundredths = 0;
  double days_since_last = 0;
  int strand_touchpoints = 0, promises_open = 0, promises_broken = 0;
};

using OnFact = std::function<bool(const Fact&)>;
using OnScene = std::function<bool(const Fact&, const Before&)>;
using ByOf = std::function<std::string(const Fact&)>;

struct Count {
  OnFact of;
  ByOf by;
  int64_t within;
  int at_least;
  bool once = false;
};

struct First {
  OnFact of;
  ByOf by;
};

struct Absence {
  OnFact no;
  bool in_strand;
  int64_t wait;  // 0: until the promise, kept by what the pack says.
};

struct Strike {
  int weight;
  enum { kByStrand, kByTopic, kByTouchpoint } incident;
  int64_t within, lifetime;
};

struct Rule {
  std::string id;
  OnScene when;
  bool echo = false;
  std::vector<Count> count;
  std::vector<First> first;
  std::vector<Absence> absence;
  std::vector<Stage> stages;
  int strikes = 0;
  std::vector<Strike> strike;
};

struct StageRule {
  Stage stage;
  OnScene when;
};

struct Recovery {
  OnScene when;
  int credit;
  bool echo = false;
};

struct Rules {
  std::vector<Rule> moments;
  std::vector<StageRule> stages;
  std::vector<Recovery> recoveries;
  std::map<std::string, OnFact> kept_by;
};

struct Moment {
  std::string rule;
  int64_t time = 0;
  std::string trigger;
  int count = 0;
  Stage stage = kNoStage;

  auto operator<=>(const Moment&) const = default;
};

struct Result {
  std::vector<Moment> moments;  // Sorted.
  std::vector<Stage> stages;    // As they came.
  int hundredths = 0;
  int touchpoints = 0;
  std::map<std::string, std::vector<int>> promises;  // By order: open, kept, broken.

  bool operator==(const Result&) const = default;
};

// The journey of these touchpoints, in any order, at a time.
Result JourneyOf(std::vector<Fact> facts, int64_t now, const Rules& rules);

}  // namespace touchstone::classification::naive
