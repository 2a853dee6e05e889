#include "tools/benchmarks/kafka/peer_topology.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/clock/virtual_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/stream/worker.h"
#include "tools/benchmarks/kafka/peer_model.h"

namespace touchstone::benchmarks {
namespace {

constexpr int kPartitions = 2;
constexpr int kInputs = 4'000;
// So few customers that each has a history.
constexpr int kCustomers = 50;

// The topology over a log in memory, and what a model makes of the same inputs.
class PeerTopologyTest : public testing::Test {
 protected:
  void Feed() {
    for (int i = 0; i < kInputs; ++i) {
      PeerInput input = PeerInputAt(i, clock_.Now());
      input.customer %= kCustomers;
      model_.Expect(input);
      log_->Append({{"in", PeerKey(input.customer), "", PeerInputValue(input), std::nullopt}},
                   [](const auto& answer) { EXPECT_TRUE(answer.ok()) << answer.status(); });
      clock_.Advance(absl::Milliseconds(1));
    }
  }

  void Work() {
    stream::Worker worker(*log_, clock_, {PeerTasks("peer", "in", "out")}, {});
    absl::StatusOr<bool> did = true;
    while (did.ok() && *did) did = worker.Step();
    ASSERT_TRUE(did.ok()) << did.status();
  }

  std::vector<eventlog::TailRecord> Outputs() {
    auto tail = log_->OpenTail("out", {eventlog::TailStart::From::kBegin, {}});
    EXPECT_TRUE(tail.ok()) << tail.status();
    auto records = (*tail)->Read(kInputs);
    EXPECT_TRUE(records.ok()) << records.status();
    return *records;
  }

  void SeeStates() {
    auto member = log_->Join(PeerTasks("peer", "in", "out").kind, {});
    ASSERT_TRUE(member.ok()) << member.status();
    ASSERT_TRUE((*member)->PollOwnership().ok());
    for (int p = 0; p < kPartitions; ++p) {
      const absl::Status scanned =
          (*member)->State(p).Scan("customer", "customes", [&](absl::string_view key, absl::string_view value) {
            EXPECT_EQ(key.size(), kPeerKeyBytes);
            EXPECT_EQ(value.size(), kPeerStateBytes);
            EXPECT_TRUE(model_.SeeState(key, value).ok());
            return true;
          });
      EXPECT_TRUE(scanned.ok()) << scanned;
    }
  }

  clock::VirtualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  const std::unique_ptr<eventlog::MemoryLog> log_ =
      eventlog::MemoryLog::Open(eventlog::MakeMemoryStorage(eventlog::TopicCatalog({{"in", kPartitions}, {"out", kPartitions}}),
                                                            eventlog::Durability::kAtOnce),
                                clock_, "bench");
  PeerModel model_;
};

TEST_F(PeerTopologyTest, OutputsAndStatesAreTheModels) {
  Feed();
  Work();
  const std::vector<eventlog::TailRecord> outputs = Outputs();
  EXPECT_EQ(static_cast<int64_t>(outputs.size()), model_.expected_outputs());
  // About a fifth of the inputs.
  EXPECT_NEAR(static_cast<double>(outputs.size()), kInputs * 0.2, kInputs * 0.03);
  for (const eventlog::TailRecord& output : outputs) {
    EXPECT_EQ(output.record.value.size(), kPeerOutputBytes);
    ASSERT_TRUE(model_.SeeOutput(output.record.key, output.record.value).ok());
  }
  SeeStates();
  EXPECT_EQ(model_.Compare(), absl::OkStatus());
}

TEST_F(PeerTopologyTest, WhatIsMissingDoubleOrOutOfOrderIsFound) {
  Feed();
  Work();
  const std::vector<eventlog::TailRecord> outputs = Outputs();
  const auto compare_with = [&](std::vector<eventlog::TailRecord> seen) {
    for (const eventlog::TailRecord& output : seen) EXPECT_TRUE(model_.SeeOutput(output.record.key, output.record.value).ok());
    SeeStates();
    return std::string(model_.Compare().message());
  };
  std::vector<eventlog::TailRecord> changed(outputs.begin() + 1, outputs.end());
  EXPECT_THAT(compare_with(changed), testing::HasSubstr("outputs where the model has"));
  changed = outputs;
  changed.push_back(outputs.front());
  EXPECT_THAT(compare_with(changed), testing::HasSubstr("outputs where the model has"));
  changed = outputs;
  std::reverse(changed.begin(), changed.end());
  EXPECT_THAT(compare_with(changed), testing::HasSubstr("is not the model's"));
  EXPECT_EQ(compare_with(outputs), "");
  for (const eventlog::TailRecord& output : outputs) EXPECT_TRUE(model_.SeeOutput(output.record.key, output.record.value).ok());
  EXPECT_THAT(std::string(model_.Compare().message()), testing::HasSubstr("its state has 0 inputs"));
}

TEST(PeerRecordsTest, HaveTheSizesThatThePeerWasMeasuredWith) {
  const PeerInput input = PeerInputAt(3, absl::UnixEpoch());
  EXPECT_EQ(PeerKey(input.customer).size(), kPeerKeyBytes);
  EXPECT_EQ(PeerInputValue(input).size(), kPeerInputBytes);
  EXPECT_EQ(*PeerCustomer(PeerKey(input.customer)), input.customer);
  EXPECT_FALSE(PeerCustomer("customer00100000").ok());
  EXPECT_FALSE(PeerCustomer("someone").ok());
  EXPECT_FALSE(ParsePeerState("short").ok());
  EXPECT_FALSE(ParsePeerOutput("short").ok());
}

}  // namespace
}  // namespace touchstone::benchmarks
