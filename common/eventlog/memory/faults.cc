#include "common/eventlog/memory/faults.h"

namespace touchstone::eventlog {

const char* NameOf(FaultPoint point) {
  switch (point) {
    case FaultPoint::kCrashBeforeAppend:
      return "crash-before-append";
    case FaultPoint::kCrashAfterAppend:
      return "crash-after-append";
    case FaultPoint::kCrashBeforeCommit:
      return "crash-before-commit";
    case FaultPoint::kCrashAfterCommit:
      return "crash-after-commit";
    case FaultPoint::kCrashBeforeSync:
      return "crash-before-sync";
    case FaultPoint::kCrashAfterSync:
      return "crash-after-sync";
    case FaultPoint::kAppendRefused:
      return "append-refused";
    case FaultPoint::kAppendAnswerLost:
      return "append-answer-lost";
    case FaultPoint::kAppendTorn:
      return "append-torn";
    case FaultPoint::kCommitAborted:
      return "commit-aborted";
    case FaultPoint::kCommitAnswerLost:
      return "commit-answer-lost";
    case FaultPoint::kCommitLost:
      return "commit-lost";
    case FaultPoint::kOwnershipLost:
      return "ownership-lost";
    case FaultPoint::kStandStill:
      return "stand-still";
    case FaultPoint::kShortFetch:
      return "short-fetch";
    case FaultPoint::kHiddenRecords:
      return "hidden-records";
    case FaultPoint::kRebalance:
      return "rebalance";
    case FaultPoint::kEmptyRead:
      return "empty-read";
    case FaultPoint::kUnsyncedLost:
      return "unsynced-lost";
    case FaultPoint::kUnsyncedCut:
      return "unsynced-cut";
    case FaultPoint::kAppendHalfThere:
      return "append-half-there";
    case FaultPoint::kAppendsReordered:
      return "appends-reordered";
    case FaultPoint::kAppendFull:
      return "append-full";
    case FaultPoint::kCommitFull:
      return "commit-full";
    case FaultPoint::kZombieFenced:
      return "zombie-fenced";
  }
  return "";
}

}  // namespace touchstone::eventlog
