// The suite on its embedded log is killed with -9 again and again under load, also while it recovers. What came of it must be
// what came of the same touchpoints where nothing was killed.

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/clock/proto_time.h"
#include "common/clock/system_clock.h"
#include "common/eventlog/embedded/embedded_log.h"
#include "common/eventlog/topics_manifest.h"
#include "common/rpc/client.h"
#include "tests/e2e/desk_agent.h"
#include "tests/e2e/kill_traffic.h"
#include "tests/e2e/resending_sender.h"
#include "tests/e2e/suite_process.h"
#include "tools/cli/pause.h"
#include "tools/cli/watch_stream.h"
#include "touchstone/classification/v1/journey_service.grpc.pb.h"
#include "touchstone/events/v1/outreach.pb.h"
#include "touchstone/operations/v1/operations_service.grpc.pb.h"
#include "touchstone/outreach/v1/preference_service.grpc.pb.h"

namespace touchstone::e2e {
namespace {

namespace events = touchstone::events::v1;
using classification::v1::JourneyService;
using ingestion::v1::IngestionService;
using operations::v1::OperationsService;
using outreach::v1::PreferenceService;

constexpr int kCustomers = 2400;
constexpr int kKills = 30;
// Every so many lives, one ends before it serves.
constexpr int kRecoveryKillEvery = 3;
constexpr double kRateMin = 2000;
constexpr absl::Duration kReadyWithin = absl::Seconds(20);
constexpr absl::Duration kSettledWithin = absl::Seconds(60);
constexpr absl::Duration kPollEvery = absl::Milliseconds(50);
constexpr int kPartitions = 4;
// All stories are over an hour before the test, and none is so old that nobody would be called.
constexpr absl::Duration kBeginsBefore = absl::Hours(41);

// What a suite concluded, in the end.
struct Outcome {
  // Net of what was found, changed and withdrawn, by id.
  std::map<std::string, std::string> moments;
  std::map<int, int64_t> touchpoint_counts;
  // Those of customers whose story does not depend on when it is heard.
  std::set<std::string> escalation_ids;
  std::set<std::string> outreach_ids;
  // To those who left a cart, as often as they were asked for.
  std::multiset<std::string> send_keys;
};

// All of a topic, parsed.
template <typename Message>
std::vector<Message> Everything(eventlog::EventLog& log, const std::string& topic) {
  std::vector<Message> messages;
  constexpr int kReadAtOnce = 10'000;
  const auto tail = *log.OpenTail(topic, {eventlog::TailStart::From::kBegin, {}});
  for (auto records = *tail->Read(kReadAtOnce); !records.empty(); records = *tail->Read(kReadAtOnce)) {
    for (const eventlog::TailRecord& record : records)
      EXPECT_TRUE(messages.emplace_back().ParseFromString(record.record.value)) << topic;
  }
  return messages;
}

class Deployment {
 public:
  Deployment() { WriteSecret(folder_ / "secret"); }

  std::unique_ptr<SuiteProcess> Start() const {
    return std::make_unique<SuiteProcess>(
        folder_ / "socket", folder_ / "said",
        std::vector<std::string>{"--data-dir", folder_ / "data", "--set", absl::StrCat("secret_file=", folder_ / "secret")});
  }

  // When no process has the folder.
  std::unique_ptr<eventlog::EmbeddedLog> OpenLog() const {
    absl::StatusOr<eventlog::TopicsManifest> manifest = eventlog::ReadTopicsManifest("deploy/topics.yaml");
    eventlog::EmbeddedOptions options;
    options.folder = folder_ / "data/log";
    options.topics = manifest->catalog.WithPartitions(kPartitions);
    auto log = eventlog::OpenEmbeddedLog(options, clock_);
    EXPECT_TRUE(log.ok()) << log.status();
    return *std::move(log);
  }

 private:
  TestFolder folder_;
  const clock::SystemClock clock_;
};

class KillTest : public testing::Test {
 protected:
  std::shared_ptr<grpc::Channel> ChannelTo(const SuiteProcess& suite) {
    auto channel = rpc::Connect(suite.address(), kReadyWithin);
    EXPECT_TRUE(channel.ok()) << channel.status();
    return *std::move(channel);
  }

