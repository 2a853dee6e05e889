#ifndef TOUCHSTONE_SERVICES_CLASSIFICATION_DOMAIN_WIRE_FIELD_H_
#define TOUCHSTONE_SERVICES_CLASSIFICATION_DOMAIN_WIRE_FIELD_H_

#include <string>

#include "absl/strings/string_view.h"

namespace touchstone::classification {

// Appends a message field, given serialized, to a serialized message: what is written often is then serialized once.
void AppendField(int number, absl::string_view message, std::string& to);

}  // namespace touchstone::classification

#endif  // TOUCHSTONE_SERVICES_CLASSIFICATION_DOMAIN_WIRE_FIELD_H_
