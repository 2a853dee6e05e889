#pragma once

#include <string>

namespace touchstone::benchmarks {

inline constexpr double kMiB = 1 << 20;

// What the files below a folder take.
struct FolderSizes {
  double all_mib = 0;
  // Of it the store's write-ahead log.
  double wal_mib = 0;
};

// A server may write and delete below it meanwhile.
FolderSizes SizesBelow(const std::string& folder);

}  // namespace touchstone::benchmarks