  // Who leaves a cart may be written to about it, whatever the hour: so what is sent to them does not depend on it.
  void AllowSends(std::shared_ptr<grpc::Channel> channel) {
    const auto stub = PreferenceService::NewStub(channel);
    for (int number = kCartLeft; number < kCustomers; number += kStoryCount) {
      outreach::v1::SetPreferencesRequest request;
      request.set_request_id(absl::StrCat("allow-", number));
      request.mutable_address()->set_kind(events::NAME_KIND_EMAIL);
      request.mutable_address()->set_value(EmailOf(number));
      events::Preferences& preferences = *request.mutable_preferences();
      preferences.set_time_zone("UTC");
      preferences.mutable_quiet_hours();
      preferences.add_consents()->set_outreach_class(events::OUTREACH_CLASS_MARKETING);
      preferences.mutable_consents(0)->set_state(events::CONSENT_STATE_GRANTED);
      for (const char* field : {"consents", "time_zone", "quiet_hours"}) request.add_fields(field);
      const auto set = rpc::Call(*stub, &PreferenceService::Stub::SetPreferences, request);
      ASSERT_TRUE(set.ok()) << set.status();
    }
  }

  // Blocks until nothing waits in the suite: no record, and no timer whose time has come.
  void AwaitSettled(std::shared_ptr<grpc::Channel> channel, const std::vector<DeskAgent*>& agents) {
    const auto stub = OperationsService::NewStub(channel);
    const absl::Duration deadline = clock_.Monotonic() + kSettledWithin;
    absl::Duration next_heartbeat = clock_.Monotonic();
    int settled_in_a_row = 0;
    std::string waits;
    while (settled_in_a_row < 3) {
      ASSERT_LT(clock_.Monotonic(), deadline) << waits;
      if (clock_.Monotonic() >= next_heartbeat) {
        for (DeskAgent* agent : agents) agent->Heartbeat();
        next_heartbeat = clock_.Monotonic() + absl::Seconds(3);
      }
      const auto status = rpc::Call(*stub, &OperationsService::Stub::GetStatus, operations::v1::GetStatusRequest());
      waits = status.ok() ? WhatWaits(*status) : status.status().ToString();
      settled_in_a_row = waits.empty() ? settled_in_a_row + 1 : 0;
      cli::Pause(kPollEvery);
    }
  }

  std::string WhatWaits(const operations::v1::GetStatusResponse& status) const {
    for (const operations::v1::TaskStatus& task : status.tasks()) {
      if (!task.stopped().empty()) return absl::StrCat(task.kind(), " stands still: ", task.stopped());
      if (task.lag() > 0) return absl::StrCat(task.kind(), " has ", task.lag(), " to read");
      if (task.dead_letter_count() > 0) return absl::StrCat(task.kind(), " has dead letters");
    }
    return "";
  }

