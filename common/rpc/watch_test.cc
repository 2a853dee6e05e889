#include "common/rpc/watch.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/clock/system_clock.h"
#include "common/rpc/client.h"
#include "common/rpc/server.h"
#include "common/rpc/stream_pump.h"
#include "common/rpc/to_grpc.h"
#include "common/status/errors.h"
#include "touchstone/classification/v1/journey_service.grpc.pb.h"

namespace touchstone::rpc {
namespace {

using classification::v1::JourneyService;
using classification::v1::WatchJourneyEventsRequest;
using classification::v1::WatchJourneyEventsResponse;
using testing::HasSubstr;

// Tokens "1", "2", ... up to what was published.
class Counter {
 public:
  void Publish(int upto) { upto_ = upto; }
  // So large that few messages fill what the network holds.
  void MakeLarge() { padding_ = 200'000; }
  int padding() const { return padding_; }
  int upto() const { return upto_; }

 private:
  std::atomic<int> upto_{0};
  std::atomic<int> padding_{0};
};

class CounterSource final : public WatchSource<WatchJourneyEventsResponse> {
 public:
  explicit CounterSource(const Counter& counter) : counter_(counter) {}

  absl::StatusOr<std::optional<WatchJourneyEventsResponse>> Next() override {
    if (counter_.upto() < 0) return absl::DataLossError("the log is damaged");
    if (told_ >= counter_.upto()) return std::nullopt;
    WatchJourneyEventsResponse response = Token(++told_);
    response.mutable_event()->set_id(std::string(counter_.padding(), 'x'));
    return std::make_optional(std::move(response));
  }
  std::optional<WatchJourneyEventsResponse> Heartbeat() override {
    WatchJourneyEventsResponse heartbeat = Token(told_);
    heartbeat.mutable_event()->set_id("heartbeat");
    return heartbeat;
  }

 private:
  static WatchJourneyEventsResponse Token(int token) {
    WatchJourneyEventsResponse response;
    response.set_resume_token(absl::StrCat(token));
    return response;
  }

  const Counter& counter_;
  int told_ = 0;
};

using MakeSource =
    std::function<absl::StatusOr<std::unique_ptr<WatchSource<WatchJourneyEventsResponse>>>(const WatchJourneyEventsRequest&)>;

// Answers every watch from a source that `make` makes.
class WatchService final : public JourneyService::CallbackService {
 public:
  WatchService(StreamPump& pump, MakeSource make, WatchOptions options)
      : pump_(pump), make_(std::move(make)), options_(options) {}

  grpc::ServerWriteReactor<WatchJourneyEventsResponse>* WatchJourneyEvents(grpc::CallbackServerContext* context,
                                                                           const WatchJourneyEventsRequest* request) override {
    return Watch<WatchJourneyEventsResponse>(context, pump_, make_(*request), options_);
  }

 private:
  StreamPump& pump_;
  const MakeSource make_;
  const WatchOptions options_;
};

class WatchTest : public testing::Test {
 protected:
  explicit WatchTest(absl::Duration sweep = StreamPumpOptions().sweep) : server_(clock_, Options(sweep)) {}

  void Serve(MakeSource make, WatchOptions options = {}) {
    server_.Add(JourneyService::service_full_name(), std::make_unique<WatchService>(server_.pump(), std::move(make), options));
    ASSERT_TRUE(server_.Start().ok());
    stub_ = JourneyService::NewStub(MakeChannel(server_.address()));
  }
  void ServeCounter(WatchOptions options = {}) {
    Serve([this](const auto&) { return std::make_unique<CounterSource>(counter_); }, options);
  }
  std::unique_ptr<grpc::ClientReader<WatchJourneyEventsResponse>> Open(grpc::ClientContext& context) {
    return stub_->WatchJourneyEvents(&context, WatchJourneyEventsRequest());
  }

  clock::SystemClock clock_;
  Counter counter_;
  Server server_;
  std::unique_ptr<JourneyService::Stub> stub_;

 private:
  static ServerOptions Options(absl::Duration sweep) {
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.pump.sweep = sweep;
    return options;
  }
};

TEST_F(WatchTest, AWatchDeliversWhatIsPublished) {
  ServeCounter();
  counter_.Publish(50);
  grpc::ClientContext context;
  auto reader = Open(context);
  WatchJourneyEventsResponse response;
  for (int i = 1; i <= 500; ++i) {
    if (i % 50 == 1) {
      counter_.Publish(i + 49);
      server_.pump().Wake();
    }
    ASSERT_TRUE(reader->Read(&response));
    ASSERT_EQ(response.resume_token(), absl::StrCat(i));
  }
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  while (server_.pump().size() > 0) std::this_thread::yield();
}

// Who is cut off before anything happened comes back to where the watch began, not to the end as it is then.
TEST_F(WatchTest, AWatchWithNothingToTellSaysAtOnceWhereItBegins) {
  ServeCounter({.heartbeat = absl::Hours(1)});
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(clock_.Now() + absl::Seconds(10)));
  auto reader = Open(context);
  WatchJourneyEventsResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.event().id(), "heartbeat");
  EXPECT_EQ(response.resume_token(), "0");
  context.TryCancel();
}

TEST_F(WatchTest, AWatchBeatsInSilenceAndEndsWhenOld) {
  ServeCounter({.heartbeat = absl::Milliseconds(1), .age_max = absl::Milliseconds(600)});
  grpc::ClientContext context;
  auto reader = Open(context);
  WatchJourneyEventsResponse response;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(reader->Read(&response));
    EXPECT_EQ(response.event().id(), "heartbeat");
  }
  while (reader->Read(&response)) {
  }
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("resume token"));
}

