#include "services/outreach/state_read.h"

#include "common/status/errors.h"

namespace touchstone::outreach {

absl::StatusOr<std::optional<eventlog::Position>> AfterToken(absl::string_view token) {
  if (token.empty()) return std::optional<eventlog::Position>();
  absl::StatusOr<ids::Position> position = ids::DecodeToken(token);
  if (!position.ok()) return status::Annotated(position.status(), "token");
  return std::optional<eventlog::Position>({position->topic, position->partition, position->offset});
}

}  // namespace touchstone::outreach
