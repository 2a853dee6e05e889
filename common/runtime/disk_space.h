#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace touchstone::runtime {

struct DiskSpace {
  // What this user may still write.
  int64_t free_bytes = 0;
  int64_t total_bytes = 0;
};

// Of the file system that `path`, which exists, is on. Blocks for one system call. NOT_FOUND or what the kernel says,
// with the path.
absl::StatusOr<DiskSpace> FreeDisk(const std::string& path);

}  // namespace touchstone::runtime
