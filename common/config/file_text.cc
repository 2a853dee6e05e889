#include "common/config/file_text.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace touchstone::config {
namespace {

constexpr size_t kChunkBytes = 64 << 10;

// By errno.
absl::Status Unreadable(const std::string& path) {
  const int error = errno;
  const absl::string_view why = error == EISDIR ? "it is a folder" : std::strerror(error);
  const std::string message = absl::StrCat("'", path, "' cannot be read: ", why);
  return error == ENOENT || error == ENOTDIR ? absl::NotFoundError(message) : absl::InvalidArgumentError(message);
}

}  // namespace

absl::StatusOr<std::string> ReadFileText(const std::string& path, size_t bytes_max) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Unreadable(path);
  const absl::Cleanup closed = [file] { close(file); };
  std::string text;
  while (true) {
    const size_t begin = text.size();
    // One byte more than allowed shows that there are more.
    text.resize(begin + std::min(kChunkBytes, bytes_max + 1 - begin));
    const ssize_t count = read(file, text.data() + begin, text.size() - begin);
    text.resize(begin + static_cast<size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Unreadable(path);
    if (count == 0) return text;
    if (text.size() > bytes_max)
      return absl::InvalidArgumentError(absl::StrCat("'", path, "' is larger than ", bytes_max, " bytes"));
  }
}

}  // namespace touchstone::config
