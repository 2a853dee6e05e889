#pragma once

#include "absl/time/time.h"

// What bounds a journey's state, and with it the cost of one more touchpoint. Where a list is full, what goes is said beside it.
namespace touchstone::classification {

// Touchpoints kept of a name. At the cap the oldest kDropChunk are folded into the base.
inline constexpr int kKeptTouchpointsMax = 2000;
inline constexpr int kDropChunk = 128;
// Touchpoints further behind the newest are folded into the base, once the oldest is kKeptAgeSlack beyond.
inline constexpr absl::Duration kKeptAge = absl::Hours(24 * 400);
inline constexpr absl::Duration kKeptAgeSlack = absl::Hours(24 * 10);
// Moments from before what is kept: the newest stay readable.
inline constexpr int kFrozenMomentsMax = 500;

// The oldest span goes.
inline constexpr int kStagesMax = 32;
// The one touched longest ago goes; of these first one without an open promise.
inline constexpr int kStrandsMax = 32;
// The oldest that is not open goes, else the oldest.
inline constexpr int kPromisesPerStrandMax = 8;
// Of one `count`; the oldest goes, so that a count never shows more.
inline constexpr int kHitsMax = 32;
// The oldest goes, and is new again when it comes back.
inline constexpr int kSeenMax = 128;
// The one that would fire last goes.
inline constexpr int kWaitsMax = 64;
// The one that began first goes.
inline constexpr int kIncidentsMax = 48;
// Of one incident; the lightest goes.
inline constexpr int kStrikesPerIncidentMax = 8;
// The oldest goes.
inline constexpr int kRecoveriesMax = 32;
// The one stated longest ago goes.
inline constexpr int kContactPointsMax = 8;
inline constexpr int kLastTouchpoints = 5;
inline constexpr int kLastMoments = 5;
inline constexpr int kDigestPromisesMax = 5;
// The trigger and the newest before it.
inline constexpr int kEvidenceMax = 16;
inline constexpr int kStrikeLevels = 3;

// What a pack may ask for.
inline constexpr int kRulesMax = 1000;
inline constexpr int kCountAtLeastMax = 16;
inline constexpr absl::Duration kWindowMax = absl::Hours(24 * 365);
inline constexpr int kStrikeWeightMax = 300;
inline constexpr absl::Duration kIncidentWithin = absl::Hours(24 * 30);
inline constexpr absl::Duration kStrikeLifetime = absl::Hours(24 * 365);

// Imports that keep one journey's deadlines waiting; the oldest no longer does.
inline constexpr int kOpenImportsMax = 4;
// An import that is silent for so long has ended.
inline constexpr absl::Duration kImportSilence = absl::Hours(24);
// How exactly its last touchpoint is remembered.
inline constexpr absl::Duration kImportSeenSlack = absl::Minutes(30);
// Journeys concluded in one unit of work after an import.
inline constexpr int kConcludedPerStep = 100;

}  // namespace touchstone::classification
