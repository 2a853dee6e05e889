#include "tests/e2e/soak.d/outcome.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/clock/virtual_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/eventlog/topics_manifest.h"
#include "common/stream/topics.h"
#include "tests/e2e/soak.d/tally.h"
#include "touchstone/events/v1/outreach.pb.h"

namespace touchstone::e2e {
namespace {

namespace events = touchstone::events::v1;

constexpr int kCustomers = 2;
constexpr int kTouchpoints = kCustomers * kTouchpointsPerCustomer;

// What a run wrote, right first: each test spoils it.
class OutcomeTest : public testing::Test {
 protected:
  OutcomeTest()
      : log_(eventlog::MemoryLog::Open(
            eventlog::MakeMemoryStorage(eventlog::ReadTopicsManifest("deploy/topics.yaml")->catalog.WithPartitions(1),
                                        eventlog::Durability::kAtOnce),
            clock_, "test")) {}

  template <typename Message>
  void Write(const std::string& topic, const Message& message, std::string id = "") {
    if (id.empty()) id = absl::StrCat("record-", ++record_count_);
    log_->Append({{topic, "key", id, message.SerializeAsString(), std::nullopt}},
                 [](const auto& positions) { ASSERT_TRUE(positions.ok()); });
  }

  void WriteTouchpoint(size_t index) {
    events::Touchpoint touchpoint = traffic_.At(index);
    touchpoint.mutable_names(0)->set_key(Subject(traffic_.PlaceOf(index).number));
    Write(topics::kTouchpoints, touchpoint, touchpoint.id());
  }
  void WriteTouchpoints() {
    for (size_t i = 0; i < traffic_.size(); ++i) WriteTouchpoint(i);
  }
  void WriteDigests(int64_t count = kTouchpointsPerCustomer) {
    for (int number = 0; number < kCustomers; ++number) {
      events::JourneyDigest digest;
      digest.set_subject(Subject(number));
      digest.set_touchpoint_count(count);
      Write(topics::kJourneys, digest);
    }
  }
  void WriteEscalation(const std::string& id, int64_t version, events::EscalationStatus status) {
    events::Escalation escalation;
    escalation.set_id(id);
    escalation.set_subject(Subject(0));
    escalation.set_version(version);
    escalation.set_status(status);
    Write(topics::kEscalations, escalation);
  }
  void WriteOffer(events::OfferStatus status) {
    events::DesktopNotice notice;
    notice.mutable_offer()->set_id("offer");
    notice.mutable_offer()->set_status(status);
    Write(topics::kOffers, notice);
  }
  static events::MomentOfTruth Moment(int severity = 50) {
    events::MomentOfTruth moment;
    moment.set_id("moment");
    moment.set_severity(severity);
    moment.mutable_trigger()->set_source("e2e");
    moment.mutable_trigger()->set_id("0-3");
    return moment;
  }
  void WriteFound(int severity = 50) {
    events::JourneyEvent event;
    *event.mutable_moment_found()->mutable_moment() = Moment(severity);
    Write(topics::kJourneyEvents, event);
  }

  // What is found, by kind, and what differs from what was sent: everything, once.
  std::map<std::string, int64_t> Found() {
    Outcome outcome(traffic_);
    EXPECT_TRUE(outcome.ReadAll(*log_).ok());
    Findings findings;
    for (const auto& [kind, found] : outcome.findings().kinds()) findings.Take(kind, found);
    CompareWithSent(outcome, std::vector<uint8_t>(kTouchpoints, 1), findings);
    std::map<std::string, int64_t> counts;
    for (const auto& [kind, found] : findings.kinds()) counts[kind] = found.count;
    return counts;
  }
  using Counts = std::map<std::string, int64_t>;

  static std::string Subject(int number) { return absl::StrCat("customer:", CustomerName(number)); }

