#include "services/routing/desktop_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/clock/virtual_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/stream/topics.h"

namespace touchstone::routing {
namespace {

namespace events = touchstone::events::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

eventlog::TopicCatalog Topics() {
  std::vector<eventlog::TopicSpec> specs;
  for (const char* name : {topics::kDispatch, topics::kOffers}) specs.push_back({.name = name});
  return eventlog::TopicCatalog(std::move(specs));
}

// A desktop's stream that remembers what it is told.
class Desktop : public DesktopListener {
 public:
  void OnNotice(const events::DesktopNotice& notice) override { notices.push_back(notice.id()); }
  int64_t held_session() const override { return session; }
  bool Pump(absl::Duration now) override { return true; }
  void Close(const absl::Status& why) override {}

  int64_t session = 0;
  std::vector<std::string> notices;
};

// The hub on the memory log; its turns are taken by hand.
class Hub : public ::testing::Test {
 protected:
  Hub()
      : log_(eventlog::MemoryLog::Open(eventlog::MakeMemoryStorage(Topics(), eventlog::Durability::kAtOnce), clock_, "test")),
        pump_(clock_),
        hub_(*DesktopHub::Open(*log_, pump_, {.instance = "one-7", .pool = "service-desk"})),
        dispatch_(*log_->OpenTail(topics::kDispatch, {.from = eventlog::TailStart::From::kBegin})) {
    pump_.Stop();
  }

  // What the hub said since the last call.
  std::vector<events::InstanceLease> Leases() {
    std::vector<events::InstanceLease> leases;
    const std::vector<eventlog::TailRecord> records = *dispatch_->Read(100);
    for (const eventlog::TailRecord& each : records) {
      events::DispatchMessage message;
      EXPECT_TRUE(message.ParseFromString(each.record.value));
      EXPECT_EQ(each.record.key, "service-desk");
      if (message.has_lease()) leases.push_back(message.lease());
    }
    return leases;
  }

  void Notify(const std::string& agent, const std::string& id) {
    events::DesktopNotice notice;
    notice.set_id(id);
    notice.set_agent_id(agent);
    log_->Append({{topics::kOffers, "service-desk", id, notice.SerializeAsString(), {}}}, [](auto) {});
  }

  clock::VirtualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  std::unique_ptr<eventlog::MemoryLog> log_;
  rpc::StreamPump pump_;
  std::shared_ptr<DesktopHub> hub_;
  std::unique_ptr<eventlog::Tail> dispatch_;
};

TEST_F(Hub, RenewsItsLeaseWhileADesktopIsThere) {
  Desktop bo;
  bo.session = 8;
  hub_->Pump(absl::Seconds(100));
  EXPECT_THAT(Leases(), IsEmpty());
  hub_->Join("bo", &bo);
  hub_->Pump(absl::Seconds(101));
  hub_->Pump(absl::Milliseconds(105'999));
  const std::vector<events::InstanceLease> first = Leases();
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].instance(), "one-7");
  hub_->Pump(absl::Seconds(106));
  EXPECT_THAT(Leases(), SizeIs(1));
  hub_->Leave("bo", &bo);
  hub_->Pump(absl::Seconds(200));
  EXPECT_THAT(Leases(), IsEmpty());
}

// What is complete makes every other session of the instance a lost one.
TEST_F(Hub, ALeaseIsCompleteOnlyWhenNoSessionIsBeingOpened) {
  Desktop bo;
  Desktop cy;
  bo.session = 8;
  hub_->Join("bo", &bo);
  hub_->Join("cy", &cy);
  hub_->Pump(absl::Seconds(100));
  std::vector<events::InstanceLease> leases = Leases();
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_FALSE(leases[0].complete());
  EXPECT_THAT(leases[0].session_ids(), ElementsAre(8));
  cy.session = 9;
  hub_->Pump(absl::Seconds(105));
  leases = Leases();
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_TRUE(leases[0].complete());
  EXPECT_THAT(leases[0].session_ids(), ElementsAre(8, 9));
}

TEST_F(Hub, TellsEveryStreamOfAnAgentAndNobodyElse) {
  Desktop older;
  Desktop newer;
  Desktop other;
  hub_->Join("bo", &older);
  hub_->Join("bo", &newer);
  hub_->Join("cy", &other);
  Notify("bo", "n1");
  Notify("dan", "n2");
  hub_->Pump(absl::Seconds(100));
  hub_->Leave("bo", &older);
  Notify("bo", "n3");
  hub_->Pump(absl::Seconds(100));
  EXPECT_THAT(older.notices, ElementsAre("n1"));
  EXPECT_THAT(newer.notices, ElementsAre("n1", "n3"));
  EXPECT_THAT(other.notices, IsEmpty());
}

}  // namespace
}  // namespace touchstone::routing
