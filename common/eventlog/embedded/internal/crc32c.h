#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace touchstone::eventlog::embedded {

// CRC-32C (Castagnoli), as RocksDB's write-ahead log and our mark use it. By the processor's instruction where it has one.
// `before`: of what comes before the bytes.
uint32_t Crc32c(absl::string_view bytes, uint32_t before = 0);

}  // namespace touchstone::eventlog::embedded
