#pragma once

#include <cstdint>

namespace touchstone::eventlog {

// Where the memory log asks whether something goes wrong, and what it says came of it.
enum class FaultPoint {
  // --- The process dies.
  kCrashBeforeAppend,
  kCrashAfterAppend,
  kCrashBeforeCommit,
  kCrashAfterCommit,
  kCrashBeforeSync,
  kCrashAfterSync,
  // --- It lives, and something else goes wrong.
  // The append is refused: UNAVAILABLE, nothing written.
  kAppendRefused,
  // The append is written, and its acknowledgement says UNAVAILABLE.
  kAppendAnswerLost,
  // On a broker: of an append over several partitions some are written, and its answer says UNAVAILABLE.
  kAppendTorn,
  // ABORTED: nothing written.
  kCommitAborted,
  // UNAVAILABLE, though it was committed; and though it was not.
  kCommitAnswerLost,
  kCommitLost,
  // Partitions change hands between the fetch and the commit: ABORTED.
  kOwnershipLost,
  // The process stands still before it commits, while others go on.
  kStandStill,
  // A fetch gives fewer records of an input than there are.
  kShortFetch,
  // An open transaction hides the end of an input.
  kHiddenRecords,
  // Partitions change hands though no member came or went.
  kRebalance,
  // A tail gives nothing though there is something: it is on its way.
  kEmptyRead,
  // --- Never asked for, only noted: what a crash, or a full disk, did.
  // All that was not synced is lost; or only the end of it.
  kUnsyncedLost,
  kUnsyncedCut,
  // On a broker: of an append over several partitions some were written; an append survived an earlier one of another partition.
  kAppendHalfThere,
  kAppendsReordered,
  // RESOURCE_EXHAUSTED.
  kAppendFull,
  kCommitFull,
  // Who was taken for dead and went on found its commit refused.
  kZombieFenced,
};
inline constexpr FaultPoint kLastCrash = FaultPoint::kCrashAfterSync;
inline constexpr int kFaultPointCount = static_cast<int>(FaultPoint::kZombieFenced) + 1;

// In words that stand in tables: `crash-before-append`.
const char* NameOf(FaultPoint point);

// Decides what goes wrong. Asked under the storage's lock: it must not call back, but from StandStill.
class Faults {
 public:
  virtual ~Faults() = default;
  virtual bool Strikes(FaultPoint point) = 0;
  // A number from 0 to `below` - 1; `below` is at least 1.
  virtual int64_t Choose(int64_t below) = 0;
  // It happened, without being asked for.
  virtual void Note(FaultPoint point) {}
  // kStandStill has struck: what is done here is done by others meanwhile. Without any lock.
  virtual void StandStill() {}
};

}  // namespace touchstone::eventlog
