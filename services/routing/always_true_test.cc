// What must always be true (routing.md, 1 to 6), whatever happens in whatever order: seeded days on the real runtime, with
// repeats, late words, dead instances and restarts, watched from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_join.h"
#include "common/clock/proto_time.h"
#include "services/routing/testing/routing_house.h"
#include "services/routing/testing/routing_observer.h"

namespace touchstone::routing {
namespace {

namespace events = touchstone::events::v1;

constexpr int kCustomers = 5;
constexpr int kMomentsOfOne = 4;
constexpr int kAgents = 4;

struct DayOptions {
  // Everything comes to rest after each happening: then one order of inputs is the only one.
  bool calm = false;
  int restart_every = 0;
};

// One seeded day.
class Day {
 public:
  Day(int seed, DayOptions options)
      : random_(seed), options_(options), house_(StoryPolicy(), options.calm ? 2000 : 1 + Below(4)), observer_(house_) {}

  void Happen(int count) {
    for (int i = 0; i < count && observer_.faults().empty(); ++i) {
      One();
      if (options_.calm) {
        house_.Run();
      } else {
        for (int steps = Below(4); steps > 0; --steps) house_.Step();
      }
      if (options_.restart_every > 0 && i % options_.restart_every == 0) house_.Restart();
      observer_.Observe();
      if (options_.calm || Below(4) == 0) Rest();
    }
  }

  void Rest() {
    house_.Run();
    observer_.Observe();
    observer_.AtRest();
    CheckMoments();
  }

  // Somebody who can do everything comes, and stays: nothing may be left behind.
  void Finish() {
    house_.alive() = {"one"};
    house_.Pass(absl::Minutes(3));
    const int64_t session = house_.Connect("able", {"retention"}, 20);
    for (int i = 0; i < 200; ++i) {
      house_.Run();
      observer_.Observe();
      const std::map<std::string, events::Offer> offers = observer_.open_offers();
      for (const auto& [id, offer] : offers) house_.Accept(offer);
      for (const auto& [id, escalation] : observer_.escalations()) {
        if (escalation.status() == events::ESCALATION_STATUS_ASSIGNED)
          house_.Resolve(escalation.agent_id(), Session(escalation.agent_id(), session), id);
      }
      house_.Pass(absl::Seconds(1));
    }
    Rest();
    for (const auto& [id, escalation] : observer_.escalations()) {
      if (escalation.status() != events::ESCALATION_STATUS_RESOLVED &&
          escalation.status() != events::ESCALATION_STATUS_CANCELLED) {
        faults_.push_back(absl::StrCat(id, " was left behind: ", escalation.change()));
      }
    }
  }

  std::string Faults() const {
    std::vector<std::string> all = observer_.faults();
    all.insert(all.end(), faults_.begin(), faults_.end());
    return absl::StrJoin(all, "\n");
  }
  const RoutingHouse& house() const { return house_; }
  const RoutingObserver& observer() const { return observer_; }

 private:
  int Below(int n) { return static_cast<int>(random_() % n); }
  std::string Customer() { return absl::StrCat("customer:", Below(kCustomers)); }
  std::string Agent() { return absl::StrCat("agent", Below(kAgents)); }
  int64_t Session(const std::string& agent, int64_t fallback = 0) const {
    auto found = sessions_.find(agent);
    return found == sessions_.end() ? fallback : found->second;
  }

  void One() {
    switch (Below(19)) {
      case 0:
      case 1:
        return Find();
      case 2:
        return Withdraw();
      case 3:
        return Cross();
      case 4:
      case 5:
        return Connect();
      case 6:
      case 7:
        return Answer();
      case 8:
        return Answer();
      case 9:
        return Resolve();
      case 10:
        return Wander();
      case 11:
        return Command();
      case 12:
        return Repeat();
      case 13:
        return Toggle();
      case 14:
      case 15:
      case 16:
        return Tend();
      default:
        return house_.Pass(Below(3) == 0 ? absl::Seconds(Below(90)) : absl::Milliseconds(Below(3000)));
    }
  }

  void Find() {
    const std::string subject = Customer();
    const std::string id = absl::StrCat(subject, "-m", Below(kMomentsOfOne));
    if (calling_.contains(id)) return;  // Found once until it is withdrawn.
    const events::MomentOfTruth moment =
        house_.Found(subject, id, 40 + Below(60), Below(6) == 0 ? absl::Hours(80) : absl::ZeroDuration());
    calling_[id] = moment;
  }

