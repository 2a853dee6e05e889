#include "common/ids/token.h"

#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/ids/hash.h"
#include "common/status/invariant.h"
#include "common/status/macros.h"

namespace touchstone::ids {
namespace {

constexpr char kVersion = 1;
constexpr char kPosition = 'p';
constexpr char kPage = 'g';
constexpr char kResume = 'r';
constexpr size_t kChecksumBytes = 4;
constexpr size_t kCursorBytesMax = 8 * 1024;

// Base 128, the lowest seven bits first, as protobuf writes it.
void AppendNumber(uint64_t number, std::string& bytes) {
  while (number >= 0x80) {
    bytes.push_back(static_cast<char>(number | 0x80));
    number >>= 7;
  }
  bytes.push_back(static_cast<char>(number));
}

void AppendText(absl::string_view text, std::string& bytes) {
  AppendNumber(text.size(), bytes);
  bytes.append(text.data(), text.size());
}

// Both take what they read off the front of `bytes`, and are false where it is not there.
bool TakeNumber(absl::string_view& bytes, uint64_t& number) {
  number = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const uint8_t byte = static_cast<uint8_t>(bytes[0]);
    bytes.remove_prefix(1);
    number |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool TakeText(absl::string_view& bytes, std::string& text) {
  uint64_t size = 0;
  if (!TakeNumber(bytes, size) || size > bytes.size()) return false;
  text.assign(bytes.data(), size);
  bytes.remove_prefix(size);
  return true;
}

std::string Checksum(absl::string_view bytes) {
  const uint64_t hash = StableHash64(bytes);
  std::string checksum;
  for (size_t i = 0; i < kChecksumBytes; ++i) checksum.push_back(static_cast<char>(hash >> (8 * i)));
  return checksum;
}

std::string Sealed(char kind, absl::string_view body) {
  std::string bytes = absl::StrCat(absl::string_view(&kVersion, 1), absl::string_view(&kind, 1), body);
  bytes += Checksum(bytes);
  std::string token = absl::WebSafeBase64Escape(bytes);
  INVARIANT(token.size() <= kTokenBytesMax, absl::StrCat("a token of ", token.size(), " bytes"));
  return token;
}

absl::Status NotAToken() {
  return absl::InvalidArgumentError(
      "is no token of this call, or is damaged; bring it exactly as it was given, or leave it empty");
}

absl::StatusOr<std::string> Opened(char kind, absl::string_view token) {
  std::string bytes;
  if (token.size() > kTokenBytesMax || !absl::WebSafeBase64Unescape(token, &bytes)) return NotAToken();
  if (bytes.size() < 2 + kChecksumBytes) return NotAToken();
  const absl::string_view sealed = absl::string_view(bytes).substr(0, bytes.size() - kChecksumBytes);
  if (absl::string_view(bytes).substr(sealed.size()) != Checksum(sealed)) return NotAToken();
  if (sealed[0] != kVersion || sealed[1] != kind) return NotAToken();
  return std::string(sealed.substr(2));
}

}  // namespace

std::string EncodeToken(const Position& position) {
  INVARIANT(position.partition >= 0 && position.offset >= 0, "a position that was written has a partition and an offset");
  std::string body;
  AppendText(position.topic, body);
  AppendNumber(static_cast<uint64_t>(position.partition), body);
  AppendNumber(static_cast<uint64_t>(position.offset), body);
  return Sealed(kPosition, body);
}

absl::StatusOr<Position> DecodeToken(absl::string_view token) {
  ASSIGN_OR_RETURN(const std::string body, Opened(kPosition, token));
  absl::string_view rest = body;
  Position position;
  uint64_t partition = 0;
  uint64_t offset = 0;
  if (!TakeText(rest, position.topic) || !TakeNumber(rest, partition) || !TakeNumber(rest, offset) || !rest.empty() ||
      partition > std::numeric_limits<int>::max() || offset > std::numeric_limits<int64_t>::max()) {
    return NotAToken();
  }
  position.partition = static_cast<int>(partition);
  position.offset = static_cast<int64_t>(offset);
  return position;
}

std::string EncodePageToken(absl::string_view query, absl::string_view cursor) {
  INVARIANT(cursor.size() <= kCursorBytesMax, absl::StrCat("a cursor of ", cursor.size(), " bytes"));
  std::string body;
  AppendNumber(StableHash64(query), body);
  AppendText(cursor, body);
  return Sealed(kPage, body);
}

absl::StatusOr<std::string> DecodePageToken(absl::string_view query, absl::string_view token) {
  ASSIGN_OR_RETURN(const std::string body, Opened(kPage, token));
  absl::string_view rest = body;
  uint64_t fingerprint = 0;
  std::string cursor;
  if (!TakeNumber(rest, fingerprint) || !TakeText(rest, cursor) || !rest.empty()) return NotAToken();
  if (fingerprint != StableHash64(query)) {
    return absl::InvalidArgumentError(
        "is the page token of another query; ask for the next page with the same filter, or leave it empty");
  }
  return cursor;
}

std::string EncodeResumeToken(absl::string_view topic, const std::vector<int64_t>& offsets) {
  INVARIANT(offsets.size() <= kResumePartitionsMax, absl::StrCat(offsets.size(), " partitions in a resume token"));
  std::string body;
  AppendText(topic, body);
  AppendNumber(offsets.size(), body);
  for (const int64_t offset : offsets) {
    INVARIANT(offset >= -1, "an offset is not negative, or -1 where it is not known");
    AppendNumber(static_cast<uint64_t>(offset) + 1, body);
  }
  return Sealed(kResume, body);
}

absl::StatusOr<ResumePoint> DecodeResumeToken(absl::string_view topic, absl::string_view token) {
  ASSIGN_OR_RETURN(const std::string body, Opened(kResume, token));
  absl::string_view rest = body;
  ResumePoint point;
  uint64_t count = 0;
  if (!TakeText(rest, point.topic) || !TakeNumber(rest, count) || count > kResumePartitionsMax) return NotAToken();
  for (uint64_t i = 0; i < count; ++i) {
    uint64_t offset = 0;
    if (!TakeNumber(rest, offset) || offset > std::numeric_limits<int64_t>::max()) return NotAToken();
    point.offsets.push_back(static_cast<int64_t>(offset) - 1);
  }
  if (!rest.empty()) return NotAToken();
  if (point.topic != topic) {
    return absl::InvalidArgumentError("is the resume token of another watch; begin anew with an empty one");
  }
  return point;
}

}  // namespace touchstone::ids
