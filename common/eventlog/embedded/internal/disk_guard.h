#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"

namespace touchstone::eventlog::embedded {

// Stops writes before the disk is full, in two steps, and lets them go on by itself when space is back. Thread-safe.
class DiskGuard {
 public:
  DiskGuard(std::string folder, std::function<int64_t()> free_bytes, int64_t soft_free_bytes, int64_t hard_free_bytes);

  // Asks for the free space. A step is left only when a tenth more than its limit is free, so that it does not flap.
  void Check();

  // RESOURCE_EXHAUSTED with RetryInfo below the first limit.
  absl::Status Intake() const;
  // RESOURCE_EXHAUSTED with RetryInfo below the second: what is there can be read on.
  absl::Status Commits() const;

 private:
  absl::Status Full(absl::string_view what, int64_t limit) const;

  const std::string folder_;
  const std::function<int64_t()> ask_;
  const int64_t soft_free_bytes_;
  const int64_t hard_free_bytes_;
  std::atomic<int64_t> free_bytes_{0};
  std::atomic<bool> soft_{false};
  std::atomic<bool> hard_{false};
};

// What a user may still write on the disk that holds `folder`.
int64_t FreeBytesOnDisk(const std::string& folder);

}  // namespace touchstone::eventlog::embedded
