#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/stream/task_reader.h"
#include "touchstone/outreach/v1/outreach_service.pb.h"

namespace touchstone::outreach {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kPageSizeMax = 500;
// Keys of state that one read looks at; a page ends there, maybe without an outreach, and its token goes on.
inline constexpr int kScannedKeysMax = 5'000;

// What a list asks for. A value.
struct OutreachQuery {
  int page_size = kDefaultPageSize;
  // Empty: all.
  std::set<int> statuses;
  // The customer's name key; empty: all customers.
  std::string subject;

  // The same for the same question, page by page; without personal data.
  std::string Text() const;
};

// Where the next page begins: after this key of the planner's state, in this partition.
struct OutreachCursor {
  int partition = 0;
  std::string after_key;

  std::string Text() const;
  // INVALID_ARGUMENT: not what Text gives.
  static absl::StatusOr<OutreachCursor> Parse(absl::string_view text);
};

// Gathers a page: asks the planner's partitions one after the other, in the order of partitions and within one of ids. `done`
// is called once, from any thread, with the page or the first error. `reader` outlives the call.
void GatherPage(stream::TaskReader& reader, const OutreachQuery& query, const OutreachCursor& from, absl::Time deadline,
                absl::AnyInvocable<void(absl::StatusOr<v1::ListOutreachesResponse>)> done);

}  // namespace touchstone::outreach
