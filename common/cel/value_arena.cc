#include "common/cel/value_arena.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace touchstone::cel {
namespace {

constexpr size_t kBlockBytes = 1024;

}  // namespace

char* ValueArena::Allocate(size_t bytes) {
  constexpr size_t kAlign = alignof(std::max_align_t);
  bytes = (bytes + kAlign - 1) / kAlign * kAlign;
  if (blocks_.empty() || blocks_.back().size - free_at_ < bytes) {
    const size_t size = std::max(kBlockBytes, bytes);
    blocks_.push_back({std::make_unique<char[]>(size), size});
    free_at_ = 0;
  }
  char* place = blocks_.back().bytes.get() + free_at_;
  free_at_ += bytes;
  used_ += bytes;
  return place;
}

absl::string_view ValueArena::Copy(absl::string_view text) {
  if (text.empty()) return {};
  char* place = Allocate(text.size());
  std::memcpy(place, text.data(), text.size());
  return {place, text.size()};
}

void ValueArena::Clear() {
  if (blocks_.size() > 1) blocks_.resize(1);
  free_at_ = 0;
  used_ = 0;
}

}  // namespace touchstone::cel
