#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/eventlog/state_view.h"
#include "touchstone/classification/v1/journey_service.pb.h"

namespace touchstone::classification {

// One page of one journey's moments, in order of time, then id. A value.
class MomentQuery {
 public:
  // INVALID_ARGUMENT: the page size is below zero, the token is none of this query.
  static absl::StatusOr<MomentQuery> Of(const std::string& name, int page_size, const std::string& page_token);

  // Nothing where the name has no journey.
  absl::StatusOr<std::optional<v1::ListMomentsResponse>> Page(const eventlog::StateView& state) const;

 private:
  std::string Text() const;

  std::string name_;
  int page_size_ = 0;
  // The last moment of the page before: its time and id.
  std::optional<std::pair<int64_t, std::string>> after_;
};

}  // namespace touchstone::classification
