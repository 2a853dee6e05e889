#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// What a caller is given and brings back unread. In base64url, without padding:
//
//   | version 1 | kind p, g, r | body | checksum: 4 bytes of StableHash64 of all before |
//
// Every Decode... answers INVALID_ARGUMENT for what is not a token of its kind, damaged or cut; the text fits behind a field
// path. A token is not signed: whoever forges one can ask for no more than they could ask for without.
namespace touchstone::ids {

inline constexpr size_t kTokenBytesMax = 16 * 1024;
// What a resume token can hold in its limit.
inline constexpr size_t kResumePartitionsMax = 1024;

// Where a record stands in a log.
struct Position {
  std::string topic;
  int partition = 0;
  int64_t offset = 0;

  bool operator==(const Position&) const = default;
};

// Of a write: the position it was appended at. A read that brings it waits until the write's effects are in.
std::string EncodeToken(const Position& position);
absl::StatusOr<Position> DecodeToken(absl::string_view token);

// Of a list: where the next page begins. `query` is what the list was asked with, in any stable form (the request without
// its page fields, serialized deterministically); a token brought to another query is refused. `cursor` is the service's own,
// any bytes but no personal data, up to 8 KiB.
std::string EncodePageToken(absl::string_view query, absl::string_view cursor);
absl::StatusOr<std::string> DecodePageToken(absl::string_view query, absl::string_view token);

// Of a watch: the next offset of each partition of one topic, by partition number; -1 where none is known.
struct ResumePoint {
  std::string topic;
  std::vector<int64_t> offsets;

  bool operator==(const ResumePoint&) const = default;
};

std::string EncodeResumeToken(absl::string_view topic, const std::vector<int64_t>& offsets);
// A token of another topic is refused too: a watch resumes what it was.
absl::StatusOr<ResumePoint> DecodeResumeToken(absl::string_view topic, absl::string_view token);

}  // namespace touchstone::ids
