#include "common/eventlog/kafka/appender.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "common/clock/system_clock.h"

namespace touchstone::eventlog::kafka {
namespace {

class AppenderTest : public testing::Test {
 protected:
  // To a cluster that is not there: what is appended stays under way.
  AppenderTest() {
    KafkaOptions options;
    options.bootstrap = "127.0.0.1:1";
    auto appender = Appender::Open(options, catalog_, clock_, changes_);
    EXPECT_TRUE(appender.ok()) << appender.status();
    appender_ = *std::move(appender);
  }

  void Append(std::optional<absl::Status>& answer, std::vector<OutRecord> records) {
    appender_->Append(std::move(records), [&answer](const absl::StatusOr<std::vector<Position>>& positions) {
      EXPECT_FALSE(answer.has_value()) << "answered twice";
      answer = positions.status();
    });
  }

  clock::SystemClock clock_;
  const TopicCatalog catalog_{{{"orders", 2}}};
  ChangeSignal changes_;
  std::unique_ptr<Appender> appender_;
};

TEST_F(AppenderTest, WhatIsUnderWayAtTheCloseIsGivenUp) {
  std::optional<absl::Status> answer;
  Append(answer, {{"orders", "a", "", "1", 0}, {"orders", "b", "", "2", 1}});
  EXPECT_FALSE(answer.has_value());
  appender_->Close(absl::Milliseconds(100));
  EXPECT_EQ(answer, LogClosed());
}

// As where the callbacks before it take all of the close's time.
TEST_F(AppenderTest, AnAppendWhoseReportComesAfterTheCloseIsAnsweredByTheClose) {
  std::optional<absl::Status> first;
  appender_->Append({{"orders", "a", "", "1", 0}}, [&](const absl::StatusOr<std::vector<Position>>& positions) {
    first = positions.status();
    rd_kafka_yield(appender_->handle());  // librdkafka reports no more in this turn.
  });
  std::optional<absl::Status> second;
  Append(second, {{"orders", "a", "", "2", 0}, {"orders", "b", "", "3", 1}});
  appender_->Close(absl::Milliseconds(100));
  EXPECT_EQ(first, LogClosed());
  EXPECT_EQ(second, LogClosed());
  // The reports that come now do nothing.
  rd_kafka_flush(appender_->handle(), 1000);
  EXPECT_EQ(rd_kafka_outq_len(appender_->handle()), 0);
}

TEST_F(AppenderTest, WhoAppendsAfterTheCloseIsToldSo) {
  appender_->Close(absl::ZeroDuration());
  std::optional<absl::Status> answer;
  Append(answer, {{"orders", "a", "", "1", 0}});
  EXPECT_EQ(answer, LogClosed());
}

}  // namespace
}  // namespace touchstone::eventlog::kafka
