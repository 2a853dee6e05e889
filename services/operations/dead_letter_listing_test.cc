// Listings that wait for a broker, as a client meets them: a log that gives only so many records, and a clock that is moved.

#include "services/operations/dead_letter_listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/clock/system_clock.h"
#include "common/clock/virtual_clock.h"
#include "common/eventlog/forwarding_log.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/rpc/client.h"
#include "common/stream/topics.h"
#include "services/operations/operations_service.h"
#include "touchstone/operations/v1/operations_service.grpc.pb.h"

namespace touchstone::operations {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A log whose tails have given nothing more once they gave `sent` records, as while a broker sends.
class SendingLog : public eventlog::ForwardingLog {
 public:
  using ForwardingLog::ForwardingLog;
  std::atomic<int> sent{0};
  std::atomic<int> reads{0};

  absl::StatusOr<std::unique_ptr<eventlog::Tail>> OpenTail(absl::string_view topic, const eventlog::TailStart& start) override {
    absl::StatusOr<std::unique_ptr<eventlog::Tail>> tail = ForwardingLog::OpenTail(topic, start);
    if (!tail.ok()) return tail.status();
    return std::unique_ptr<eventlog::Tail>(new SendingTail(*std::move(tail), *this));
  }

 private:
  class SendingTail : public eventlog::Tail {
   public:
    SendingTail(std::unique_ptr<eventlog::Tail> tail, SendingLog& log) : tail_(std::move(tail)), log_(log) {}
    absl::StatusOr<std::vector<eventlog::TailRecord>> Read(int records_max) override {
      ++log_.reads;
      if (log_.sent == 0) return std::vector<eventlog::TailRecord>();
      --log_.sent;
      return tail_->Read(records_max);
    }
    std::vector<int64_t> next_offsets() const override { return tail_->next_offsets(); }

   private:
    const std::unique_ptr<eventlog::Tail> tail_;
    SendingLog& log_;
  };
};

class DeadLetterListingTest : public testing::Test {
 protected:
  DeadLetterListingTest() {
    AddTo(server_, {log_, worker_, clock_, {}, "."});
    EXPECT_TRUE(server_.Start().ok());
    stub_ = v1::OperationsService::NewStub(rpc::MakeChannel(server_.address()));
    for (const char* reason : {"a", "b", "c"}) {
      events::v1::DeadLetter letter;
      letter.set_reason(reason);
      log_.Append({{topics::kDeadLetters, "k", "", letter.SerializeAsString(), std::nullopt}}, [](const auto&) {});
    }
  }

  using Listed = absl::StatusOr<v1::ListDeadLettersResponse>;
  // A call under way; on return its listing is the pump's.
  std::future<Listed> Begin(grpc::ClientContext& context, const v1::ListDeadLettersRequest& request = {}) {
    rpc::SetTimeout(context, absl::Seconds(60));
    std::future<Listed> listed = std::async(std::launch::async, [this, &context, request]() -> Listed {
      v1::ListDeadLettersResponse response;
      const grpc::Status status = stub_->ListDeadLetters(&context, request, &response);
      if (!status.ok()) return rpc::FromGrpcStatus(status);
      return response;
    });
    AwaitListings(1);
    return listed;
  }
  void AwaitListings(int count) {
    Await([&] { return server_.pump().size() == count; });
  }
  static void Await(absl::FunctionRef<bool()> condition) {
    const clock::SystemClock real;
    const absl::Duration until = real.Monotonic() + absl::Seconds(30);
    while (!condition() && real.Monotonic() < until) std::this_thread::yield();
    ASSERT_TRUE(condition()) << "not in time";
  }
  static std::vector<std::string> ReasonsOf(const v1::ListDeadLettersResponse& page) {
    std::vector<std::string> reasons;
    for (const events::v1::DeadLetter& letter : page.dead_letters()) reasons.push_back(letter.reason());
    return reasons;
  }
  static rpc::ServerOptions AnyPort() {
    rpc::ServerOptions options;
    options.listen = "127.0.0.1:0";
    return options;
  }

  // The client's deadlines are by the real one.
  clock::VirtualClock clock_{clock::SystemClock().Now()};
  std::unique_ptr<eventlog::MemoryLog> memory_ = eventlog::MemoryLog::Open(
      eventlog::MakeMemoryStorage(eventlog::TopicCatalog({{topics::kDeadLetters, 1}}), eventlog::Durability::kAtOnce), clock_,
      "test");
  SendingLog log_{*memory_};
  stream::Worker worker_{log_, clock_, {}, {}};
  rpc::Server server_{clock_, AnyPort()};
  std::unique_ptr<v1::OperationsService::Stub> stub_;
};

TEST_F(DeadLetterListingTest, WhatABrokerSendsInTimeIsThePage) {
  grpc::ClientContext context;
  std::future<Listed> listed = Begin(context);
  log_.sent = 100;
  server_.pump().Wake();
  const Listed page = listed.get();
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(ReasonsOf(*page), ElementsAre("a", "b", "c"));
  EXPECT_EQ(page->next_page_token(), "");
}

TEST_F(DeadLetterListingTest, WhatCameByItsDeadlineGoesOutAndTheNextPageGoesOn) {
  log_.sent = 2;
  grpc::ClientContext context;
  std::future<Listed> listed = Begin(context);
  Await([this] { return log_.sent == 0; });
  clock_.Advance(absl::Seconds(11));
  const Listed page = listed.get();
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(ReasonsOf(*page), ElementsAre("a", "b"));
  ASSERT_NE(page->next_page_token(), "");
  log_.sent = 100;
  v1::ListDeadLettersRequest request;
  request.set_page_token(page->next_page_token());
  const Listed rest = rpc::Call(*stub_, &v1::OperationsService::Stub::ListDeadLetters, request, absl::Seconds(60));
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_THAT(ReasonsOf(*rest), ElementsAre("c"));
}

TEST_F(DeadLetterListingTest, WhereNothingCameByItsDeadlineThatIsSaid) {
  grpc::ClientContext context;
  std::future<Listed> listed = Begin(context);
  clock_.Advance(absl::Seconds(9));
  // Who is read for again was not answered the time before.
  for (int turn = 0; turn < 2; ++turn) {
    const int reads = log_.reads;
    server_.pump().Wake();
    ASSERT_NO_FATAL_FAILURE(Await([&] { return log_.reads > reads; })) << "there was time left";
  }
  clock_.Advance(absl::Seconds(2));
  const Listed page = listed.get();
  EXPECT_TRUE(absl::IsDeadlineExceeded(page.status())) << page.status();
  EXPECT_THAT(std::string(page.status().message()), HasSubstr("did not give its dead letters in time"));
}

TEST_F(DeadLetterListingTest, OfAClientThatIsGoneNothingIsKept) {
  grpc::ClientContext context;
  std::future<Listed> listed = Begin(context);
  context.TryCancel();
  EXPECT_TRUE(absl::IsCancelled(listed.get().status()));
  AwaitListings(0);
}

TEST_F(DeadLetterListingTest, AServerThatStopsEndsIt) {
  grpc::ClientContext context;
  std::future<Listed> listed = Begin(context);
  server_.pump().Close(absl::UnavailableError("the server stops"));
  const Listed page = listed.get();
  EXPECT_TRUE(absl::IsUnavailable(page.status())) << page.status();
}

}  // namespace
}  // namespace touchstone::operations
