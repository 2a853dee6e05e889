#include "common/eventlog/kafka/folder_claim.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::kafka {
namespace {

constexpr size_t kOwnerBytesMax = 4096;

struct Owner {
  int format = 0;
  std::string instance;
  std::string pid;
};

// Nothing that can be read leaves its fields empty: a start that was killed.
Owner ReadOwner(int file) {
  std::string text(kOwnerBytesMax, '\0');
  const ssize_t size = pread(file, text.data(), text.size(), 0);
  text.resize(size < 0 ? 0 : size);
  Owner owner;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    if (parts.first == "format" && !absl::SimpleAtoi(parts.second, &owner.format)) owner.format = 0;
    if (parts.first == "instance") owner.instance = std::string(parts.second);
    if (parts.first == "pid") owner.pid = std::string(parts.second);
  }
  return owner;
}

absl::Status CheckOurs(const std::string& folder, const Owner& owner, absl::string_view instance) {
  if (owner.format > FolderClaim::kFormat) {
    return absl::InvalidArgumentError(absl::StrCat("data folder '", folder, "' was written by a newer version (format ",
                                                   owner.format, "; this one knows ", FolderClaim::kFormat,
                                                   "): start that version, or name another folder. Nothing was changed."));
  }
  if (owner.instance.empty() || owner.instance == instance) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("data folder '", folder, "' is that of instance '", owner.instance, "', and this is '", instance,
                   "': give each instance a folder of its own. If that instance is no more: remove '", folder, "' and '", folder,
                   ".owner'; what they hold is on the cluster too. Nothing was changed."));
}

absl::Status CannotBeUsed(const std::string& folder, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("data folder '", folder, "': ", why));
}

}  // namespace

FolderClaim::~FolderClaim() {
  if (file_ >= 0) close(file_);
}

absl::StatusOr<FolderClaim> FolderClaim::Take(const std::string& folder, absl::string_view instance) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(folder).parent_path(), error);
  if (error) return CannotBeUsed(folder, error.message());
  FolderClaim claim(open(absl::StrCat(folder, ".owner").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (claim.file_ < 0) return CannotBeUsed(folder, std::strerror(errno));
  const bool is_held = flock(claim.file_, LOCK_EX | LOCK_NB) != 0;
  const Owner owner = ReadOwner(claim.file_);
  if (is_held) {
    return absl::AlreadyExistsError(absl::StrCat("data folder '", folder, "' is in use by process ", owner.pid, " (instance '",
                                                 owner.instance, "'): give each instance a folder of its own"));
  }
  RETURN_IF_ERROR(CheckOurs(folder, owner, instance));
  const std::string text = absl::StrCat("format ", kFormat, "\ninstance ", instance, "\npid ", getpid(), "\n");
  if (ftruncate(claim.file_, 0) != 0 || pwrite(claim.file_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return CannotBeUsed(folder, std::strerror(errno));
  }
  return claim;
}

}  // namespace touchstone::eventlog::kafka
