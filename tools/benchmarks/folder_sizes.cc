#include "tools/benchmarks/folder_sizes.h"

#include <filesystem>

#include "absl/strings/match.h"

namespace touchstone::benchmarks {

FolderSizes SizesBelow(const std::string& folder) {
  FolderSizes sizes;
  std::error_code ignored;
  for (auto it = std::filesystem::recursive_directory_iterator(folder, ignored);
       it != std::filesystem::recursive_directory_iterator(); it.increment(ignored)) {
    // The server deletes files while we look.
    const uintmax_t bytes = it->is_regular_file(ignored) ? it->file_size(ignored) : 0;
    if (bytes == static_cast<uintmax_t>(-1)) continue;
    sizes.all_mib += static_cast<double>(bytes) / kMiB;
    if (absl::EndsWith(it->path().filename().string(), ".log")) sizes.wal_mib += static_cast<double>(bytes) / kMiB;
  }
  return sizes;
}

}  // namespace touchstone::benchmarks