  void Withdraw() {
    if (calling_.empty()) return;
    auto chosen = std::next(calling_.begin(), Below(static_cast<int>(calling_.size())));
    house_.Withdrawn(chosen->second);
    calling_.erase(chosen);
  }

  void Cross() {
    for (const auto& [id, moment] : calling_) {
      if (Below(3) == 0) return house_.Crossed(moment.subject(), id, 2 + Below(2));
    }
  }

  void Connect() {
    const std::string agent = Agent();
    std::vector<std::string> skills;
    if (Below(2) == 0) skills.push_back("retention");
    const int64_t resumes = Below(2) == 0 ? Session(agent) : 0;
    sessions_[agent] = house_.Connect(agent, skills, 1 + Below(3), resumes, Below(2) == 0 ? "one" : "two");
  }

  // About an offer that is open, or was.
  void Answer() {
    std::vector<events::Offer> offers;
    for (const events::DesktopNotice& notice : house_.notices()) {
      if (notice.has_offer()) offers.push_back(notice.offer());
    }
    if (offers.empty()) return;
    const int back = Below(3) > 0 ? Below(3) : Below(static_cast<int>(offers.size()));
    const events::Offer& offer = offers[offers.size() - 1 - std::min<size_t>(back, offers.size() - 1)];
    // Now and then by another session, or by somebody it was never offered to.
    const std::string agent = Below(8) == 0 ? Agent() : offer.agent_id();
    const bool current = agent != offer.agent_id() || Below(5) == 0;
    events::DesktopSignal signal = house_.SignalOf(agent, current ? Session(agent) : offer.session_id());
    switch (Below(5)) {
      case 0:
      case 3:
        signal.mutable_delivered()->set_offer_id(offer.id());
        break;
      case 1:
        signal.mutable_declined()->set_offer_id(offer.id());
        break;
      default:
        signal.mutable_accepted()->set_offer_id(offer.id());
    }
    Say(signal);
  }

  // What desktops mostly do: say that offers have arrived, and let their agents take their time, or none.
  void Tend() {
    const std::map<std::string, events::Offer> offers = observer_.open_offers();
    for (const auto& [id, offer] : offers) {
      if (Below(8) > 0) house_.Deliver(offer);
      if (Below(4) == 0) house_.Accept(offer);
    }
  }

  void Resolve() {
    for (const auto& [id, escalation] : observer_.escalations()) {
      if (Below(escalation.status() == events::ESCALATION_STATUS_ASSIGNED ? 2 : 20) > 0) continue;
      const std::string agent = Below(4) == 0 ? Agent() : escalation.agent_id();
      events::DesktopSignal signal = house_.SignalOf(agent, Session(agent));
      signal.mutable_resolved()->set_escalation_id(id);
      signal.mutable_resolved()->set_code(Below(2) == 0 ? events::RESOLUTION_CODE_SOLVED : events::RESOLUTION_CODE_NOT_REACHED);
      return Say(signal);
    }
  }

  void Wander() {
    const std::string agent = Agent();
    events::DesktopSignal signal = house_.SignalOf(agent, Session(agent));
    switch (Below(4)) {
      case 0:
        signal.mutable_lost();
        break;
      case 1:
        signal.mutable_closed();
        break;
      case 2:
        signal.mutable_availability()->set_availability(events::AVAILABILITY_AWAY);
        break;
      default:
        signal.mutable_availability()->set_availability(events::AVAILABILITY_AVAILABLE);
    }
    Say(signal);
  }

  void Command() {
    events::CaseMessage message;
    message.set_subject(Customer());
    if (Below(2) == 0) {
      message.mutable_open()->set_request_id(absl::StrCat("r", Below(6)));
      message.mutable_open()->set_severity(1 + Below(100));
      message.mutable_open()->set_opened_by("crm");
    } else {
      const events::Escalation escalation = house_.EscalationOf(message.subject());
      if (escalation.id().empty()) return;
      message.mutable_cancel()->set_request_id(absl::StrCat("c", Below(20)));
      message.mutable_cancel()->set_escalation_id(escalation.id());
      message.mutable_cancel()->set_actor("agent:someone");
      message.mutable_cancel()->set_reason("because");
    }
    house_.Command(message);
  }

