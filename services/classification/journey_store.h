#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/eventlog/state_view.h"
#include "common/stream/unit_of_work.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

// How a name's journey lies in the task's state (journey_keys.h). Errors are the store's own, and DATA_LOSS where what is
// there cannot be read.
namespace touchstone::classification {

absl::StatusOr<std::optional<state::v1::Head>> ReadHead(const eventlog::StateView& state, absl::string_view name);

// The same into `head`, which may lie on an arena; false, and nothing read, where there is none.
absl::StatusOr<bool> ReadHead(const eventlog::StateView& state, absl::string_view name, state::v1::Head& head);

// What the touchpoints that are no longer kept amount to; empty where all are kept.
absl::StatusOr<state::v1::FoldState> ReadBase(const eventlog::StateView& state, absl::string_view name);

// The touchpoints kept with from_ns <= time <= until_ns, in the order of the journey, until `visit` returns false. The key
// and what is visited live only during the call.
using VisitTouchpoint = absl::FunctionRef<bool(absl::string_view key, const events::v1::Touchpoint& touchpoint)>;
absl::Status ReadTouchpoints(const eventlog::StateView& state, absl::string_view name, int64_t from_ns, int64_t until_ns,
                             VisitTouchpoint visit);

// All moments of a name, in no particular order.
absl::StatusOr<std::vector<state::v1::MomentEntry>> ReadMoments(const eventlog::StateView& state, absl::string_view name);

absl::StatusOr<std::optional<state::v1::MomentEntry>> ReadMoment(const eventlog::StateView& state, absl::string_view name,
                                                                 absl::string_view moment_id);

// What is kept of a touchpoint with this source and id.
struct Repeat {
  bool known = false;
  // It says the same, but for the import that brought it.
  bool same = false;
};
absl::StatusOr<Repeat> FindRepeat(const eventlog::StateView& state, absl::string_view name,
                                  const events::v1::Touchpoint& touchpoint);

// `bytes` is the touchpoint, serialized.
void KeepTouchpoint(absl::string_view name, const events::v1::Touchpoint& touchpoint, std::string bytes,
                    stream::UnitOfWork& work);
void DropTouchpoint(absl::string_view name, const events::v1::Touchpoint& touchpoint, stream::UnitOfWork& work);

}  // namespace touchstone::classification
