#pragma once

#include <vector>

#include "common/stream/processor.h"

// Tasks whose right answer anybody can compute: they count, chain and time what they are given, so that observers can hold the
// runtime alone to its promises, whatever the services make of it.
namespace touchstone::simulation {

inline constexpr char kProbeTask[] = "probe";
inline constexpr char kInboxProbeTask[] = "inbox-probe";

// Inputs of the probe. A record's value: `add`, `ask SECONDS` (the key has that long to be answered), `answer`; anything else is
// poison.
inline constexpr char kProbeAsks[] = "probe-asks.v1";
inline constexpr char kProbeAnswers[] = "probe-answers.v1";
// The inbox of the inbox probe.
inline constexpr char kProbeInbox[] = "probe-inbox.v1";
// What they tell, in words, by key:
//   took TOPIC OFFSET COUNT CHAIN NOW    after each record: how many of the key and the topic it has seen, and the chain over
//   them answered OFFSET NOW                  the ask at this offset was answered missed OFFSET DUE NOW                or was not
// Times are nanoseconds since 1970.
inline constexpr char kProbeOut[] = "probe-out.v1";

std::vector<stream::TaskDefinition> ProbeTasks();

// The key's state: `COUNT_OF_ASKS CHAIN_OF_ASKS COUNT_OF_ANSWERS CHAIN_OF_ANSWERS OPEN_ASK`.
inline constexpr char kProbeStatePrefix[] = "key/";

}  // namespace touchstone::simulation
