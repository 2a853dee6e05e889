#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace touchstone::classification {

// Appends a message field, given serialized, to a serialized message: what is written often is then serialized once.
void AppendField(int number, absl::string_view message, std::string& to);

}  // namespace touchstone::classification
