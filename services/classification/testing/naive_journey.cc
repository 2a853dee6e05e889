#include "services/classification/testing/naive_journey.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace touchstone::classification::naive {
namespace {

constexpr size_t kCountsAtMost = 32;
constexpr size_t kStrikesOfAnIncident = 8;

struct LedgerEvent {
  int64_t time;
  bool is_strike;
  // A strike's.
  int weight;
  std::string incident;
  int64_t within, lifetime;
  // A recovery's.
  int credit;
  std::string order;
};

struct Incident {
  std::string key, order;
  int64_t begun;
  int paid;
  std::vector<std::pair<int, int64_t>> strikes;  // Weight and end.

  int At(int64_t time) const {
    int heaviest = 0;
    for (const auto& [weight, end] : strikes) {
      if (time < end) heaviest = std::max(heaviest, weight);
    }
    return std::max(0, heaviest - paid);
  }
};

void AddStrike(const LedgerEvent& event, std::vector<Incident>& incidents) {
  Incident* open = nullptr;
  for (Incident& one : incidents) {
    if (one.key == event.incident) open = &one;
  }
  const bool over = open == nullptr || event.time - open->begun >= event.within || (open->paid > 0 && open->At(event.time) == 0);
  if (over) {
    incidents.push_back({event.incident, event.order, event.time, 0, {}});
    open = &incidents.back();
  }
  open->strikes.emplace_back(event.weight, event.time + event.lifetime);
  if (open->strikes.size() > kStrikesOfAnIncident)
    open->strikes.erase(std::min_element(open->strikes.begin(), open->strikes.end()));
}

void Recover(const LedgerEvent& event, std::vector<Incident>& incidents) {
  int left = event.credit;
  const auto pay = [&](auto may) {
    for (auto one = incidents.rbegin(); one != incidents.rend(); ++one) {
      if (!may(*one)) continue;
      const int payment = std::min(left, one->At(event.time));
      one->paid += payment;
      left -= payment;
    }
  };
  pay([&](const Incident& one) { return one.order == event.order; });
  if (event.order.empty()) pay([](const Incident&) { return true; });
}

// The ledger, retold from its first entry each time it is asked.
int CountedAt(const std::vector<LedgerEvent>& events, int64_t now) {
  std::vector<Incident> incidents;
  for (const LedgerEvent& event : events) event.is_strike ? AddStrike(event, incidents) : Recover(event, incidents);
  int sum = 0;
  for (const Incident& one : incidents) sum += one.At(now);
  return sum;
}

class Telling {
 public:
  Telling(std::vector<Fact> facts, int64_t now, const Rules& rules) : facts_(std::move(facts)), now_(now), rules_(rules) {
    facts_.erase(std::remove_if(facts_.begin(), facts_.end(), [&](const Fact& fact) { return fact.time > now; }), facts_.end());
    std::sort(facts_.begin(), facts_.end(),
              [](const Fact& a, const Fact& b) { return std::tie(a.time, a.source, a.id) < std::tie(b.time, b.source, b.id); });
  }

  Result Tell() {
    for (size_t i = 0; i < facts_.size(); ++i) {
      LetPass(facts_[i].time - 1, i);
      Happen(i);
    }
    LetPass(now_, facts_.size());
    result_.hundredths = CountedAt(ledger_, now_);
    result_.touchpoints = static_cast<int>(facts_.size());
    std::sort(result_.moments.begin(), result_.moments.end());
    for (size_t i = 0; i < facts_.size(); ++i) {
      if (!Promises(i)) continue;
      std::vector<int>& counts = result_.promises[facts_[i].order];
      counts.resize(3);
      ++counts[Kept(i, facts_.size()) ? 1 : Due(i) <= now_ ? 2 : 0];
    }
    return std::move(result_);
  }

 private:
  struct Waiting {
    size_t rule, trigger;
    int64_t due;
    int count;
    bool done;
  };

  int64_t Due(size_t i) const { return std::max(facts_[i].until, facts_[i].time); }

  // Does it promise what something can keep?
  bool Promises(size_t i) const { return rules_.kept_by.count(facts_[i].promise) > 0; }

  // Among the first `seen`, is there one that keeps the promise of `i` in time?
  bool Kept(size_t i, size_t seen) const {
    const auto keeper = rules_.kept_by.find(facts_[i].promise);
    if (keeper == rules_.kept_by.end()) return false;
    for (size_t j = i + 1; j < seen && facts_[j].time <= Due(i); ++j) {
      if (!facts_[j].ours && facts_[j].order == facts_[i].order && keeper->second(facts_[j])) return true;
    }
    return false;
  }

  Before BeforeOf(size_t i) const {
    Before before;
    before.stage = stage_;
    before.touchpoints = static_cast<int>(i);
    before.hundredths = CountedAt(ledger_, facts_[i].time);
    for (size_t j = 0; j < i; ++j) {
      const Fact& fact = facts_[j];
      if (!fact.external && !fact.ours) ++before.first_hand;
      if (fact.nps >= 0) before.last_nps = fact.nps;
      if (evidence_[j] == kPurchase) ++before.purchases;
      if (fact.order != facts_[i].order) continue;
      ++before.strand_touchpoints;
      if (!Promises(j) || Kept(j, i)) continue;
      ++(Due(j) < facts_[i].time ? before.promises_broken : before.promises_open);
    }
    if (i > 0) before.days_since_last = static_cast<double>(facts_[i].time - facts_[i - 1].time) / static_cast<double>(kDay);
    return before;
  }

