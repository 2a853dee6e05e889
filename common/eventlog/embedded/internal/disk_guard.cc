#include "common/eventlog/embedded/internal/disk_guard.h"

#include <sys/statvfs.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status/errors.h"

namespace touchstone::eventlog::embedded {
namespace {

constexpr absl::Duration kRetryAfter = absl::Seconds(2);

bool Below(int64_t free, int64_t limit, bool was_below) { return free < (was_below ? limit + limit / 10 : limit); }

}  // namespace

DiskGuard::DiskGuard(std::string folder, std::function<int64_t()> free_bytes, int64_t soft_free_bytes, int64_t hard_free_bytes)
    : folder_(std::move(folder)),
      ask_(std::move(free_bytes)),
      soft_free_bytes_(soft_free_bytes),
      hard_free_bytes_(hard_free_bytes) {
  Check();
}

void DiskGuard::Check() {
  const int64_t free = ask_();
  free_bytes_ = free;
  soft_ = Below(free, soft_free_bytes_, soft_);
  hard_ = Below(free, hard_free_bytes_, hard_);
}

absl::Status DiskGuard::Intake() const {
  if (!soft_) return absl::OkStatus();
  return Full("nothing more is taken in", soft_free_bytes_);
}

absl::Status DiskGuard::Commits() const {
  if (!hard_) return absl::OkStatus();
  return Full("it is only read, and nothing more written,", hard_free_bytes_);
}

absl::Status DiskGuard::Full(absl::string_view what, int64_t limit) const {
  return status::WithRetry(
      absl::ResourceExhaustedError(absl::StrCat("the disk of data folder '", folder_, "' is nearly full (", free_bytes_ >> 20,
                                                " MiB free, ", limit >> 20, " needed): ", what, " until there is space")),
      kRetryAfter);
}

int64_t FreeBytesOnDisk(const std::string& folder) {
  struct statvfs disk = {};
  // An unknown is no reason to stop: RocksDB's own error would end the process, and loses nothing.
  if (statvfs(folder.c_str(), &disk) != 0) return std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(disk.f_bavail) * static_cast<int64_t>(disk.f_frsize);
}

}  // namespace touchstone::eventlog::embedded
