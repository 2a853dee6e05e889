#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/stream/unit_of_work.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"

// Imports under way: while one is, the deadlines of the journeys it touches wait, because what meets them may still be in
// the file. It ends when `control.v1` says so, or after kImportSilence without a touchpoint.
namespace touchstone::classification {

// A touchpoint of an import came: the journey waits for its end, unless it has ended.
absl::Status NoteImport(absl::string_view import_id, absl::string_view name, state::v1::Head& head, stream::UnitOfWork& work);

// Forgets those of the head's imports that have ended. What is left keeps its deadlines waiting.
absl::Status ForgetEndedImports(const eventlog::StateView& state, state::v1::Head& head);

// `control.v1` said that it ended.
absl::Status EndImport(absl::string_view import_id, stream::UnitOfWork& work);

// The import's timer, at `key`: ends it where it fell silent. Returns the names to conclude now, at most kConcludedPerStep,
// and sets the timer again while there are more.
absl::StatusOr<std::vector<std::string>> OnImportTimer(absl::string_view key, stream::UnitOfWork& work);

}  // namespace touchstone::classification
