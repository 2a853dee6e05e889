#include "common/rpc/stream_pump.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "common/clock/system_clock.h"
#include "common/rpc/watch_pace.h"
#include "common/status/errors.h"

namespace touchstone::rpc {
namespace {

// Counts its turns, and ends when told.
class Counted : public Pumped {
 public:
  bool Pump(absl::Duration) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++turns_;
    changed_.notify_all();
    return closed_.ok();
  }
  void Close(const absl::Status& why) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = why;
  }
  void AwaitTurns(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return turns_ >= count; });
  }
  int turns() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return turns_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int turns_ = 0;
  absl::Status closed_;
};

// No sweep will come within a test.
StreamPumpOptions OnlyWhenWoken() {
  StreamPumpOptions options;
  options.sweep = absl::Minutes(10);
  return options;
}

class StreamPumpTest : public testing::Test {
 protected:
  // A stream that had its first turn.
  static std::shared_ptr<Counted> AddAndAwaitTurn(StreamPump& pump) {
    auto stream = std::make_shared<Counted>();
    EXPECT_TRUE(pump.Add(stream).ok());
    stream->AwaitTurns(1);
    return stream;
  }

  clock::SystemClock clock_;
};

TEST_F(StreamPumpTest, ANewStreamGetsATurnAndWakesGiveMore) {
  StreamPump pump(clock_, OnlyWhenWoken());
  const auto stream = AddAndAwaitTurn(pump);
  pump.Wake();
  stream->AwaitTurns(2);
  pump.Wake(stream.get());
  stream->AwaitTurns(3);
}

TEST_F(StreamPumpTest, WakingOneLeavesTheOthersAlone) {
  StreamPump pump(clock_, OnlyWhenWoken());
  const auto still = AddAndAwaitTurn(pump);
  const auto busy = AddAndAwaitTurn(pump);
  const int before = still->turns();
  for (int i = 2; i < 100; ++i) {
    pump.Wake(busy.get());
    busy->AwaitTurns(i);
  }
  EXPECT_LE(still->turns(), before + 1) << "at most the first turn's sweep";
}

TEST_F(StreamPumpTest, ASleepingStreamIsSweptWithoutAWake) {
  StreamPumpOptions options;
  options.sweep = absl::Milliseconds(1);
  StreamPump pump(clock_, options);
  auto stream = std::make_shared<Counted>();
  ASSERT_TRUE(pump.Add(stream).ok());
  stream->AwaitTurns(5);
}

// Time that passes when it is told to.
class HandClock : public clock::Clock {
 public:
  absl::Time Now() const override { return absl::UnixEpoch() + Monotonic(); }
  absl::Duration Monotonic() const override { return absl::Seconds(seconds_.load()); }
  void Advance(int64_t seconds) { seconds_ += seconds; }

 private:
  std::atomic<int64_t> seconds_{1000};
};

// A pump that always has a stream to look at never sleeps until its sweep.
TEST_F(StreamPumpTest, BusyStreamsDoNotKeepTheOthersFromTheirSweep) {
  HandClock clock;
  StreamPump pump(clock, OnlyWhenWoken());
  const auto still = AddAndAwaitTurn(pump);
  const auto busy = AddAndAwaitTurn(pump);
  const int before = still->turns();
  clock.Advance(absl::ToInt64Seconds(OnlyWhenWoken().sweep));
  for (int i = 0; i < 100 && still->turns() == before; ++i) {
    const int turns = busy->turns();
    pump.Wake(busy.get());
    busy->AwaitTurns(turns + 1);
  }
  EXPECT_EQ(still->turns(), before + 1);
}

TEST_F(StreamPumpTest, TheFirstReasonToCloseIsTheOneThatIsTold) {
  StreamPump pump(clock_, OnlyWhenWoken());
  pump.Close(absl::UnavailableError("stopping"));
  pump.Close(absl::InternalError("another"));
  EXPECT_EQ(pump.Add(std::make_shared<Counted>()), absl::UnavailableError("stopping"));
}