  clock::VirtualClock clock_{absl::FromUnixSeconds(1'795'000'000)};
  const KillTraffic traffic_{kCustomers, absl::FromUnixSeconds(1'794'000'000)};
  const std::unique_ptr<eventlog::MemoryLog> log_;
  int record_count_ = 0;
};

TEST_F(OutcomeTest, NothingIsFoundWhereNothingIsWrong) {
  WriteTouchpoints();
  WriteDigests();
  WriteFound();
  WriteEscalation("one", 1, events::ESCALATION_STATUS_QUEUED);
  WriteEscalation("one", 2, events::ESCALATION_STATUS_RESOLVED);
  WriteOffer(events::OFFER_STATUS_CREATED);
  WriteOffer(events::OFFER_STATUS_ACCEPTED);
  EXPECT_EQ(Found(), Counts());
}

TEST_F(OutcomeTest, ATouchpointThatIsMissingOrThereTooOften) {
  for (size_t i = 0; i + 1 < traffic_.size(); ++i) WriteTouchpoint(i);
  WriteTouchpoint(0);
  WriteDigests();
  EXPECT_EQ(Found(), (Counts{{"touchpoint missing", 1}, {"touchpoint too often", 1}}));
}

TEST_F(OutcomeTest, TouchpointsOfACustomerThatChangedPlaces) {
  WriteTouchpoint(kCustomers);
  WriteTouchpoints();
  WriteDigests();
  EXPECT_EQ(Found(), (Counts{{"out of order", 1}, {"touchpoint too often", 1}}));
}

TEST_F(OutcomeTest, ARepeatThatWasCounted) {
  WriteTouchpoints();
  WriteDigests(kTouchpointsPerCustomer + 1);
  EXPECT_EQ(Found(), (Counts{{"journey counts wrongly", kCustomers}}));
}

TEST_F(OutcomeTest, ARecordOfATaskThatIsThereTwice) {
  WriteTouchpoints();
  WriteDigests();
  Write(topics::kPlays, events::Outreach(), "same");
  Write(topics::kPlays, events::Outreach(), "same");
  EXPECT_EQ(Found(), (Counts{{"record twice", 1}}));
}

TEST_F(OutcomeTest, MomentsThatDoNotAddUp) {
  WriteTouchpoints();
  WriteDigests();
  WriteFound();
  WriteFound();
  for (int k = 0; k < 2; ++k) {
    events::JourneyEvent event;
    *event.mutable_moment_withdrawn()->mutable_moment() = Moment();
    Write(topics::kJourneyEvents, event);
  }
  EXPECT_EQ(Found(), (Counts{{"moment found twice", 1}, {"moment withdrawn that was not there", 1}}));
}

TEST_F(OutcomeTest, EscalationsThatShouldNotBe) {
  WriteTouchpoints();
  WriteDigests();
  WriteEscalation("one", 1, events::ESCALATION_STATUS_QUEUED);
  WriteEscalation("other", 1, events::ESCALATION_STATUS_QUEUED);
  WriteEscalation("other", 3, events::ESCALATION_STATUS_RESOLVED);
  WriteEscalation("other", 4, events::ESCALATION_STATUS_QUEUED);
  EXPECT_EQ(Found(), (Counts{{"two open escalations", 1},
                             {"escalation skips a version", 1},
                             {"escalation opened again", 1},
                             {"escalation stranded", 2}}));
}

TEST_F(OutcomeTest, AnOfferThatEndsTwice) {
  WriteTouchpoints();
  WriteDigests();
  WriteOffer(events::OFFER_STATUS_CREATED);
  WriteOffer(events::OFFER_STATUS_TIMED_OUT);
  WriteOffer(events::OFFER_STATUS_ACCEPTED);
  EXPECT_EQ(Found(), (Counts{{"offer ended twice", 1}}));
}

TEST_F(OutcomeTest, AMessageThatIsAskedForTwice) {
  WriteTouchpoints();
  WriteDigests();
  for (int k = 0; k < 2; ++k) {
    events::OutreachRequest request;
    request.set_subject(Subject(0));
    request.set_send_key("send");
    Write(topics::kOutreachRequests, request);
  }
  EXPECT_EQ(Found(), (Counts{{"sent twice", 1}}));
}

TEST_F(OutcomeTest, AMomentThatDiffersFromTheUndisturbedRun) {
  Outcome expected(traffic_);
  WriteFound(50);
  ASSERT_TRUE(expected.ReadAll(*log_).ok());
  events::JourneyEvent event;
  *event.mutable_moment_changed()->mutable_moment() = Moment(60);
  Write(topics::kJourneyEvents, event);
  Outcome actual(traffic_);
  ASSERT_TRUE(actual.ReadAll(*log_).ok());
  Findings findings;
  CompareOutcomes(expected, actual, findings);
  EXPECT_EQ(findings.CountOf("moment differs"), 1);
  // And nobody who left a cart, or anybody else, has what the naive journey finds.
  CompareWithNaive(traffic_, actual, clock_.Now(), findings);
  EXPECT_EQ(findings.CountOf("not what the naive journey finds"), kCustomers);
}

TEST_F(OutcomeTest, AGapIsTimeWithoutACommitWhileThereWasWork) {
  const absl::Time begun = clock_.Now();
  WriteTouchpoint(0);
  clock_.Advance(absl::Seconds(10));
  WriteTouchpoint(1);
  Outcome outcome(traffic_);
  ASSERT_TRUE(outcome.ReadAll(*log_).ok());
  std::map<TaskName, TaskCommits> commits;
  // The first record at once; then nothing to do for 10 s; the second after another 3 s.
  commits[{"journey", 0}] = {{topics::kTouchpoints},
                             {{begun, {0}}, {begun + absl::Seconds(1), {1}}, {begun + absl::Seconds(13), {2}}}};
  Findings findings;
  EXPECT_EQ(LongestGap(commits, outcome, findings).span, absl::Seconds(3));
  EXPECT_TRUE(findings.none());
  commits[{"journey", 0}].commits.pop_back();
  LongestGap(commits, outcome, findings);
  EXPECT_EQ(findings.CountOf("input never processed"), 1);
}

}  // namespace
}  // namespace touchstone::e2e
