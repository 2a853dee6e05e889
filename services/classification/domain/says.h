#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::classification {

// The sentence of a rule: text with `{{name}}` in it, of a fixed list of names. None of them is personal data.
class SaysTemplate {
 public:
  // `has_count`: the rule counts, so {{count}} is known. INVALID_ARGUMENT names what is unknown and what was meant.
  static absl::StatusOr<SaysTemplate> Parse(absl::string_view text, bool has_count);

  // What a touchpoint does not state reads as a word that fits: `something`.
  std::string Render(const events::v1::Touchpoint& trigger, const events::v1::Correlation* strand, int count) const;

 private:
  struct Piece {
    std::string text;  // Or the name, where it is one.
    bool is_name = false;
  };
  std::vector<Piece> pieces_;
};

}  // namespace touchstone::classification
