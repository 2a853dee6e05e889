#pragma once

#include "absl/strings/string_view.h"
#include "touchstone/events/v1/name.pb.h"

namespace touchstone::names {

namespace events = touchstone::events::v1;

// `customer`, `account`, `email`, `phone`, `handle`, `device`, `anonymous`; empty for any other number.
absl::string_view KindText(events::NameKind kind);

// The kind of that word (exactly, in lower case); NAME_KIND_UNSPECIFIED where it is none.
events::NameKind KindOfText(absl::string_view text);

// `customer, account, email, phone, handle, device, anonymous`: for errors.
absl::string_view AllKindsText();

// Where a name of this kind can be written to: EMAIL, SMS for a phone, PUSH for a device, SOCIAL for a handle. UNSPECIFIED for
// names that are no address.
events::Channel ContactChannelOf(events::NameKind kind);

}  // namespace touchstone::names
