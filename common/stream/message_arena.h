#pragma once

#include <google/protobuf/arena.h>

#include <cstddef>
#include <vector>

namespace touchstone::stream {

// Where the messages of one record or timer lie while it is processed: memory that the next one uses again, so that nothing is
// allocated or freed for each of their fields. Used by one thread.
class MessageArena {
 public:
  MessageArena() : arena_(block_.data(), block_.size()) {}

  // An empty message; it and all others of this arena live until the next Clear().
  template <typename Message>
  Message& Make() {
    return *google::protobuf::Arena::CreateMessage<Message>(&arena_);
  }

  void Clear() { arena_.Reset(); }

 private:
  // More than nearly all records need; what is above it is allocated for that record only.
  static constexpr size_t kBlockBytes = 64 << 10;

  std::vector<char> block_ = std::vector<char>(kBlockBytes);
  google::protobuf::Arena arena_;
};

}  // namespace touchstone::stream