  // The touchpoints that a count counts at `i`.
  int Counted(const Count& count, bool echo, size_t i) const {
    int counted = 0;
    size_t looked = 0;
    for (size_t j = i + 1; j-- > 0 && looked < kCountsAtMost;) {
      if ((facts_[j].ours && !echo) || !count.of(facts_[j])) continue;
      ++looked;
      if (facts_[j].time > facts_[i].time - count.within && count.by(facts_[j]) == count.by(facts_[i])) ++counted;
    }
    return counted;
  }

  bool SeenBefore(const First& first, bool echo, size_t i) const {
    for (size_t j = 0; j < i; ++j) {
      if ((!facts_[j].ours || echo) && first.of(facts_[j]) && first.by(facts_[j]) == first.by(facts_[i])) return true;
    }
    return false;
  }

  std::optional<int> Matches(const Rule& rule, size_t i, const Before& before) const {
    if (facts_[i].ours && !rule.echo) return std::nullopt;
    if (!rule.when(facts_[i], before)) return std::nullopt;
    if (!rule.stages.empty() && std::find(rule.stages.begin(), rule.stages.end(), before.stage) == rule.stages.end())
      return std::nullopt;
    if (before.hundredths / 100 < rule.strikes) return std::nullopt;
    for (const First& first : rule.first) {
      if (SeenBefore(first, rule.echo, i)) return std::nullopt;
    }
    int counted = 0;
    for (const Count& count : rule.count) {
      counted = Counted(count, rule.echo, i);
      if (count.once ? counted != count.at_least : counted < count.at_least) return std::nullopt;
    }
    for (const Absence& absence : rule.absence) {
      if (absence.wait == 0 && !Promises(i)) return std::nullopt;
    }
    return counted;
  }

  void Happen(size_t i) {
    const Before before = BeforeOf(i);
    std::vector<std::pair<size_t, int>> matched;
    for (size_t rule = 0; rule < rules_.moments.size(); ++rule) {
      if (const std::optional<int> counted = Matches(rules_.moments[rule], i, before)) matched.emplace_back(rule, *counted);
    }
    evidence_.push_back(kNoStage);
    for (const StageRule& rule : rules_.stages) {
      if (facts_[i].ours || !rule.when(facts_[i], before)) continue;
      evidence_[i] = rule.stage;
      break;
    }
    if (evidence_[i] != kNoStage && evidence_[i] != stage_) {
      stage_ = evidence_[i];
      result_.stages.push_back(stage_);
    }
    for (const auto& [rule, counted] : matched) {
      const std::vector<Absence>& absence = rules_.moments[rule].absence;
      if (absence.empty()) {
        Find(rule, i, facts_[i].time, counted);
      } else {
        const int64_t due = absence[0].wait == 0 ? Due(i) : facts_[i].time + absence[0].wait;
        waiting_.push_back({rule, i, due, counted, false});
      }
    }
    for (const Recovery& rule : rules_.recoveries) {
      if ((facts_[i].ours && !rule.echo) || !rule.when(facts_[i], before)) continue;
      ledger_.push_back({facts_[i].time, false, 0, "", 0, 0, rule.credit, facts_[i].order});
    }
  }

  // What was waited for until `until`, when the first `seen` have happened.
  void LetPass(int64_t until, size_t seen) {
    std::vector<Waiting*> due;
    for (Waiting& waiting : waiting_) {
      if (!waiting.done && waiting.due <= until) due.push_back(&waiting);
    }
    std::sort(due.begin(), due.end(), [&](const Waiting* a, const Waiting* b) {
      const auto place = [&](const Waiting* one) {
        return std::make_tuple(one->due, rules_.moments[one->rule].id, facts_[one->trigger].source, facts_[one->trigger].id);
      };
      return place(a) < place(b);
    });
    for (Waiting* waiting : due) {
      waiting->done = true;
      if (!Ended(*waiting, seen)) Find(waiting->rule, waiting->trigger, waiting->due, waiting->count);
    }
  }

  bool Ended(const Waiting& waiting, size_t seen) const {
    const Rule& rule = rules_.moments[waiting.rule];
    const Absence& absence = rule.absence[0];
    OnFact no = absence.no;
    if (!no) {
      const auto keeper = rules_.kept_by.find(facts_[waiting.trigger].promise);
      if (keeper == rules_.kept_by.end()) return false;
      no = keeper->second;
    }
    for (size_t j = waiting.trigger + 1; j < seen && facts_[j].time <= waiting.due; ++j) {
      if (facts_[j].ours && !rule.echo) continue;
      if (absence.in_strand && facts_[j].order != facts_[waiting.trigger].order) continue;
      if (no(facts_[j])) return true;
    }
    return false;
  }

  void Find(size_t index, size_t trigger, int64_t time, int count) {
    const Rule& rule = rules_.moments[index];
    const Fact& fact = facts_[trigger];
    result_.moments.push_back({rule.id, time, fact.source + "/" + fact.id, count, stage_});
    for (const Strike& strike : rule.strike) {
      std::string incident = "one " + fact.source + "/" + fact.id;
      if (strike.incident == Strike::kByStrand && !fact.order.empty()) incident = "strand " + fact.order;
      if (strike.incident == Strike::kByTopic && !fact.topic.empty()) incident = "topic " + fact.topic;
      ledger_.push_back({time, true, strike.weight, incident, strike.within, strike.lifetime, 0, fact.order});
    }
  }

  std::vector<Fact> facts_;
  const int64_t now_;
  const Rules& rules_;
  Stage stage_ = kNoStage;
  std::vector<Stage> evidence_;
  std::vector<Waiting> waiting_;
  std::vector<LedgerEvent> ledger_;
  Result result_;
};

}  // namespace

Result JourneyOf(std::vector<Fact> facts, int64_t now, const Rules& rules) {
  return Telling(std::move(facts), now, rules).Tell();
}

}  // namespace touchstone::classification::naive
