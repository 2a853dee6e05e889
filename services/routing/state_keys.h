#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// Keys of state (ADR 0006): one byte for the part, then its names, with a NUL byte before each. Names hold no NUL.
//
//   case         c·subject              CaseState          dispatcher   w·pool·escalation id   WorkState
//                e·escalation id        EscalationState                 a·pool·agent id        AgentState
//                m·subject·moment id    MomentPlace                     l·pool·instance        LeaseState
//                r·subject·request id   RequestOutcome                  x·pool·escalation id   ClosedWork
//
// A part's timer has the part's key.
namespace touchstone::routing {

inline constexpr char kCasePart = 'c';
inline constexpr char kEscalationPart = 'e';
inline constexpr char kMomentPart = 'm';
inline constexpr char kRequestPart = 'r';
inline constexpr char kWorkPart = 'w';
inline constexpr char kAgentPart = 'a';
inline constexpr char kLeasePart = 'l';
inline constexpr char kClosedPart = 'x';

std::string StateKey(char part, std::initializer_list<absl::string_view> names);

// All keys of a part begin so.
std::string PartPrefix(char part);

struct ParsedKey {
  // 0: it is no key of ours.
  char part = 0;
  std::vector<std::string> names;
};
ParsedKey ParseStateKey(absl::string_view key);

}  // namespace touchstone::routing
