#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace touchstone::e2e {

// Requests of Kafka's protocol by their api_key: those that a transaction is made of.
enum class Api : int {
  kProduce = 0,
  kInitProducerId = 22,
  kAddPartitionsToTxn = 24,
  kAddOffsetsToTxn = 25,
  kEndTxn = 26,
  kTxnOffsetCommit = 28,
};
inline constexpr Api kFaultyApis[] = {Api::kProduce,         Api::kInitProducerId, Api::kAddPartitionsToTxn,
                                      Api::kAddOffsetsToTxn, Api::kEndTxn,         Api::kTxnOffsetCommit};
std::string NameOf(Api api);

// What becomes of an answer that a broker has given: it never arrives and its connection is closed, or it arrives late.
struct AnswerFault {
  enum class Kind { kCut, kDelay };
  Kind kind = Kind::kCut;
  // Of a delay.
  absl::Duration delay;
};

// Which answers shall be cut or delayed, and which were. Shared by the proxies of a cluster. Thread-safe.
class AnswerFaults {
 public:
  // The next answer to such a request, on whichever connection. Several queue up.
  void Arm(Api api, AnswerFault fault);
  // What waits for its answer is forgotten.
  void Calm();

  // For a proxy: what becomes of the answer at hand to a request of this kind.
  std::optional<AnswerFault> Take(int api_key);

  // How often each came true.
  std::map<std::pair<Api, AnswerFault::Kind>, int> hits() const;

 private:
  mutable absl::Mutex mutex_;
  std::map<int, std::deque<AnswerFault>> armed_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<Api, AnswerFault::Kind>, int> hits_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace touchstone::e2e
