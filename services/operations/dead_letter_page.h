#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/eventlog/event_log.h"
#include "touchstone/operations/v1/operations_service.pb.h"

namespace touchstone::operations {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kPageSizeMax = 500;
// Of a page of more than one letter, as they travel.
inline constexpr int64_t kPageBytesMax = 1 << 20;
// Records looked at for one page: a rare reason does not read the whole topic in one call.
inline constexpr int kLookedAtMax = 10'000;
// And by one ReadOn: who reads on the pump's thread must let others have their turn.
inline constexpr int kLookedAtInTurnMax = 1'000;

// One page of the dead letters, oldest first within a partition. It is whole when it is full, or when it has come to where the
// topic ended when it began; it may be short, or empty, though another follows. Used by one thread.
class DeadLetterPage {
 public:
  // INVALID_ARGUMENT: the request. Blocks, on a broker, for some round trips.
  static absl::StatusOr<DeadLetterPage> Begin(eventlog::EventLog& log, const v1::ListDeadLettersRequest& request);

  enum class Progress {
    kWhole,
    // There is more to read now.
    kMore,
    // What comes next is still on its way from a broker: wait for EventLog::tail_changes().
    kAwaited,
  };
  // Reads what is there; does not block.
  absl::StatusOr<Progress> ReadOn();

  // Whether anything was looked at: then Take goes on from there, whole or not.
  bool moved() const { return looked_at_ > 0; }
  v1::ListDeadLettersResponse Take();

 private:
  DeadLetterPage(std::unique_ptr<eventlog::Tail> tail, std::vector<int64_t> ends, const v1::ListDeadLettersRequest& request);
  bool AtEnd() const;
  bool Full() const;
  // False: there is no room for it any more.
  bool Keep(const std::string& value);

  std::unique_ptr<eventlog::Tail> tail_;
  // Where the topic ended when the page began.
  std::vector<int64_t> ends_;
  std::string query_;
  std::string reason_;
  int page_size_;
  // After the last record that was looked at and has found its place.
  std::vector<int64_t> cursor_;
  bool full_ = false;
  int looked_at_ = 0;
  int64_t bytes_ = 0;
  v1::ListDeadLettersResponse response_;
};

}  // namespace touchstone::operations
