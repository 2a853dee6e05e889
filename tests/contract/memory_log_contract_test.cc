#include "common/clock/virtual_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "tests/contract/event_log_contract.h"

namespace touchstone::eventlog {
namespace {

class MemoryProvider : public LogProvider {
 public:
  explicit MemoryProvider(Durability durability) : durability_(durability) {}

  std::unique_ptr<EventLog> Open(const TopicCatalog& topics) override {
    if (storage_ == nullptr) storage_ = MakeMemoryStorage(topics, durability_);
    return MemoryLog::Open(storage_, clock_, "process");
  }

  bool Kill(std::unique_ptr<EventLog>& log) override {
    static_cast<MemoryLog&>(*log).Crash();
    log.reset();
    return true;
  }

  void Settle(EventLog& log) override {
    if (held_) return;
    EXPECT_TRUE(static_cast<MemoryLog&>(log).Sync().ok());
  }

  bool HoldDurability(bool hold) override {
    if (durability_ != Durability::kOnSync) return false;
    held_ = hold;
    return true;
  }

  void Advance(absl::Duration by) override { clock_.Advance(by); }
  bool fetches_before_durable() const override { return durability_ == Durability::kOnSync; }

 private:
  const Durability durability_;
  clock::VirtualClock clock_{absl::FromUnixSeconds(1'795'000'000)};
  std::shared_ptr<MemoryStorage> storage_;
  bool held_ = false;
};

MakeLogProvider Make(Durability durability) {
  return [durability] { return std::make_unique<MemoryProvider>(durability); };
}

INSTANTIATE_TEST_SUITE_P(MemoryAtOnce, EventLogContract, testing::Values(Make(Durability::kAtOnce)));
INSTANTIATE_TEST_SUITE_P(MemoryOnSync, EventLogContract, testing::Values(Make(Durability::kOnSync)));
INSTANTIATE_TEST_SUITE_P(MemoryBroker, EventLogContract, testing::Values(Make(Durability::kBroker)));

}  // namespace
}  // namespace touchstone::eventlog
