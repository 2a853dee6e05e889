#include "services/operations/operations_service.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/clock/system_clock.h"
#include "common/eventlog/forwarding_log.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/rpc/client.h"
#include "common/stream/topics.h"
#include "touchstone/operations/v1/operations_service.grpc.pb.h"

namespace touchstone::operations {
namespace {

// A log seen through, that knows which thread opened a tail of it last: on a broker that one blocks.
class WatchedLog : public eventlog::ForwardingLog {
 public:
  using ForwardingLog::ForwardingLog;
  std::string opener() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return opener_;
  }

  absl::StatusOr<std::unique_ptr<eventlog::Tail>> OpenTail(absl::string_view topic, const eventlog::TailStart& start) override {
    char name[16] = {};
    pthread_getname_np(pthread_self(), name, sizeof(name));
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      opener_ = name;
    }
    return ForwardingLog::OpenTail(topic, start);
  }

 private:
  mutable std::mutex mutex_;
  std::string opener_;  // Guarded by mutex_.
};

class OperationsServiceTest : public testing::Test {
 protected:
  OperationsServiceTest() {
    AddTo(server_, {log_, worker_, clock_, {}, "."});
    EXPECT_TRUE(server_.Start().ok());
    stub_ = v1::OperationsService::NewStub(rpc::MakeChannel(server_.address()));
  }
  absl::StatusOr<v1::ListDeadLettersResponse> List(const v1::ListDeadLettersRequest& request) {
    return rpc::Call(*stub_, &v1::OperationsService::Stub::ListDeadLetters, request);
  }
  static rpc::ServerOptions AnyPort() {
    rpc::ServerOptions options;
    options.listen = "127.0.0.1:0";
    return options;
  }

  clock::SystemClock clock_;
  std::unique_ptr<eventlog::MemoryLog> memory_ = eventlog::MemoryLog::Open(
      eventlog::MakeMemoryStorage(eventlog::TopicCatalog({{topics::kDeadLetters, 1}}), eventlog::Durability::kAtOnce), clock_,
      "test");
  WatchedLog log_{*memory_};
  stream::Worker worker_{log_, clock_, {}, {}};
  rpc::Server server_{clock_, AnyPort()};
  std::unique_ptr<v1::OperationsService::Stub> stub_;
};

TEST_F(OperationsServiceTest, DeadLettersAreListedByAThreadOfTheirOwn) {
  events::v1::DeadLetter letter;
  letter.set_reason("unreadable");
  log_.Append({{topics::kDeadLetters, "k", "", letter.SerializeAsString(), std::nullopt}}, [](const auto&) {});
  const auto listed = List({});
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->dead_letters_size(), 1);
  EXPECT_EQ(listed->dead_letters(0).reason(), "unreadable");
  EXPECT_EQ(log_.opener(), "dead-letters") << "a broker that does not answer must not hold up gRPC's threads";
}

TEST_F(OperationsServiceTest, ABadRequestIsToldWhichFieldItIs) {
  v1::ListDeadLettersRequest request;
  request.set_page_size(-1);
  const absl::Status status = List(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_NE(status.message().find("page_size"), absl::string_view::npos) << status;
}

}  // namespace
}  // namespace touchstone::operations
