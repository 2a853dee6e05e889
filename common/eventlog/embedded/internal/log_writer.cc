#include "common/eventlog/embedded/internal/log_writer.h"

#include <algorithm>

#include "common/eventlog/embedded/internal/chunk.h"
#include "common/eventlog/embedded/internal/keys.h"
#include "common/eventlog/embedded/internal/storage_error.h"
#include "common/eventlog/embedded/internal/store.h"
#include "rocksdb/write_batch.h"

namespace touchstone::eventlog::embedded {
namespace {

constexpr int64_t kRoundBytesMax = 4 << 20;
constexpr size_t kRoundRequestsMax = 4096;
// From the end of a round to the begin of the next that appends alone are the reason for. A commit does not wait.
constexpr absl::Duration kGathering = absl::Microseconds(200);
// A disk does not fill up unnoticed between two looks of the maintenance.
constexpr int64_t kBytesBetweenDiskChecks = 32 << 20;

void PutChunk(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle* family, PartitionLog& partition, int64_t base_offset,
              const ChunkHeader& chunk_header, const std::string& payload) {
  const std::string key = ChunkKey(partition.topic(), partition.partition(), base_offset);
  const std::string header = EncodeChunkHeader(chunk_header);
  const rocksdb::Slice key_parts[] = {key};
  const rocksdb::Slice value_parts[] = {header, payload};
  batch.Put(family, rocksdb::SliceParts(key_parts, 1), rocksdb::SliceParts(value_parts, 2)).PermitUncheckedError();
}

}  // namespace

LogWriter::LogWriter(Store& store, Durability& durability, DiskGuard& disk, const clock::Clock& clock, ChangeSignal& changes,
                     std::string folder, const WriteEnd& recovered, int64_t recent_bytes_max)
    : store_(store),
      durability_(durability),
      disk_(disk),
      clock_(clock),
      changes_(changes),
      folder_(std::move(folder)),
      end_(recovered),
      recent_(recent_bytes_max) {
  thread_ = std::thread([this] { Run(); });
}

LogWriter::~LogWriter() { Finish(); }

void LogWriter::Finish() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  gathered_.notify_one();
  thread_.join();
}

void LogWriter::Submit(std::unique_ptr<WriteRequest> request) {
  std::unique_lock<std::mutex> lock(mutex_);
  WriteRequest* plain = request.get();
  queue_.push_back({plain, std::move(request)});
  if (writing_) return;
  if (clock_.Monotonic() >= gathering_until_) return WriteNextRound(lock);
  if (queue_.size() == 1) gathered_.notify_one();
}

uint64_t LogWriter::Write(WriteRequest& request) {
  std::unique_lock<std::mutex> lock(mutex_);
  queue_.push_back({&request, nullptr});
  while (request.write == 0) {
    if (writing_) {
      written_.wait(lock, [&] { return !writing_ || request.write != 0; });
    } else {
      WriteNextRound(lock);
    }
  }
  return request.write;
}

void LogWriter::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    gathered_.wait(lock, [&] { return !writing_ && (stopping_ || !queue_.empty()); });
    if (queue_.empty()) return;
    const absl::Duration gathering = gathering_until_ - clock_.Monotonic();
    if (gathering > absl::ZeroDuration()) {
      gathered_.wait_for(lock, absl::ToChronoNanoseconds(gathering), [&] { return stopping_; });
      if (writing_ || queue_.empty()) continue;  // Somebody's commit has taken them along.
    }
    WriteNextRound(lock);
  }
}

void LogWriter::WriteNextRound(std::unique_lock<std::mutex>& lock) {
  writing_ = true;
  std::vector<Queued> round = TakeRound();
  lock.unlock();
  WriteRound(round);
  lock.lock();
  // Only now, under the lock: a caller that waits may see it and leave, taking its request along.
  for (Queued& queued : round) {
    if (queued.owned == nullptr && queued.request != nullptr) queued.request->write = end_.write;
  }
  writing_ = false;
  gathering_until_ = clock_.Monotonic() + kGathering;
  written_.notify_all();
  if (stopping_ || !queue_.empty()) gathered_.notify_one();
}