  Outcome Concluded(std::shared_ptr<grpc::Channel> channel) {
    Outcome outcome;
    const auto stub = JourneyService::NewStub(channel);
    classification::v1::WatchJourneyEventsRequest request;
    const auto prepare = [&](grpc::ClientContext* context, grpc::CompletionQueue* queue, const std::string& resume_token) {
      request.set_resume_token(resume_token);
      return stub->PrepareAsyncWatchJourneyEvents(context, request, queue);
    };
    const auto on_event = [&](const classification::v1::WatchJourneyEventsResponse& response) {
      const events::JourneyEvent& event = response.event();
      if (event.has_moment_found()) {
        const events::MomentOfTruth& moment = event.moment_found().moment();
        EXPECT_TRUE(outcome.moments.emplace(moment.id(), moment.SerializeAsString()).second) << "found twice: " << moment.id();
      } else if (event.has_moment_changed()) {
        const events::MomentOfTruth& moment = event.moment_changed().moment();
        EXPECT_TRUE(outcome.moments.contains(moment.id())) << "changed and never found: " << moment.id();
        outcome.moments[moment.id()] = moment.SerializeAsString();
      } else if (event.has_moment_withdrawn()) {
        EXPECT_EQ(outcome.moments.erase(event.moment_withdrawn().moment().id()), 1u) << "withdrawn and never found";
      }
    };
    const absl::Status read =
        cli::ReadWatch<classification::v1::WatchJourneyEventsResponse>(prepare, cli::kFromBegin, cli::kSilence, on_event, [] {});
    EXPECT_TRUE(read.ok()) << read;
    for (int number = 0; number < kCustomers; ++number) {
      classification::v1::GetJourneyRequest get;
      get.mutable_name()->set_kind(events::NAME_KIND_CUSTOMER);
      get.mutable_name()->set_value(CustomerName(number));
      const auto journey = rpc::Call(*stub, &JourneyService::Stub::GetJourney, get);
      if (!journey.ok()) {
        ADD_FAILURE() << CustomerName(number) << ": " << journey.status();
        continue;
      }
      subjects_[journey->journey().digest().subject()] = number % kStoryCount;
      outcome.touchpoint_counts[number] = std::count_if(
          journey->journey().touchpoints().begin(), journey->journey().touchpoints().end(),
          [](const classification::v1::JourneyTouchpoint& touchpoint) { return touchpoint.touchpoint().source() == "e2e"; });
    }
    return outcome;
  }

  // Whether what is decided about a customer does not depend on the hour at which something arrives.
  bool IsCertain(const std::string& subject) const { return subjects_.at(subject) != kToldLate; }

  void ReadLog(const Deployment& deployment, Outcome& outcome) {
    const auto log = deployment.OpenLog();
    for (const auto& escalation : Everything<events::Escalation>(*log, "escalations.v1")) {
      if (IsCertain(escalation.subject())) outcome.escalation_ids.insert(escalation.id());
    }
    for (const auto& outreach : Everything<events::Outreach>(*log, "outreach.v1")) {
      if (IsCertain(outreach.subject())) outcome.outreach_ids.insert(outreach.id());
    }
    for (const auto& request : Everything<events::OutreachRequest>(*log, "outreach-requests.v1")) {
      if (subjects_.at(request.subject()) == kCartLeft) outcome.send_keys.insert(request.send_key());
    }
    ExpectEveryOfferEndsOnce(*log);
  }

  void ExpectEveryOfferEndsOnce(eventlog::EventLog& log) {
    std::map<std::string, std::vector<events::OfferStatus>> offers;
    for (const auto& notice : Everything<events::DesktopNotice>(log, "offers.v1")) {
      if (notice.has_offer()) offers[notice.offer().id()].push_back(notice.offer().status());
    }
    for (const auto& [id, statuses] : offers) {
      const auto ends = std::count_if(statuses.begin(), statuses.end(), [](events::OfferStatus status) {
        return status != events::OFFER_STATUS_CREATED && status != events::OFFER_STATUS_DELIVERED;
      });
      EXPECT_EQ(ends, 1) << id;
    }
    offer_count_ = offers.size();
  }

  const clock::SystemClock clock_;
  ResendingSender Sender() const {
    return ResendingSender(traffic_.size(), [this](size_t index) { return traffic_.At(index); });
  }

