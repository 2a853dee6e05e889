#include <atomic>

#include "absl/strings/str_cat.h"
#include "tests/contract/event_log_contract.h"
#include "tests/contract/kafka_under_test.h"

namespace touchstone::eventlog {
namespace {

class KafkaProvider : public LogProvider {
 public:
  KafkaProvider() : kafka_(absl::StrCat("contract-", ++made_)) {}

  std::unique_ptr<EventLog> Open(const TopicCatalog& topics) override {
    if (!created_) kafka_.Create(topics);
    created_ = true;
    absl::StatusOr<std::unique_ptr<EventLog>> log = OpenKafkaLog(kafka_.Options(topics), clock_);
    EXPECT_TRUE(log.ok()) << log.status();
    return log.ok() ? *std::move(log) : nullptr;
  }

 private:
  static inline std::atomic<int> made_ = 0;
  KafkaUnderTest kafka_;
  clock::SystemClock clock_;
  bool created_ = false;
};

INSTANTIATE_TEST_SUITE_P(Kafka, EventLogContract,
                         testing::Values(MakeLogProvider([] { return std::make_unique<KafkaProvider>(); })));

}  // namespace
}  // namespace touchstone::eventlog

int main(int argc, char** argv) { return touchstone::eventlog::KafkaUnderTest::RunTests(argc, argv); }
