#include "tests/e2e/soak.d/clients.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/clock/proto_time.h"
#include "common/rpc/client.h"
#include "common/stream/topics.h"
#include "touchstone/events/v1/outreach.pb.h"
#include "touchstone/outreach/v1/preference_service.grpc.pb.h"

namespace touchstone::e2e {
namespace {

namespace events = touchstone::events::v1;
using ingestion::v1::IngestionService;
using outreach::v1::OutreachService;
using outreach::v1::PreferenceService;

// So much at once goes over one stream: often enough that streams begin and end, seldom enough that it costs little.
constexpr size_t kChunk = 250;
// An ingestion that does not get a chunk acknowledged within this is left for another.
constexpr absl::Duration kChunkWithin = absl::Seconds(5);
constexpr absl::Duration kConnectWithin = absl::Seconds(1);
constexpr absl::Duration kPause = absl::Milliseconds(20);
constexpr absl::Duration kAgainAfter = absl::Milliseconds(500);
constexpr absl::Duration kHeartbeatEvery = absl::Seconds(4);
constexpr absl::Duration kReportWithin = absl::Seconds(2);
constexpr int kReportsTriedMax = 20;
constexpr int kReportsARound = 50;
constexpr int kTailedMax = 1000;
constexpr int kAllowingThreads = 16;

// Says at once that a call failed, for there is another instance to ask.
std::shared_ptr<grpc::Channel> ChannelWithoutRetries(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::vector<uint32_t> LaneOf(const KillTraffic& traffic, int lane, int lane_count) {
  std::vector<uint32_t> indexes;
  for (size_t i = 0; i < traffic.size(); ++i) {
    if (traffic.PlaceOf(i).number % lane_count == lane) indexes.push_back(static_cast<uint32_t>(i));
  }
  return indexes;
}

}  // namespace

Feeder::Feeder(const KillTraffic& traffic, const Options& options, const clock::Clock& clock)
    : traffic_(traffic),
      lane_(LaneOf(traffic, options.lane, options.lane_count)),
      options_(options),
      clock_(clock),
      begun_(clock.Monotonic()),
      sender_(lane_.size(), [this](size_t i) { return traffic_.At(lane_[i]); }),
      thread_([this] { Run(); }) {}

Feeder::~Feeder() {
  stop_.Notify();
  thread_.join();
}

size_t Feeder::Target() const {
  const double paced = options_.rate * absl::ToDoubleSeconds(clock_.Monotonic() - begun_);
  return std::min({lane_.size(), allowed_.load(), static_cast<size_t>(paced), acknowledged_ + kChunk});
}

void Feeder::Run() {
  size_t at = static_cast<size_t>(options_.lane) % options_.addresses.size();
  std::unique_ptr<IngestionService::Stub> stub;
  while (!done() && !stop_.HasBeenNotified()) {
    const size_t target = Target();
    const bool worth_it = target == lane_.size() || target >= acknowledged_ + kChunk / 2;
    if (!worth_it) {
      stop_.WaitForNotificationWithTimeout(kPause);
      continue;
    }
    if (stub == nullptr) {
      auto channel = rpc::Connect(options_.addresses[at], kConnectWithin);
      if (channel.ok()) stub = IngestionService::NewStub(*std::move(channel));
    }
    const auto heard = [this](size_t acknowledged) { acknowledged_ = acknowledged; };
    if (stub != nullptr && sender_.SendOn(*stub, heard, target, kChunkWithin).ok()) continue;
    acknowledged_ = sender_.acknowledged();
    if (stub != nullptr) ++broken_streams_;
    stub = nullptr;
    at = (at + 1) % options_.addresses.size();
    stop_.WaitForNotificationWithTimeout(kPause);
  }
}

void Feeder::AddTimesSent(std::vector<uint8_t>& times_sent) const {
  for (size_t i = 0; i < lane_.size(); ++i) {
    const KillTraffic::Place place = traffic_.PlaceOf(lane_[i]);
    times_sent[static_cast<size_t>(place.number * kTouchpointsPerCustomer + place.step)] = sender_.times_sent()[i];
  }
}

Desk::Desk(int agents, std::vector<std::string> addresses, const clock::Clock& clock)
    : addresses_(std::move(addresses)), clock_(clock) {
  for (int i = 1; i <= agents; ++i) agents_.push_back(std::make_unique<DeskAgent>(absl::StrCat("agent-", i)));
  thread_ = std::thread([this] { Run(); });
}

Desk::~Desk() {
  stop_.Notify();
  thread_.join();
  for (const auto& agent : agents_) agent->Leave();
}

void Desk::Run() {
  absl::Duration next_heartbeat = clock_.Monotonic();
  for (size_t round = 0; !stop_.HasBeenNotified(); ++round) {
    for (size_t i = 0; i < agents_.size(); ++i) {
      if (agents_[i]->connected()) continue;
      auto channel = rpc::Connect(addresses_[(i + round) % addresses_.size()], kConnectWithin);
      if (channel.ok()) agents_[i]->Connect(*std::move(channel));
    }
    if (clock_.Monotonic() >= next_heartbeat) {
      for (const auto& agent : agents_) agent->Heartbeat();
      next_heartbeat = clock_.Monotonic() + kHeartbeatEvery;
    }
    stop_.WaitForNotificationWithTimeout(kAgainAfter);
  }
}

Mailer::Mailer(eventlog::EventLog& log, std::vector<std::string> addresses, const clock::Clock& clock)
    : log_(log), addresses_(std::move(addresses)), clock_(clock), stubs_(addresses_.size()), thread_([this] { Run(); }) {}

Mailer::~Mailer() {
  stop_.Notify();
  thread_.join();
}

void Mailer::Run() {
  std::unique_ptr<eventlog::Tail> tail;
  while (!stop_.HasBeenNotified()) {
    if (tail == nullptr) {
      auto opened = log_.OpenTail(topics::kOutreachRequests, {.from = eventlog::TailStart::From::kBegin});
      if (opened.ok()) tail = *std::move(opened);
    }
    if (tail != nullptr) Take(*tail);
    const size_t round = std::min<size_t>(waiting_.size(), kReportsARound);
    for (size_t i = 0; i < round && !stop_.HasBeenNotified(); ++i) {
      Waiting waiting = std::move(waiting_.front());
      waiting_.pop_front();
      if (Report(waiting.send_key)) {
        ++reported_;
      } else if (++waiting.tried < kReportsTriedMax) {
        waiting_.push_back(std::move(waiting));
      }
    }
    stop_.WaitForNotificationWithTimeout(kAgainAfter);
  }
}

void Mailer::Take(eventlog::Tail& tail) {
  const auto records = tail.Read(kTailedMax);
  if (!records.ok()) return;
  for (const eventlog::TailRecord& record : *records) {
    events::OutreachRequest request;
    if (!request.ParseFromString(record.record.value)) continue;
    waiting_.push_back({request.send_key()});
    ++taken_;
  }
}

bool Mailer::Report(const std::string& send_key) {
  outreach::v1::ReportDeliveryRequest request;
  request.mutable_report()->set_report_id("delivered");
  request.mutable_report()->set_send_key(send_key);
  request.mutable_report()->set_status(events::DELIVERY_STATUS_DELIVERED);
  *request.mutable_report()->mutable_occur_time() = clock::ToProto(clock_.Now());
  for (size_t i = 0; i < stubs_.size(); ++i) {
    if (stubs_[i] == nullptr) stubs_[i] = OutreachService::NewStub(ChannelWithoutRetries(addresses_[i]));
    const auto taken = rpc::Call(*stubs_[i], &OutreachService::Stub::ReportDelivery, request, kReportWithin);
    if (taken.ok()) return true;
    // Where nobody listened, a channel would wait longer and longer before it looks again.
    if (absl::IsUnavailable(taken.status()) || absl::IsDeadlineExceeded(taken.status())) stubs_[i] = nullptr;
  }
  return false;
}

absl::Status AllowSends(const std::string& address, const KillTraffic& traffic, int customers_max) {
  const int customers = static_cast<int>(traffic.size()) / kTouchpointsPerCustomer;
  const int end = std::min(customers, customers_max * kStoryCount);
  absl::Mutex mutex;
  absl::Status failed;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kAllowingThreads; ++thread) {
    threads.emplace_back([&, thread] {
      const auto stub = PreferenceService::NewStub(rpc::MakeChannel(address));
      for (int number = kCartLeft + thread * kStoryCount; number < end; number += kAllowingThreads * kStoryCount) {
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
        if (set.ok()) continue;
        absl::MutexLock lock(&mutex);
        failed.Update(set.status());
        return;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return failed;
}

}  // namespace touchstone::e2e
