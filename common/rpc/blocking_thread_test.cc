#include "common/rpc/blocking_thread.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "common/status/errors.h"

namespace touchstone::rpc {
namespace {

// A job that blocks until it is let go.
class Gate {
 public:
  BlockingThread::Job Job() {
    return [this](const absl::Status& go) {
      EXPECT_TRUE(go.ok()) << go;
      entered_.set_value();
      open_.get_future().wait();
    };
  }
  void AwaitEntered() { entered_.get_future().wait(); }
  void Open() { open_.set_value(); }

 private:
  std::promise<void> entered_;
  std::promise<void> open_;
};

TEST(BlockingThread, JobsRunBesideTheirCallerOneAfterTheOther) {
  Gate gate;
  std::promise<std::thread::id> second;
  BlockingThread thread("blocking");
  thread.Add(gate.Job());
  gate.AwaitEntered();
  std::future<std::thread::id> ran = second.get_future();
  thread.Add([&](const absl::Status& go) {
    EXPECT_TRUE(go.ok()) << go;
    second.set_value(std::this_thread::get_id());
  });
  EXPECT_EQ(ran.wait_for(std::chrono::seconds(0)), std::future_status::timeout) << "while the first blocks";
  gate.Open();
  EXPECT_NE(ran.get(), std::this_thread::get_id());
}

TEST(BlockingThread, OneTooManyIsRefusedAtOnce) {
  Gate gate;
  BlockingThread thread("blocking");
  thread.Add(gate.Job());
  gate.AwaitEntered();
  for (size_t i = 0; i < BlockingThread::kWaitingMax; ++i) thread.Add([](const absl::Status&) {});
  absl::Status refused;
  thread.Add([&](const absl::Status& go) { refused = go; });
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted) << refused;
  EXPECT_EQ(status::RetryDelayOf(refused), BlockingThread::kRetryDelay);
  gate.Open();
}

TEST(BlockingThread, WhatWaitsAtTheEndIsRefused) {
  Gate gate;
  std::promise<absl::Status> told;
  auto thread = std::make_unique<BlockingThread>("blocking");
  thread->Add(gate.Job());
  gate.AwaitEntered();
  thread->Add([&](const absl::Status& go) { told.set_value(go); });
  std::thread ending([&] { thread = nullptr; });
  EXPECT_EQ(told.get_future().get().code(), absl::StatusCode::kUnavailable) << "though another still blocks";
  gate.Open();
  ending.join();
}

TEST(BlockingThread, WhatAJobAddsAtTheEndIsRefused) {
  Gate gate;
  std::promise<void> waiting_refused;
  absl::Status told;
  auto thread = std::make_unique<BlockingThread>("blocking");
  thread->Add([&, inner = thread.get()](const absl::Status&) {
    gate.Job()(absl::OkStatus());
    inner->Add([&](const absl::Status& go) { told = go; });
  });
  gate.AwaitEntered();
  thread->Add([&](const absl::Status&) { waiting_refused.set_value(); });
  std::thread ending([&] { thread = nullptr; });
  waiting_refused.get_future().wait();
  gate.Open();
  ending.join();
  EXPECT_EQ(told.code(), absl::StatusCode::kUnavailable) << told;
}

}  // namespace
}  // namespace touchstone::rpc
