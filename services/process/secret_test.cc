#include "services/process/secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/clock/system_clock.h"
#include "common/eventlog/embedded/embedded_log.h"
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

TEST_F(SecretTest, ANewLogOnADiskThatIsNearlyFullSaysWhatIsNeeded) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / absl::StrCat("secret-test-", ::getpid());
  const absl::Cleanup remove = [&] { std::filesystem::remove_all(folder); };
  int64_t free_bytes = int64_t{700} << 20;
  eventlog::EmbeddedOptions options;
  options.folder = folder.string();
  options.topics = eventlog::TopicCatalog({{topics::kControl, 1}});
  options.maintenance_interval = absl::InfiniteDuration();
  options.free_bytes = [&] { return free_bytes; };
  auto log = eventlog::OpenEmbeddedLog(options, clock_);
  ASSERT_TRUE(log.ok()) << log.status();
  const absl::Status status = AgreeOnSecret(Secret('a'), **log, clock_, kPatience);
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              testing::AllOf(testing::HasSubstr("the first start must write"), testing::HasSubstr(folder.string()),
                             testing::HasSubstr("700 MiB free, 1024 needed"), testing::HasSubstr("another disk")));
  // One that was begun starts on the same disk, and can be read.
  free_bytes = int64_t{1} << 40;
  ASSERT_TRUE((*log)->Maintain().ok());
  ASSERT_TRUE(AgreeOnSecret(Secret('a'), **log, clock_, kPatience).ok());
  free_bytes = int64_t{700} << 20;
  ASSERT_TRUE((*log)->Maintain().ok());
  EXPECT_TRUE(AgreeOnSecret(Secret('a'), **log, clock_, kPatience).ok());
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