TEST_F(StreamPumpTest, OneTooManyIsRefusedWithATimeToComeBack) {
  StreamPumpOptions options = OnlyWhenWoken();
  options.streams_max = 2;
  StreamPump pump(clock_, options);
  ASSERT_TRUE(pump.Add(std::make_shared<Counted>()).ok());
  ASSERT_TRUE(pump.Add(std::make_shared<Counted>()).ok());
  const absl::Status refused = pump.Add(std::make_shared<Counted>());
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status::RetryDelayOf(refused), options.retry_delay);
}

TEST_F(StreamPumpTest, AFinishedStreamMakesRoom) {
  StreamPumpOptions options = OnlyWhenWoken();
  options.streams_max = 1;
  StreamPump pump(clock_, options);
  auto stream = std::make_shared<Counted>();
  ASSERT_TRUE(pump.Add(stream).ok());
  stream->Close(absl::CancelledError());
  pump.Wake(stream.get());
  // It makes room first, and lets go of it a moment later.
  while (pump.size() > 0 || stream.use_count() > 1) std::this_thread::yield();
  EXPECT_TRUE(pump.Add(std::make_shared<Counted>()).ok());
}

TEST_F(StreamPumpTest, CloseEndsAllAndTakesNoMore) {
  StreamPump pump(clock_, OnlyWhenWoken());
  auto stream = std::make_shared<Counted>();
  ASSERT_TRUE(pump.Add(stream).ok());
  pump.Close(absl::UnavailableError("stopping"));
  while (pump.size() > 0) std::this_thread::yield();
  EXPECT_EQ(pump.Add(stream), absl::UnavailableError("stopping"));
}

TEST_F(StreamPumpTest, StopForgetsWhatDoesNotEnd) {
  auto stream = std::make_shared<Counted>();
  {
    StreamPump pump(clock_, OnlyWhenWoken());
    ASSERT_TRUE(pump.Add(stream).ok());
  }
  EXPECT_EQ(stream.use_count(), 1);
}

TEST(WatchPace, OffersUntilItIsOld) {
  WatchPace pace({.heartbeat = absl::Seconds(15), .age_max = absl::Hours(1)});
  const absl::Duration begun = absl::Hours(1000);
  EXPECT_EQ(pace.Next(begun, false), WatchPace::Step::kOffer);
  EXPECT_EQ(pace.Next(begun + absl::Hours(1) - absl::Nanoseconds(1), false), WatchPace::Step::kOffer);
  EXPECT_EQ(pace.Next(begun + absl::Hours(1), false), WatchPace::Step::kEnd);
  EXPECT_EQ(pace.TooOld().code(), absl::StatusCode::kUnavailable);
}

TEST(WatchPace, AHeartbeatIsDueAtOnceAndThenAfterSilenceOnly) {
  WatchPace pace({.heartbeat = absl::Seconds(15)});
  pace.Next(absl::Seconds(90), false);
  EXPECT_TRUE(pace.HeartbeatDue(absl::Seconds(90)));
  pace.Wrote(absl::Seconds(100));
  EXPECT_FALSE(pace.HeartbeatDue(absl::Seconds(114)));
  EXPECT_TRUE(pace.HeartbeatDue(absl::Seconds(115)));
  pace.Wrote(absl::Seconds(110));
  EXPECT_FALSE(pace.HeartbeatDue(absl::Seconds(115)));
}

TEST(WatchPace, AReaderThatStoppedReadingIsCut) {
  WatchPace pace({.stall_max = absl::Seconds(60)});
  pace.Next(absl::Seconds(0), false);
  pace.Wrote(absl::Seconds(10));
  EXPECT_EQ(pace.Next(absl::Seconds(69), true), WatchPace::Step::kWait);
  EXPECT_EQ(pace.Next(absl::Seconds(70), true), WatchPace::Step::kCut);
}

}  // namespace
}  // namespace touchstone::rpc