// Tells so many messages of so many bytes, then that it is damaged.
class FailingSource final : public WatchSource<WatchJourneyEventsResponse> {
 public:
  FailingSource(int messages, size_t bytes, std::atomic<int>& told) : messages_(messages), bytes_(bytes), told_(told) {}

  absl::StatusOr<std::optional<WatchJourneyEventsResponse>> Next() override {
    if (told_ == messages_) return absl::DataLossError("the log is damaged");
    WatchJourneyEventsResponse response;
    response.set_resume_token(absl::StrCat(++told_));
    response.mutable_event()->set_id(std::string(bytes_, 'x'));
    return std::make_optional(std::move(response));
  }

 private:
  const int messages_;
  const size_t bytes_;
  std::atomic<int>& told_;
};

class WatchBurstTest : public WatchTest {
 protected:
  void ServeFailing(int messages, size_t bytes) {
    Serve([this, messages, bytes](const auto&) { return std::make_unique<FailingSource>(messages, bytes, told_); });
  }

  std::atomic<int> told_{0};
};

// More than a burst, and not a whole number of them.
TEST_F(WatchBurstTest, WhatCameBeforeAnErrorIsToldBeforeIt) {
  ServeFailing(/*messages=*/kBurstMessagesMax + 9, /*bytes=*/1);
  grpc::ClientContext context;
  auto reader = Open(context);
  WatchJourneyEventsResponse response;
  size_t read = 0;
  while (reader->Read(&response)) EXPECT_EQ(response.resume_token(), absl::StrCat(++read));
  EXPECT_EQ(read, kBurstMessagesMax + 9);
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::DATA_LOSS);
}

// A turn that took all its messages, however large, would hold megabytes for each watch that is not read.
TEST_F(WatchBurstTest, TakesNoMoreBytesThanABurstHas) {
  ServeFailing(/*messages=*/1000, /*bytes=*/kBurstBytesMax * 2 / 3);
  grpc::ClientContext context;
  auto reader = Open(context);
  WatchJourneyEventsResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_LT(told_, static_cast<int>(kBurstMessagesMax)) << "the first turn alone took as many";
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

// One that looks through much before it has something to tell.
class SearchingSource final : public WatchSource<WatchJourneyEventsResponse> {
 public:
  absl::StatusOr<std::optional<WatchJourneyEventsResponse>> Next() override {
    if (++turns_ != kTurns) return std::nullopt;
    WatchJourneyEventsResponse response;
    response.set_resume_token("found");
    return std::make_optional(std::move(response));
  }
  bool More() const override { return turns_ < kTurns; }

 private:
  static constexpr int kTurns = 100;
  int turns_ = 0;
};

// Where the pump looks at a watch only if somebody wakes it.
class WatchWithoutSweepTest : public WatchTest {
 protected:
  WatchWithoutSweepTest() : WatchTest(absl::Hours(1)) {}
};

TEST_F(WatchWithoutSweepTest, OneThatHasMoreToLookThroughGoesOnThoughNobodyWakesIt) {
  Serve([](const auto&) { return std::make_unique<SearchingSource>(); });
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(clock_.Now() + absl::Seconds(10)));
  const auto reader = Open(context);
  WatchJourneyEventsResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.resume_token(), "found");
  context.TryCancel();
}

// Tells nothing but heartbeats; counts its turns, and says when it is gone.
class SilentSource final : public WatchSource<WatchJourneyEventsResponse> {
 public:
  SilentSource(std::atomic<int>& turns, std::atomic<bool>& gone) : turns_(turns), gone_(gone) {}
  ~SilentSource() override { gone_ = true; }

  absl::StatusOr<std::optional<WatchJourneyEventsResponse>> Next() override {
    ++turns_;
    return std::nullopt;
  }
  std::optional<WatchJourneyEventsResponse> Heartbeat() override {
    WatchJourneyEventsResponse heartbeat;
    heartbeat.set_resume_token(absl::StrCat(++beats_));
    return heartbeat;
  }

 private:
  std::atomic<int>& turns_;
  std::atomic<bool>& gone_;
  int beats_ = 0;
};

class SilentWatchTest : public WatchWithoutSweepTest {
 protected:
  void ServeSilence(WatchOptions options = {}) {
    Serve([this](const auto&) { return std::make_unique<SilentSource>(turns_, gone_); }, options);
  }
  // Fails the test where it does not come to that.
  void Await(const std::function<bool()>& is_so) {
    const absl::Duration patience = clock_.Monotonic() + absl::Seconds(20);
    while (!is_so()) {
      ASSERT_LT(clock_.Monotonic(), patience);
      std::this_thread::yield();
    }
  }
  void MakeTurns(int count) {
    for (const int before = turns_; turns_ < before + count;) server_.pump().Wake();
  }