  // What was said already is said again: by a desktop, or by a case.
  void Repeat() {
    if (Below(2) == 0 && !said_.empty()) house_.Signal(said_[Below(static_cast<int>(said_.size()))]);
    const std::vector<events::DispatchMessage>& messages = house_.dispatch_messages();
    if (messages.empty()) return;
    const events::DispatchMessage message =
        messages[messages.size() - 1 - Below(std::min<int>(40, static_cast<int>(messages.size())))];
    if (message.has_work() || message.has_cancel()) house_.Dispatch(message);
  }

  void Toggle() {
    if (Below(4) == 0) return house_.RenewLease("one", {Session(Agent()), Session(Agent()), Session(Agent())});
    if (!house_.alive().erase("two")) house_.alive().insert("two");
  }

  void Say(const events::DesktopSignal& signal) {
    said_.push_back(signal);
    if (said_.size() > 8) said_.erase(said_.begin());
    house_.Signal(signal);
  }

  // Every moment that calls for a person is in an escalation, at most one of them open, and none was dropped on the floor.
  void CheckMoments() {
    for (const auto& [id, moment] : calling_) {
      if (moment.severity() < 60 || house_.now() - clock::TimeFrom(moment.occur_time()) > absl::Hours(72)) continue;
      int open = 0;
      // The newest that holds it; of several of one instant the one that speaks for us.
      std::pair<absl::Time, bool> newest(absl::InfinitePast(), false);
      for (const auto& [escalation_id, escalation] : observer_.escalations()) {
        bool holds = false;
        for (const events::MomentOfTruth& each : escalation.moments()) holds |= each.id() == id;
        if (!holds) continue;
        open += escalation.status() < events::ESCALATION_STATUS_RESOLVED;
        const bool dropped = escalation.cancellation().actor() == "system: moment withdrawn";
        newest = std::max(newest, std::pair(clock::TimeFrom(escalation.create_time()), !dropped));
      }
      if (newest.first == absl::InfinitePast())
        faults_.push_back(absl::StrCat(id, " calls for a person and is in no escalation"));
      if (open > 1) faults_.push_back(absl::StrCat(id, " is in ", open, " open escalations"));
      if (!newest.second) faults_.push_back(absl::StrCat(id, " calls for a person and was dropped as withdrawn"));
    }
  }

  std::mt19937 random_;
  const DayOptions options_;
  RoutingHouse house_;
  RoutingObserver observer_;
  std::map<std::string, events::MomentOfTruth> calling_;
  std::map<std::string, int64_t> sessions_;
  std::vector<events::DesktopSignal> said_;
  std::vector<std::string> faults_;
};

constexpr int kSeeds = 150;
constexpr int kHappenings = 120;

TEST(AlwaysTrue, InWhateverOrderAndHoweverOftenThingsHappen) {
  std::map<events::OfferStatus, int> ends;
  int touchpoints = 0;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    Day day(seed, {.restart_every = seed % 3 == 0 ? 7 : 0});
    day.Happen(kHappenings);
    day.Rest();
    ASSERT_EQ(day.Faults(), "") << "seed " << seed;
    for (const auto& [status, count] : day.observer().offer_ends()) ends[status] += count;
    touchpoints += static_cast<int>(day.house().touchpoints().size());
  }
  // A day on which nothing happens shows nothing.
  for (events::OfferStatus status : {events::OFFER_STATUS_ACCEPTED, events::OFFER_STATUS_DECLINED, events::OFFER_STATUS_TIMED_OUT,
                                     events::OFFER_STATUS_RESCINDED}) {
    EXPECT_GT(ends[status], kSeeds / 10) << events::OfferStatus_Name(status);
  }
  EXPECT_GT(touchpoints, kSeeds / 2);
}

TEST(AlwaysTrue, NothingIsLeftBehind) {
  for (int seed = 1; seed <= kSeeds / 5; ++seed) {
    Day day(seed, {});
    day.Happen(kHappenings);
    day.Finish();
    ASSERT_EQ(day.Faults(), "") << "seed " << seed;
  }
}

TEST(AlwaysTrue, TheSameOrderGivesTheSameDecisionsWhateverIsRestoredInBetween) {
  for (int seed = 1; seed <= kSeeds / 5; ++seed) {
    Day once(seed, {.calm = true});
    once.Happen(kHappenings);
    ASSERT_EQ(once.Faults(), "") << "seed " << seed;
    Day again(seed, {.calm = true, .restart_every = 1});
    again.Happen(kHappenings);
    ASSERT_TRUE(once.house().Trace() == again.house().Trace()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace touchstone::routing
