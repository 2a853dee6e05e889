#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "touchstone/events/v1/moment.pb.h"

namespace touchstone::cli {

enum class Ink { kPlain, kBold, kDim, kRed, kGreen, kYellow };

// Colours text, or leaves it as it is: what is shown is also said in words and shapes. A value.
class Paint {
 public:
  explicit Paint(bool colour) : colour_(colour) {}

  std::string operator()(Ink ink, absl::string_view text) const;

 private:
  bool colour_;
};

// Red for disappointment, green for delight.
Ink InkOf(events::v1::Polarity polarity);

}  // namespace touchstone::cli
