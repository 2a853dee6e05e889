#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/state_view.h"
#include "services/classification/domain/pack.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"
#include "touchstone/classification/v1/journey_service.pb.h"

// What callers see of a journey's state. Run where the state may be read; each folds the journey once, so it costs what the
// touchpoints kept cost. Errors are the store's own.
namespace touchstone::classification {

// Shown of each list, the newest.
inline constexpr int kShownMax = 200;

// The journey as it stands at `now`; nothing where the name has none.
absl::StatusOr<std::optional<v1::Journey>> ViewOfJourney(const Pack& pack, const eventlog::StateView& state,
                                                         absl::string_view name, absl::Time now);

// Why a moment was found; nothing where there is no such moment.
absl::StatusOr<std::optional<v1::ExplainMomentResponse>> ExplanationOf(const Pack& pack, const eventlog::StateView& state,
                                                                       absl::string_view name, absl::string_view moment_id);

// Every strike and recovery, in order of time, and what each counts at `now`.
v1::Ledger LedgerOf(const state::v1::FoldState& fold, absl::Time now);

}  // namespace touchstone::classification
