#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/names/name_secret.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::ingestion {

// The limits of a touchpoint. proto/touchstone/events/v1/touchpoint.proto states them; here they are held.
inline constexpr size_t kTouchpointBytesMax = 64 << 10;
inline constexpr size_t kIdBytesMax = 128;
inline constexpr size_t kTypeBytesMax = 128;
inline constexpr int kNamesMax = 8;
inline constexpr size_t kTextBytesMax = 16 << 10;
inline constexpr size_t kLanguageBytesMax = 35;
inline constexpr size_t kPromiseBytesMax = 64;
inline constexpr int kCorrelationsMax = 16;
inline constexpr size_t kCauseIdBytesMax = 512;
inline constexpr int kCauseDepthMax = 8;
inline constexpr int kAttributesMax = 64;
inline constexpr size_t kAttributeNameBytesMax = 64;
inline constexpr size_t kAttributeTextBytesMax = 1024;
inline constexpr absl::Duration kAheadMax = absl::Hours(24);

// Checks a touchpoint that comes from outside and gives it its one form: names normalised and with their keys, no direction
// is inbound. INVALID_ARGUMENT lists every field that is wrong, with paths below `path` (`touchpoints[3]`). Apart from
// how far ahead it may be, the result depends on the touchpoint alone.
absl::StatusOr<events::v1::Touchpoint> CheckedTouchpoint(events::v1::Touchpoint touchpoint, absl::string_view path,
                                                         const names::NameSecret& secret, absl::Time now);

// The same from bytes. Where they are no touchpoint, the error says where: the field with bad UTF-8, or that they end early.
absl::StatusOr<events::v1::Touchpoint> CheckedTouchpoint(absl::string_view bytes, absl::string_view path,
                                                         const names::NameSecret& secret, absl::Time now);

}  // namespace touchstone::ingestion
