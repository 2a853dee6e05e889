#include "common/stream/task_reader.h"

#include "common/status/errors.h"

namespace touchstone::stream {

absl::StatusOr<std::optional<eventlog::Position>> AfterToken(absl::string_view token) {
  if (token.empty()) return std::optional<eventlog::Position>();
  absl::StatusOr<eventlog::Position> position = ids::DecodeToken(token);
  if (!position.ok()) return status::Annotated(position.status(), "token");
  return std::optional<eventlog::Position>(*std::move(position));
}

}  // namespace touchstone::stream
