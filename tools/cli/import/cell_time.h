#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "touchstone/mapping/v1/mapping.pb.h"

namespace touchstone::cli {

// INVALID_ARGUMENT where a part of a time format is none, as `%Q` or a `%` at the end.
absl::Status CheckTimeFormat(absl::string_view format);

// Reads times as a mapping says they are written. A value.
class CellTime {
 public:
  // INVALID_ARGUMENT where the zone is none.
  static absl::StatusOr<CellTime> Of(const mapping::v1::Mapping& mapping);

  // INVALID_ARGUMENT where no format fits; it does not repeat the text.
  absl::StatusOr<absl::Time> Parse(absl::string_view text) const;

 private:
  std::vector<std::string> formats_;
  absl::TimeZone zone_;
};

}  // namespace touchstone::cli
