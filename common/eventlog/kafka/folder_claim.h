#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace touchstone::eventlog::kafka {

// That a folder of local copies is one instance's, and one process's at a time. `<folder>.owner` says whose:
//
//   format 1
//   instance pod-7
//   pid 4711
//
// and is locked while the process has it.
class FolderClaim {
 public:
  // What this build writes into the folder, and reads.
  static constexpr int kFormat = 1;

  // ALREADY_EXISTS: another process has it, which is named. INVALID_ARGUMENT: it is another instance's, or of a newer version.
  // FAILED_PRECONDITION: it cannot be written to. Nothing in the folder is changed then.
  static absl::StatusOr<FolderClaim> Take(const std::string& folder, absl::string_view instance);
  // Lets go.
  ~FolderClaim();
  FolderClaim(FolderClaim&& other) noexcept : file_(other.file_) { other.file_ = -1; }
  FolderClaim& operator=(FolderClaim&&) = delete;

 private:
  explicit FolderClaim(int file) : file_(file) {}

  int file_;
};

}  // namespace touchstone::eventlog::kafka
