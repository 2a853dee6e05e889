#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/stream/topics.h"
#include "services/outreach/testing/observer.h"
#include "services/outreach/testing/outreach_world.h"
#include "services/outreach/testing/stories.h"

// What outreach.md says is always true, over random interleavings: a world tells moments and takes them back, addresses grant
// and withdraw, senders report, all of it repeated, around the changes of clocks, while the planner and the gate step in any
// order and die in between.
namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;

constexpr int kInterleavings = 10'000;
constexpr int kActions = 24;

// Nights in which a clock changes somewhere, and one in which none does.
constexpr absl::string_view kStarts[] = {"2026-03-07 12:00", "2026-03-28 12:00", "2026-10-24 12:00",
                                         "2026-10-31 12:00", "2026-04-04 00:00", "2026-06-10 12:00"};
constexpr absl::string_view kZones[] = {"", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"};
constexpr absl::string_view kSubjects[] = {"customer:ana", "customer:bo"};
constexpr absl::string_view kAddresses[] = {"email:a", "email:b", "phone:1"};

class RandomWorld {
 public:
  // `chaos` adds crashes: with the same seed the world does otherwise the same.
  RandomWorld(uint32_t seed, bool chaos)
      : random_(seed),
        crash_random_(seed + 1),
        chaos_(chaos),
        planner_(Policy()),
        gate_(Gate()),
        world_(planner_, gate_, At(kStarts[Pick(std::size(kStarts))]) + absl::Minutes(Pick(24 * 60))) {}

  void Run() {
    for (int i = 0; i < kActions; ++i) {
      Act();
      const int steps = Pick(5);
      for (int step = 0; step < steps; ++step) Step();
    }
    // Longer than any expiry.
    world_.RunUntil(world_.now() + absl::Hours(24 * 6));
  }

  std::vector<std::string> Wrong() const {
    std::vector<std::string> wrong = Violations(*planner_, *gate_, world_.written());
    for (std::string& each : Unfinished(world_.written())) wrong.push_back(std::move(each));
    return wrong;
  }

  std::vector<std::string> Outputs() const {
    std::vector<std::string> outputs;
    for (const Written& each : world_.written()) {
      outputs.push_back(absl::StrCat(each.topic, " ", each.record.key, " ", each.record.id, " ", each.record.value));
    }
    return outputs;
  }

  size_t requests() const { return world_.All<events::OutreachRequest>(topics::kOutreachRequests).size(); }

 private:
  // One for all worlds.
  static std::shared_ptr<const PlannerPolicy> Policy() {
    static const std::shared_ptr<const PlannerPolicy> policy = [] {
      auto made = std::make_shared<PlannerPolicy>(ThreePlays());
      made->plays[0].reentry.not_within = absl::Hours(36);
      return made;
    }();
    return policy;
  }

  static std::shared_ptr<const GatePolicy> Gate() {
    static const auto policy = std::make_shared<const GatePolicy>(PlainGate());
    return policy;
  }

  int Pick(size_t n) { return static_cast<int>(random_() % n); }

  void Step() {
    if (chaos_ && crash_random_() % 8 == 0) world_.CrashPlanner();
    if (chaos_ && crash_random_() % 8 == 0) world_.CrashGate();
    if (Pick(2) == 0) {
      world_.StepPlanner();
    } else {
      world_.StepGate();
    }
  }

  void Act() {
    switch (Pick(12)) {
      case 0:
      case 1:
      case 2:
        return TellMoment();
      case 3:
        return TakeMomentBack();
      case 4:
      case 5:
        return ChangeConsent();
      case 6:
        return ChangeZone();
      case 7:
        return Escalate();
      case 8:
        return SendReport();
      case 9:
        return RepeatToGate();
      default:
        // Minutes or most of a day.
        return world_.Advance(Pick(3) == 0 ? absl::Minutes(Pick(20 * 60)) : absl::Minutes(Pick(90)));
    }
  }

  void TellMoment() {
    const events::MomentOfTruth moment =
        Moment(absl::StrCat("m", Pick(6)), Pick(2) == 0 ? "late" : "bought", world_.now() - absl::Hours(Pick(80)));
    JourneyStory story;
    story.email = std::string(kAddresses[Pick(2)]);  // Some addresses are shared.
    if (Pick(3) == 0) story.phone = "phone:1";
    story.strike_hundredths = Pick(4) == 0 ? 200 : 0;
    const absl::string_view subject = kSubjects[Pick(2)];
    told_.push_back({std::string(subject), moment});
    world_.Append(topics::kJourneyEvents, subject, Found(subject, moment, story));
  }

  void TakeMomentBack() {
    if (told_.empty()) return;
    const auto& [subject, moment] = told_[Pick(told_.size())];
    world_.Append(topics::kJourneyEvents, subject, Withdrawn(subject, moment));
  }

  void ChangeConsent() {
    const absl::string_view address = kAddresses[Pick(3)];
    const auto outreach_class = static_cast<events::OutreachClass>(1 + Pick(4));
    // Half of them withdraw.
    const auto state = Pick(2) == 0 ? events::CONSENT_STATE_WITHDRAWN : events::CONSENT_STATE_GRANTED;
    world_.Append(topics::kGate, address, Consents(address, NextRequestId(), outreach_class, state));
  }

  void ChangeZone() {
    const absl::string_view address = kAddresses[Pick(3)];
    world_.Append(topics::kGate, address, Zone(address, NextRequestId(), kZones[Pick(std::size(kZones))]));
  }

  void Escalate() {
    const absl::string_view subject = kSubjects[Pick(2)];
    const auto status = Pick(3) == 0 ? events::ESCALATION_STATUS_QUEUED : events::ESCALATION_STATUS_RESOLVED;
    world_.Append(topics::kEscalations, subject, EscalationOf(subject, status));
  }

  void SendReport() {
    const Written* sent = nullptr;
    for (const Written& each : world_.written()) {
      if (each.topic == topics::kOutreachRequests && (sent == nullptr || Pick(2) == 0)) sent = &each;
    }
    if (sent == nullptr) return;
    events::OutreachRequest request;
    request.ParseFromString(sent->record.value);
    const auto status = static_cast<events::DeliveryStatus>(1 + Pick(8));
    world_.Append(topics::kGate, sent->record.key,
                  Report(sent->record.key, request.send_key(), absl::StrCat(Pick(3)), status, world_.now()));
  }

  // A sender, a planner or a caller says again what it has said.
  void RepeatToGate() {
    std::vector<const Written*> said;
    for (const Written& each : world_.written()) {
      if (each.topic == topics::kGate) said.push_back(&each);
    }
    if (said.empty()) return;
    events::GateMessage message;
    message.ParseFromString(said[Pick(said.size())]->record.value);
    world_.Append(topics::kGate, message.address_key(), message);
  }

  std::string NextRequestId() { return absl::StrCat("r", ++request_count_); }

  std::mt19937 random_;
  std::mt19937 crash_random_;
  const bool chaos_;
  std::shared_ptr<const PlannerPolicy> planner_;
  std::shared_ptr<const GatePolicy> gate_;
  OutreachWorld world_;
  std::vector<std::pair<std::string, events::MomentOfTruth>> told_;
  int request_count_ = 0;
};

TEST(AlwaysTrue, InEveryInterleaving) {
  size_t requests = 0;
  for (int seed = 0; seed < kInterleavings; ++seed) {
    RandomWorld world(seed, /*chaos=*/true);
    world.Run();
    requests += world.requests();
    ASSERT_THAT(world.Wrong(), ::testing::IsEmpty()) << "seed " << seed;
  }
  // Silence would pass every check above.
  EXPECT_GT(requests, kInterleavings);
  std::printf("%zu requests in %d interleavings\n", requests, kInterleavings);
}

TEST(AlwaysTrue, TheSameInputGivesTheSameOutputsWhateverIsKilled) {
  for (int seed = 0; seed < kInterleavings / 20; ++seed) {
    RandomWorld calm(seed, /*chaos=*/false);
    RandomWorld killed(seed, /*chaos=*/true);
    calm.Run();
    killed.Run();
    const std::vector<std::string> expected = calm.Outputs();
    const std::vector<std::string> outputs = killed.Outputs();
    ASSERT_EQ(outputs.size(), expected.size()) << "seed " << seed;
    for (size_t i = 0; i < outputs.size(); ++i) ASSERT_EQ(outputs[i], expected[i]) << "seed " << seed << " record " << i;
  }
}

}  // namespace
}  // namespace touchstone::outreach
