#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"

namespace touchstone::cel {

// Memory of values that are built: they live until Clear or the arena's end. Not for two threads at once.
class ValueArena {
 public:
  ValueArena() = default;
  ValueArena(ValueArena&&) = default;
  ValueArena& operator=(ValueArena&&) = default;

  // Aligned for any value; never null.
  char* Allocate(size_t bytes);
  absl::string_view Copy(absl::string_view text);
  // Bytes handed out since Clear.
  size_t used() const { return used_; }
  // Frees all but the first block.
  void Clear();

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size = 0;
  };
  std::vector<Block> blocks_;
  size_t free_at_ = 0;  // In the last block.
  size_t used_ = 0;
};

}  // namespace touchstone::cel
