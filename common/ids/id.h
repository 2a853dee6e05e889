#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace touchstone::ids {

// 26 letters are the first 130 bits of a SHA-256.
inline constexpr int kDerivedLetters = 26;

// `<owner key>~<26 letters>`, the letters from the parts alone and in order; where one part ends matters ("ab","c" is not
// "a","bc"). The owner's key tells whoever holds the id whom to ask.
std::string DerivedId(absl::string_view owner_key, std::initializer_list<absl::string_view> parts);

// The owner's key of a derived id, a view of `id`. INVALID_ARGUMENT where `id` is none; the text fits behind a field path.
absl::StatusOr<absl::string_view> OwnerOf(absl::string_view id);

// A moment: by the rule that found it and the one touchpoint that made it true. Never by subject, position or version, so
// that it survives merges, late touchpoints and replays. `source` and `touchpoint_id` are the touchpoint's.
std::string MomentId(absl::string_view trigger_name_key, absl::string_view pack, absl::string_view rule, absl::string_view source,
                     absl::string_view touchpoint_id);

// The `index`th record that processing the record at (topic, partition, offset) wrote: `touchpoints.v1:3:1042:0`.
std::string RecordId(absl::string_view topic, int partition, int64_t offset, int index);

// The `index`th record that a timer wrote when it fired: `journey:3:at20261122T072500Z:k<20 letters>:0`, where the time is UTC
// to the second, for the reader, and the letters are of the timer's key and the exact due time.
std::string TimerRecordId(absl::string_view task_kind, int partition, absl::string_view timer_key, absl::Time due, int index);

}  // namespace touchstone::ids