std::vector<LogWriter::Queued> LogWriter::TakeRound() {
  std::vector<Queued> round;
  int64_t bytes = 0;
  size_t taken = 0;
  for (; taken < queue_.size() && taken < kRoundRequestsMax; ++taken) {
    bytes += queue_[taken].request->records.bytes;
    if (taken > 0 && bytes > kRoundBytesMax) break;
  }
  std::move(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(taken), std::back_inserter(round));
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(taken));
  return round;
}

void LogWriter::Place(Block& block, std::vector<Pending>& chunks, absl::flat_hash_map<PartitionLog*, size_t>& open) {
  auto [found, is_new] = open.try_emplace(block.partition, chunks.size());
  if (is_new) {
    chunks.push_back({block.partition, block.partition->end_offset()});
  } else if (chunks[found->second].payload.size() + block.payload.size() > kChunkBytesMax) {
    const Pending& full = chunks[found->second];
    const int64_t next_base = full.base_offset + full.count;
    found->second = chunks.size();
    chunks.push_back({block.partition, next_base});
  }
  Pending& chunk = chunks[found->second];
  block.base_offset = chunk.base_offset + chunk.count;
  chunk.count += block.count;
  if (chunk.payload.empty()) {
    chunk.payload = std::move(block.payload);
  } else {
    chunk.payload += block.payload;
  }
}

void LogWriter::WriteRound(std::vector<Queued>& round) {
  std::vector<Pending> chunks;
  absl::flat_hash_map<PartitionLog*, size_t> open;
  for (Queued& queued : round) {
    for (Block& block : queued.request->records.blocks) {
      end_.records += static_cast<uint64_t>(block.count);
      Place(block, chunks, open);
    }
    bytes_since_disk_check_ += queued.request->records.bytes;
  }
  ++end_.write;
  end_.append_micros = std::max(end_.append_micros, absl::ToUnixMicros(clock_.Now()));

  rocksdb::WriteBatch batch;
  batch.Put(store_.meta(), kEndKey, EncodeWriteEnd(end_)).PermitUncheckedError();  // First: see write_end.h.
  for (Queued& queued : round) {
    if (queued.request->add) queued.request->add(batch);
  }
  for (const Pending& chunk : chunks) {
    PutChunk(batch, store_.log(), *chunk.partition, chunk.base_offset, {ChunkShape::kDense, end_.append_micros, chunk.count},
             chunk.payload);
  }
  const rocksdb::Status status = store_.Write(batch);
  if (!status.ok()) CrashOnStorageFailure(folder_, "writing its log", status);
  Publish(std::move(chunks), round);
}

void LogWriter::Publish(std::vector<Pending> chunks, std::vector<Queued>& round) {
  std::vector<Durability::Extent> extents;
  for (Pending& pending : chunks) {
    RecentChunk chunk{pending.base_offset,
                      {ChunkShape::kDense, end_.append_micros, pending.count},
                      std::make_shared<const std::string>(std::move(pending.payload))};
    extents.push_back({pending.partition, chunk.end_offset()});
    recent_.Add(pending.partition, chunk.bytes(), end_.write);
    pending.partition->Publish(std::move(chunk));
  }
  recent_.Trim(durability_.durable_write());
  std::vector<Durability::Done> acknowledge;
  for (Queued& queued : round) {
    if (queued.owned == nullptr) continue;
    queued.request = nullptr;
    queued.owned->write = end_.write;
    if (!queued.owned->acknowledge) continue;
    acknowledge.push_back(
        [request = std::move(queued.owned)](absl::Status status) mutable { request->acknowledge(*request, std::move(status)); });
  }
  durability_.Written(end_, std::move(extents), std::move(acknowledge));
  changes_.Raise();
  if (bytes_since_disk_check_ >= kBytesBetweenDiskChecks) {
    bytes_since_disk_check_ = 0;
    disk_.Check();
  }
}

}  // namespace touchstone::eventlog::embedded
