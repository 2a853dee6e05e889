#include "common/eventlog/embedded/internal/chunk.h"

#include <gtest/gtest.h>

#include "common/eventlog/embedded/internal/crc32c.h"

namespace touchstone::eventlog::embedded {
namespace {

std::string DenseChunk() {
  std::string payload;
  AppendDenseRecord(payload, "key", "id", "value");
  AppendDenseRecord(payload, "", "", "");
  return EncodeChunkHeader({ChunkShape::kDense, 1'000, 2}) + payload;
}

TEST(Chunk, DenseRecordsFollowEachOther) {
  const std::string chunk = DenseChunk();
  ChunkReader reader(70, chunk);
  RecordView record;
  ASSERT_TRUE(reader.Next(record));
  EXPECT_EQ(record.offset, 70);
  EXPECT_EQ(record.append_micros, 1'000);
  EXPECT_EQ(record.key, "key");
  EXPECT_EQ(record.id, "id");
  EXPECT_EQ(record.value, "value");
  ASSERT_TRUE(reader.Next(record));
  EXPECT_EQ(record.offset, 71);
  EXPECT_EQ(record.bytes(), 0);
  EXPECT_FALSE(reader.Next(record));
  EXPECT_TRUE(reader.status().ok());
}

TEST(Chunk, SparseRecordsSayWhereTheyLie) {
  std::string payload;
  AppendSparseRecord(payload, 0, 0, "a", "", "1");
  AppendSparseRecord(payload, 300, 5'000'000, "b", "", "2");
  const std::string chunk = EncodeChunkHeader({ChunkShape::kSparse, 1'000, 2}) + payload;
  ChunkReader reader(70, chunk);
  RecordView record;
  ASSERT_TRUE(reader.Next(record));
  ASSERT_TRUE(reader.Next(record));
  EXPECT_EQ(record.offset, 370);
  EXPECT_EQ(record.append_micros, 5'001'000);
  EXPECT_EQ(record.value, "2");
}

TEST(Chunk, EveryCutIsNoticed) {
  const std::string chunk = DenseChunk();
  for (size_t size = 0; size < chunk.size(); ++size) {
    ChunkReader reader(0, absl::string_view(chunk).substr(0, size));
    RecordView record;
    while (reader.Next(record)) {
    }
    EXPECT_EQ(reader.status().code(), absl::StatusCode::kDataLoss) << size;
  }
}

TEST(Chunk, AnUnknownFormatIsRefused) {
  std::string chunk = DenseChunk();
  chunk[0] = 2;
  EXPECT_EQ(ChunkReader(0, chunk).status().code(), absl::StatusCode::kDataLoss);
}

TEST(Crc32c, IsCastagnolis) {
  EXPECT_EQ(Crc32c(""), 0U);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aaU);  // RFC 3720, B.4.
}

}  // namespace
}  // namespace touchstone::eventlog::embedded