  const KillTraffic traffic_{kCustomers, clock_.Now() - kBeginsBefore};
  std::map<std::string, int> subjects_;
  size_t offer_count_ = 0;
};

TEST_F(KillTest, WhatComesOfItIsWhatComesOfAnUndisturbedRun) {
  const Deployment calm;
  Outcome expected;
  {
    const auto suite = calm.Start();
    ASSERT_TRUE(suite->AwaitReady(kReadyWithin));
    auto channel = ChannelTo(*suite);
    AllowSends(channel);
    ResendingSender sender = Sender();
    const absl::Status sent = sender.SendOn(*IngestionService::NewStub(channel), [](size_t) {});
    ASSERT_TRUE(sent.ok()) << sent;
    AwaitSettled(channel, {});
    expected = Concluded(channel);
    channel.reset();
    suite->Signal(SIGTERM);
    ASSERT_EQ(suite->Wait(), 0);
  }
  ReadLog(calm, expected);
  ASSERT_GE(expected.moments.size(), static_cast<size_t>(kCustomers)) << "the stories show too little";
  ASSERT_GE(expected.escalation_ids.size(), static_cast<size_t>(kCustomers) / kStoryCount * 3) << "nobody is called";
  ASSERT_FALSE(expected.outreach_ids.empty());
  ASSERT_EQ(expected.send_keys.size(), static_cast<size_t>(kCustomers) / kStoryCount) << "one for each cart that was left";

  const Deployment killed;
  Outcome actual;
  ResendingSender sender = Sender();
  DeskAgent ana("ana"), bo("bo");
  std::mt19937 chance(20261122);
  const size_t per_life = traffic_.size() / (kKills - kKills / kRecoveryKillEvery + 1);
  absl::Duration serving = absl::ZeroDuration();
  int kills = 0;
  for (; kills < kKills; ++kills) {
    const auto suite = killed.Start();
    if (kills % kRecoveryKillEvery == 1) {
      // Anywhere in its recovery, or just after.
      (void)suite->AwaitReady(absl::Milliseconds(5 + chance() % 400));
      suite->Signal(SIGKILL);
      ASSERT_EQ(suite->Wait(), -SIGKILL);
      continue;
    }
    ASSERT_TRUE(suite->AwaitReady(kReadyWithin)) << "life " << kills;
    const auto channel = ChannelTo(*suite);
    if (kills == 0) AllowSends(channel);
    ana.Connect(channel);
    bo.Connect(channel);
    const size_t kill_at = sender.acknowledged() + per_life / 2 + chance() % (per_life / 2);
    const absl::Duration begun = clock_.Monotonic();
    const absl::Status cut = sender.SendOn(*IngestionService::NewStub(channel), [&](size_t acknowledged) {
      if (acknowledged >= kill_at) suite->Signal(SIGKILL);
    });
    serving += clock_.Monotonic() - begun;
    ASSERT_FALSE(sender.done()) << "nothing was left to send at kill " << kills;
    ASSERT_EQ(suite->Wait(), -SIGKILL) << cut;
  }
  const double rate = static_cast<double>(sender.acknowledged()) / absl::ToDoubleSeconds(serving);
  std::printf("%d kills, %zu touchpoints acknowledged meanwhile, at %.0f/s\n", kills, sender.acknowledged(), rate);
  EXPECT_GE(rate, kRateMin);
  {
    const auto suite = killed.Start();
    ASSERT_TRUE(suite->AwaitReady(kReadyWithin));
    auto channel = ChannelTo(*suite);
    ana.Connect(channel);
    bo.Connect(channel);
    const absl::Status sent = sender.SendOn(*IngestionService::NewStub(channel), [](size_t) {});
    ASSERT_TRUE(sent.ok()) << sent;
    AwaitSettled(channel, {&ana, &bo});
    ana.Leave();
    bo.Leave();
    AwaitSettled(channel, {});
    actual = Concluded(channel);
    channel.reset();
    suite->Signal(SIGTERM);
    ASSERT_EQ(suite->Wait(), 0);
  }
  ReadLog(killed, actual);
  std::printf("%zu moments, %zu escalations, %zu outreaches, %zu sends, %zu offers\n", actual.moments.size(),
              actual.escalation_ids.size(), actual.outreach_ids.size(), actual.send_keys.size(), offer_count_);
  EXPECT_GT(offer_count_, 0u);
  EXPECT_EQ(actual.moments, expected.moments);
  for (int number = 0; number < kCustomers; ++number) EXPECT_EQ(actual.touchpoint_counts[number], kTouchpointsPerCustomer);
  EXPECT_EQ(actual.escalation_ids, expected.escalation_ids);
  EXPECT_EQ(actual.outreach_ids, expected.outreach_ids);
  EXPECT_EQ(actual.send_keys, expected.send_keys);
  for (const std::string& key : actual.send_keys) EXPECT_EQ(actual.send_keys.count(key), 1u) << key;
}

}  // namespace
}  // namespace touchstone::e2e
