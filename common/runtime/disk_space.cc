#include "common/runtime/disk_space.h"

#include <sys/statvfs.h>

#include <cerrno>

#include "absl/strings/str_cat.h"

namespace touchstone::runtime {

absl::StatusOr<DiskSpace> FreeDisk(const std::string& path) {
  struct statvfs found {};
  if (statvfs(path.c_str(), &found) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("free space of '", path, "'"));
  const auto block = static_cast<int64_t>(found.f_frsize);
  return DiskSpace{.free_bytes = static_cast<int64_t>(found.f_bavail) * block,
                   .total_bytes = static_cast<int64_t>(found.f_blocks) * block};
}

}  // namespace touchstone::runtime
