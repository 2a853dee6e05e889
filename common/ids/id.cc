#include "common/ids/id.h"

#include "absl/strings/str_cat.h"
#include "common/ids/base32.h"
#include "common/ids/hash.h"

namespace touchstone::ids {
namespace {

constexpr int kTimerLetters = 20;

// Eight bytes, big-endian, then the bytes: no two lists of parts are one string.
void AppendPart(absl::string_view part, std::string& bytes) {
  const uint64_t size = part.size();
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(size >> shift));
  bytes.append(part.data(), part.size());
}

std::string Letters(std::initializer_list<absl::string_view> parts, int count) {
  std::string bytes;
  for (const absl::string_view part : parts) AppendPart(part, bytes);
  return Base32(Sha256(bytes), count);
}

}  // namespace

std::string DerivedId(absl::string_view owner_key, std::initializer_list<absl::string_view> parts) {
  return absl::StrCat(owner_key, "~", Letters(parts, kDerivedLetters));
}

absl::StatusOr<absl::string_view> OwnerOf(absl::string_view id) {
  // From the end: an owner's key may hold a '~', the letters never do.
  const size_t tilde = id.rfind('~');
  if (tilde == absl::string_view::npos || tilde == 0) {
    return absl::InvalidArgumentError("is no id of ours: it should look like customer:42~ and 26 letters");
  }
  const absl::string_view letters = id.substr(tilde + 1);
  if (letters.size() != kDerivedLetters || !IsBase32(letters)) {
    return absl::InvalidArgumentError(
        "is no id of ours, or was cut: 26 letters of 0-9 and a-z (without i, l, o, u) follow the last '~'");
  }
  return id.substr(0, tilde);
}

std::string MomentId(absl::string_view trigger_name_key, absl::string_view pack, absl::string_view rule, absl::string_view source,
                     absl::string_view touchpoint_id) {
  return DerivedId(trigger_name_key, {"moment", pack, rule, source, touchpoint_id});
}

std::string RecordId(absl::string_view topic, int partition, int64_t offset, int index) {
  return absl::StrCat(topic, ":", partition, ":", offset, ":", index);
}

std::string TimerRecordId(absl::string_view task_kind, int partition, absl::string_view timer_key, absl::Time due, int index) {
  // ToUnixSeconds rounds down; the rest is below a second and exact in quarters of a nanosecond.
  const int64_t seconds = absl::ToUnixSeconds(due);
  const int64_t quarters = (due - absl::FromUnixSeconds(seconds)) / (absl::Nanoseconds(1) / 4);
  const std::string exact_due = absl::StrCat(seconds, ".", quarters);
  return absl::StrCat(task_kind, ":", partition, ":at", absl::FormatTime("%E4Y%m%dT%H%M%SZ", due, absl::UTCTimeZone()), ":k",
                      Letters({timer_key, exact_due}, kTimerLetters), ":", index);
}

}  // namespace touchstone::ids