  std::atomic<int> turns_{0};
  std::atomic<bool> gone_{false};
};

TEST_F(SilentWatchTest, HasNoOtherHeartbeatBeforeItIsDue) {
  ServeSilence({.heartbeat = absl::Hours(1)});
  grpc::ClientContext context;
  auto reader = Open(context);
  WatchJourneyEventsResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.resume_token(), "1") << "where it begins";
  MakeTurns(100);
  server_.pump().Close(absl::UnavailableError("the end"));
  EXPECT_FALSE(reader->Read(&response)) << "a heartbeat, though the silence is short";
  while (reader->Read(&response)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(SilentWatchTest, IsForgottenWhenItsClientIsGoneThoughNobodyWakesIt) {
  ServeSilence();
  grpc::ClientContext context;
  auto reader = Open(context);
  Await([&] { return turns_ > 0; });
  context.TryCancel();
  Await([&] { return server_.pump().size() == 0 && gone_; });
}

// Keeps the pump in its turn until it is let go.
class Holder final : public Pumped {
 public:
  bool Pump(absl::Duration) override {
    entered_ = true;
    while (!let_go_) std::this_thread::yield();
    return false;
  }
  void Close(const absl::Status&) override {}
  bool entered() const { return entered_; }
  void LetGo() { let_go_ = true; }

 private:
  std::atomic<bool> entered_{false};
  std::atomic<bool> let_go_{false};
};

TEST_F(SilentWatchTest, EndsForTheFirstReasonItWasGiven) {
  ServeSilence();
  grpc::ClientContext context;
  auto reader = Open(context);
  Await([&] { return turns_ > 0; });
  const auto holder = std::make_shared<Holder>();
  ASSERT_TRUE(server_.pump().Add(holder).ok());
  Await([&] { return holder->entered(); });
  server_.pump().Close(absl::UnavailableError("the first"));
  server_.pump().Close(absl::InternalError("the second"));
  holder->LetGo();
  WatchJourneyEventsResponse response;
  while (reader->Read(&response)) {
  }
  EXPECT_EQ(FromGrpcStatus(reader->Finish()), absl::UnavailableError("the first"));
}

TEST_F(WatchTest, AWatchThatIsRefusedSaysWhenToComeBack) {
  Serve([](const auto&) { return status::WithRetry(absl::UnavailableError("not yet"), absl::Seconds(2)); });
  grpc::ChannelArguments once;
  once.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);  // Else the client obeys, and the trailer is not seen.
  stub_ = JourneyService::NewStub(grpc::CreateCustomChannel(server_.address(), grpc::InsecureChannelCredentials(), once));
  grpc::ClientContext context;
  auto reader = Open(context);
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  const auto pushback = context.GetServerTrailingMetadata().find("grpc-retry-pushback-ms");
  ASSERT_NE(pushback, context.GetServerTrailingMetadata().end());
  EXPECT_EQ(std::string(pushback->second.data(), pushback->second.size()), "2000");
}

TEST_F(WatchTest, AWatchEndsWithItsSourcesError) {
  ServeCounter();
  counter_.Publish(-1);
  grpc::ClientContext context;
  auto reader = Open(context);
  WatchJourneyEventsResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(FromGrpcStatus(reader->Finish()), absl::DataLossError("the log is damaged"));
}

TEST_F(WatchTest, AWatchThatCannotBeOpenedSaysWhy) {
  Serve([](const auto&) { return absl::InvalidArgumentError("resume_token: not one of ours"); });
  grpc::ClientContext context;
  auto reader = Open(context);
  WatchJourneyEventsResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(FromGrpcStatus(reader->Finish()), absl::InvalidArgumentError("resume_token: not one of ours"));
}

TEST_F(WatchTest, AReaderThatDoesNotReadIsCutAndOthersGoOn) {
  ServeCounter({.stall_max = absl::Milliseconds(300)});
  counter_.MakeLarge();
  counter_.Publish(2'000'000'000);  // Without end, as far as a test sees.
  grpc::ClientContext stalled_context;
  auto stalled = Open(stalled_context);
  grpc::ClientContext context;
  auto reader = Open(context);
  WatchJourneyEventsResponse response;
  do {
    ASSERT_TRUE(reader->Read(&response));
  } while (server_.pump().size() > 1);
  ASSERT_TRUE(reader->Read(&response));
  while (stalled->Read(&response)) {
  }
  EXPECT_FALSE(stalled->Finish().ok());
  context.TryCancel();
  reader->Finish();
}

TEST_F(WatchTest, StopEndsWatchesWithAWordAndDoesNotWaitForThem) {
  ServeCounter();
  counter_.Publish(1);
  grpc::ClientContext context;
  auto reader = Open(context);
  WatchJourneyEventsResponse response;
  ASSERT_TRUE(reader->Read(&response));
  server_.Stop();
  EXPECT_FALSE(reader->Read(&response));
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("stopping"));
  server_.Stop();
}
}  // namespace
}  // namespace touchstone::rpc
