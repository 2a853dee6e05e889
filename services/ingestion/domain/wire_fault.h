#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

#include "absl/strings/string_view.h"

namespace touchstone::ingestion {

// Why bytes are no message: protobuf says only that they are none.
struct WireFault {
  // The field, `names[1].value`; empty: the message itself.
  std::string path;
  // `is not valid UTF-8`, `ends in the middle of a field`, `is nested too deep`, `is malformed`.
  std::string what;
};

// Looks for the first fault of bytes that did not parse as `type`. Bounded by the size of the bytes.
WireFault FindWireFault(absl::string_view bytes, const google::protobuf::Descriptor& type);

}  // namespace touchstone::ingestion
