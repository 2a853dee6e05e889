#pragma once

#include <cstdint>

namespace touchstone::eventlog {

// Where the memory log asks whether something goes wrong.
enum class FaultPoint {
  kCrashBeforeAppend,
  kCrashAfterAppend,
  kCrashBeforeCommit,
  kCrashAfterCommit,
  kCrashBeforeSync,
  kCrashAfterSync,
  // The append is refused: UNAVAILABLE, nothing written.
  kAppendRefused,
  // The append is written, and its acknowledgement says UNAVAILABLE.
  kAppendAnswerLost,
  // ABORTED: nothing written.
  kCommitAborted,
  // UNAVAILABLE, though it was committed; and though it was not.
  kCommitAnswerLost,
  kCommitLost,
  // A fetch gives fewer records of an input than there are.
  kShortFetch,
  // An open transaction hides the end of an input.
  kHiddenRecords,
  // Partitions change hands though no member came or went.
  kRebalance,
  // A tail gives nothing though there is something: it is on its way.
  kEmptyRead,
};
inline constexpr int kFaultPointCount = static_cast<int>(FaultPoint::kEmptyRead) + 1;

// Decides what goes wrong. Asked under the storage's lock: it must not call back.
class Faults {
 public:
  virtual ~Faults() = default;
  virtual bool Strikes(FaultPoint point) = 0;
  // A number from 0 to `below` - 1; `below` is at least 1.
  virtual int64_t Choose(int64_t below) = 0;
};

}  // namespace touchstone::eventlog
