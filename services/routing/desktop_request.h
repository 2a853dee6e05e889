#pragma once

#include "absl/status/statusor.h"
#include "touchstone/events/v1/inboxes.pb.h"
#include "touchstone/routing/v1/desktop_service.pb.h"

namespace touchstone::routing {

// The limits of what desktops say are checked here and nowhere else. INVALID_ARGUMENT names the fields.

absl::StatusOr<events::v1::SessionOpened> OpenedFrom(const v1::Hello& hello);

// What was said as a signal that holds what alone. Not for hello and heartbeat.
absl::StatusOr<events::v1::DesktopSignal> SignalFrom(const v1::ConnectRequest& request);

}  // namespace touchstone::routing
