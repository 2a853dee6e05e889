// A worker over the embedded log whose disk fills up: it is read on, and goes on by itself when there is space.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/clock/virtual_clock.h"
#include "common/eventlog/embedded/embedded_log.h"
#include "common/stream/worker.h"

namespace touchstone::stream {
namespace {

class LastValue : public Processor {
 public:
  absl::Status OnRecord(absl::string_view, const eventlog::Record& record, UnitOfWork& work) override {
    work.Put(record.key, record.value);
    return absl::OkStatus();
  }
  absl::Status OnTimer(absl::string_view, absl::Time, UnitOfWork&) override { return absl::OkStatus(); }
};

class WorkerFullDiskTest : public testing::Test {
 protected:
  WorkerFullDiskTest() : folder_(std::filesystem::path(testing::TempDir()) / absl::StrCat("worker-full-disk-", ::getpid())) {
    std::filesystem::remove_all(folder_);
    eventlog::EmbeddedOptions options;
    options.folder = folder_.string();
    options.topics = eventlog::TopicCatalog({{"words", 1}, {"dead-letters.v1", 1}});
    options.maintenance_interval = absl::InfiniteDuration();
    options.free_bytes = [this] { return free_bytes_; };
    log_ = *eventlog::OpenEmbeddedLog(options, clock_);
    TaskDefinition last;
    last.kind = {"last", {"words"}, {}};
    last.make_processor = [](int) { return std::make_unique<LastValue>(); };
    WorkerOptions worker;
    worker.on_stopped = [this](absl::string_view, int, const absl::Status& why) { stops_.push_back(why); };
    worker.on_runs = [this](absl::string_view, bool runs) { runs_ = runs; };
    worker_ = std::make_unique<Worker>(*log_, clock_, std::vector{last}, worker);
  }
  ~WorkerFullDiskTest() override {
    worker_ = nullptr;
    log_ = nullptr;
    std::filesystem::remove_all(folder_);
  }

  void SetFreeBytes(int64_t free_bytes) {
    free_bytes_ = free_bytes;
    log_->Maintain().IgnoreError();
  }
  void Append(absl::string_view value) {
    std::promise<absl::Status> appended;
    log_->Append(
        {{"words", "k", "", std::string(value), 0}},
        [&](const absl::StatusOr<std::vector<eventlog::Position>>& positions) { appended.set_value(positions.status()); });
    const absl::Status status = appended.get_future().get();
    ASSERT_TRUE(status.ok()) << status;
  }
  void Work() {
    for (int i = 0; i < 5; ++i) {
      clock_.Advance(absl::Seconds(2));
      const absl::StatusOr<bool> did = worker_->Step();
      ASSERT_TRUE(did.ok()) << did.status();
    }
  }
  // What a service reads.
  absl::StatusOr<std::string> Read() {
    std::promise<absl::StatusOr<std::string>> done;
    worker_->Ask({.kind = "last", .deadline = clock_.Now() + absl::Seconds(10), .query = kValueQuery, .request = "k"},
                 [&](absl::StatusOr<std::string> value) { done.set_value(std::move(value)); });
    EXPECT_TRUE(worker_->Step().ok());
    return done.get_future().get();
  }
  std::vector<TaskReport> Reports() {
    std::vector<TaskReport> reports;
    worker_->Report([&](absl::StatusOr<std::vector<TaskReport>> reported) { reports = *std::move(reported); });
    EXPECT_TRUE(worker_->Step().ok());
    return reports;
  }

  const std::filesystem::path folder_;
  int64_t free_bytes_ = int64_t{1} << 40;
  clock::VirtualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  std::unique_ptr<eventlog::EmbeddedLog> log_;
  std::vector<absl::Status> stops_;
  std::optional<bool> runs_;
  std::unique_ptr<Worker> worker_;
};

TEST_F(WorkerFullDiskTest, WhatIsThereIsReadOnAndTheRestComesLater) {
  Append("before");
  Work();
  EXPECT_EQ(Read().value_or("(error)"), "before");
  Append("later");
  SetFreeBytes(1);
  Work();
  const absl::StatusOr<std::string> read = Read();
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, "before");
  const std::vector<TaskReport> reports = Reports();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_THAT(reports[0].stopped, testing::HasSubstr("nearly full"));
  EXPECT_EQ(reports[0].next_timer, absl::InfiniteFuture()) << "no timer fires meanwhile";
  EXPECT_EQ(runs_, true) << "it serves reads";
  EXPECT_TRUE(stops_.empty());

  SetFreeBytes(int64_t{1} << 40);
  Work();
  EXPECT_EQ(Read().value_or("(error)"), "later");
  EXPECT_EQ(Reports()[0].stopped, "");
}

}  // namespace
}  // namespace touchstone::stream
