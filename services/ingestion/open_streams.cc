#include "services/ingestion/open_streams.h"

#include <utility>

#include "common/status/errors.h"

namespace touchstone::ingestion {
namespace {

absl::Status Stopping() {
  return status::WithRetry(
      absl::UnavailableError("this server is stopping; send on another stream what was not acknowledged, and go on there"),
      absl::Seconds(1));
}

}  // namespace

absl::Status OpenStreams::Add(std::shared_ptr<Stream> stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return Stopping();
  const Stream* key = stream.get();
  streams_.emplace(key, std::move(stream));
  return absl::OkStatus();
}

void OpenStreams::Remove(const Stream* stream) {
  std::shared_ptr<Stream> removed;  // Not destroyed with the lock held.
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  removed = std::move(found->second);
  streams_.erase(found);
}

bool OpenStreams::Pump(absl::Duration) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return !closed_;
}

void OpenStreams::Close(const absl::Status&) {
  absl::flat_hash_map<const Stream*, std::shared_ptr<Stream>> open;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    open.swap(streams_);
  }
  for (const auto& [key, stream] : open) stream->End(Stopping());
}

}  // namespace touchstone::ingestion
