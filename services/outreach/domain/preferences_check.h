#pragma once

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "touchstone/events/v1/outreach.pb.h"

namespace touchstone::outreach {

// What somebody wants to set of an address, as it comes in: `preferences` and `fields` of the request. INVALID_ARGUMENT names
// each field that is wrong. What `fields` does not name is not looked at.
absl::Status CheckPreferences(const events::v1::Preferences& preferences,
                              const google::protobuf::RepeatedPtrField<std::string>& fields);

}  // namespace touchstone::outreach
