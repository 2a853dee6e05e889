#include "services/process/secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/clock/system_clock.h"
#include "common/eventlog/memory/memory_log.h"
#include "common/eventlog/memory/seeded_faults.h"
#include "common/stream/topics.h"

namespace touchstone::process {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

names::NameSecret Secret(char byte) { return *names::NameSecret::FromBytes(std::string(names::NameSecret::kBytes, byte)); }

class SecretTest : public testing::Test {
 protected:
  SecretTest()
      : log_(eventlog::MemoryLog::Open(
            eventlog::MakeMemoryStorage(eventlog::TopicCatalog({{topics::kControl, 1}}), eventlog::Durability::kAtOnce), clock_,
            "test", &faults_)) {}

  clock::SystemClock clock_;
  eventlog::SeededFaults faults_{7};
  std::unique_ptr<eventlog::MemoryLog> log_;
};

TEST_F(SecretTest, TheFirstThatIsStatedHolds) {
  EXPECT_TRUE(AgreeOnSecret(Secret('a'), *log_, clock_, kPatience).ok());
  EXPECT_TRUE(AgreeOnSecret(Secret('a'), *log_, clock_, kPatience).ok());
  const absl::Status other = AgreeOnSecret(Secret('b'), *log_, clock_, kPatience);
  EXPECT_TRUE(absl::IsFailedPrecondition(other)) << other;
  EXPECT_THAT(std::string(other.message()), testing::HasSubstr(Secret('a').Fingerprint()));
}

TEST_F(SecretTest, ALogThatIsReadLateIsWaitedFor) {
  ASSERT_TRUE(AgreeOnSecret(Secret('a'), *log_, clock_, kPatience).ok());
  faults_.SetChance(eventlog::FaultPoint::kEmptyRead, 9'000);
  EXPECT_TRUE(absl::IsFailedPrecondition(AgreeOnSecret(Secret('b'), *log_, clock_, kPatience)));
}

TEST_F(SecretTest, ALogThatIsNeverReadEndsTheStart) {
  ASSERT_TRUE(AgreeOnSecret(Secret('a'), *log_, clock_, kPatience).ok());
  faults_.SetChance(eventlog::FaultPoint::kEmptyRead, 10'000);
  const absl::Status status = AgreeOnSecret(Secret('a'), *log_, clock_, absl::Milliseconds(20));
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
}

}  // namespace
}  // namespace touchstone::process
