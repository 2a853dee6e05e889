#include "common/eventlog/embedded/internal/replay_guard.h"

#include <gtest/gtest.h>

#include "common/eventlog/embedded/internal/keys.h"
#include "common/eventlog/embedded/internal/write_end.h"
#include "rocksdb/write_batch.h"

namespace touchstone::eventlog::embedded {
namespace {

constexpr auto kGoOn = rocksdb::WalFilter::WalProcessingOption::kContinueProcessing;
constexpr auto kStop = rocksdb::WalFilter::WalProcessingOption::kStopReplay;

class ReplayGuardTest : public testing::Test {
 protected:
  ReplayGuardTest() { guard_.ColumnFamilyLogNumberMap({{0, 12}, {1, 10}, {2, 14}}, {}); }

  rocksdb::WalFilter::WalProcessingOption Replay(uint64_t log, const rocksdb::WriteBatch& batch) {
    rocksdb::WriteBatch unused;
    bool changed = false;
    return guard_.LogRecordFound(log, "", batch, &unused, &changed);
  }
  rocksdb::WalFilter::WalProcessingOption Replay(uint64_t log, uint64_t write) {
    rocksdb::WriteBatch batch;
    batch.Put(kEndKey, EncodeWriteEnd({write, 5, 6})).PermitUncheckedError();
    batch.Put("more", "data").PermitUncheckedError();
    return Replay(log, batch);
  }

  ReplayGuard guard_{/*in_tables=*/6};
};

TEST_F(ReplayGuardTest, WritesInSequenceAreReplayedAcrossLogs) {
  EXPECT_EQ(Replay(10, 7), kGoOn);
  EXPECT_EQ(Replay(10, 8), kGoOn);
  EXPECT_EQ(Replay(11, 9), kGoOn);
}

TEST_F(ReplayGuardTest, AMissingWriteEndsTheReplay) {
  EXPECT_EQ(Replay(10, 7), kGoOn);
  EXPECT_EQ(Replay(10, 9), kStop);
}

TEST_F(ReplayGuardTest, AMissingFirstWriteEndsTheReplay) { EXPECT_EQ(Replay(10, 8), kStop); }

TEST_F(ReplayGuardTest, AFirstLogMayBeginWithWhatIsInTheTablesAlready) {
  EXPECT_EQ(Replay(10, 4), kGoOn);
  EXPECT_EQ(Replay(10, 5), kGoOn);
}

TEST_F(ReplayGuardTest, WhatIsNotOursEndsTheReplay) {
  rocksdb::WriteBatch strange;
  strange.Put("key", "value").PermitUncheckedError();
  EXPECT_EQ(Replay(10, strange), kStop);
}

TEST_F(ReplayGuardTest, AnEmptyBatchAtTheHeadOfALogIsNoGap) {
  EXPECT_EQ(Replay(10, 7), kGoOn);
  EXPECT_EQ(Replay(11, rocksdb::WriteBatch()), kGoOn);
  EXPECT_EQ(Replay(11, 8), kGoOn);
}

TEST_F(ReplayGuardTest, ALogThatIsInTheTablesAlreadyIsNoPartOfTheSequence) {
  EXPECT_EQ(Replay(9, 3), kGoOn);
  EXPECT_EQ(Replay(10, 7), kGoOn);
}

}  // namespace
}  // namespace touchstone::eventlog::embedded
