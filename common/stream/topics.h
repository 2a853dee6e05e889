#pragma once

// The topics' names, without the deployment's prefix; deploy/topics.yaml declares them.
namespace touchstone::topics {

inline constexpr char kTouchpoints[] = "touchpoints.v1";
inline constexpr char kNames[] = "names.v1";
inline constexpr char kJourneyEvents[] = "journey-events.v1";
inline constexpr char kJourneys[] = "journeys.v1";
inline constexpr char kCases[] = "cases.v1";
inline constexpr char kDispatch[] = "dispatch.v1";
inline constexpr char kEscalations[] = "escalations.v1";
inline constexpr char kOffers[] = "offers.v1";
inline constexpr char kPlays[] = "plays.v1";
inline constexpr char kGate[] = "gate.v1";
inline constexpr char kOutreach[] = "outreach.v1";
inline constexpr char kOutreachRequests[] = "outreach-requests.v1";
inline constexpr char kPreferences[] = "preferences.v1";
inline constexpr char kControl[] = "control.v1";
inline constexpr char kOwners[] = "owners.v1";
inline constexpr char kDeadLetters[] = "dead-letters.v1";

}  // namespace touchstone::topics
