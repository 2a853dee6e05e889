#include "common/eventlog/embedded/internal/open_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::embedded {
namespace {

constexpr size_t kPartBytes = 1 << 20;

absl::Status Failure(absl::string_view doing, const std::string& path) {
  const std::string message = absl::StrCat(doing, " '", path, "': ", std::strerror(errno));
  return errno == ENOENT ? absl::NotFoundError(message) : absl::FailedPreconditionError(message);
}

}  // namespace

absl::StatusOr<OpenFile> OpenFile::ToRead(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Failure("reading", path);
  return OpenFile(path, file);
}

absl::StatusOr<OpenFile> OpenFile::ToWrite(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return absl::FailedPreconditionError(Failure("writing", path).message());
  return OpenFile(path, file);
}

OpenFile::OpenFile(OpenFile&& other) noexcept : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}

OpenFile::~OpenFile() {
  if (file_ >= 0) close(file_);
}

absl::Status OpenFile::Failed(absl::string_view doing) const {
  return absl::FailedPreconditionError(Failure(doing, path_).message());
}

absl::StatusOr<int64_t> OpenFile::Size() const {
  struct stat about = {};
  if (fstat(file_, &about) != 0) return Failed("reading");
  return static_cast<int64_t>(about.st_size);
}

absl::Status OpenFile::Read(int64_t size, absl::FunctionRef<absl::Status(absl::string_view part)> use) const {
  std::vector<char> part(kPartBytes);
  for (int64_t at = 0; at < size;) {
    const ssize_t read = pread(file_, part.data(), static_cast<size_t>(std::min<int64_t>(kPartBytes, size - at)), at);
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) return Failed("reading");
    if (read == 0) return absl::OkStatus();
    RETURN_IF_ERROR(use(absl::string_view(part.data(), static_cast<size_t>(read))));
    at += read;
  }
  return absl::OkStatus();
}

absl::Status OpenFile::Write(absl::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("writing");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status OpenFile::Sync() const { return fsync(file_) == 0 ? absl::OkStatus() : Failed("syncing"); }

}  // namespace touchstone::eventlog::embedded
