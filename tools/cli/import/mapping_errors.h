#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "common/config/source_map.h"

namespace touchstone::cli {

// What is wrong in a mapping, each with the place where it stands, so that its author learns all of it at once.
class MappingErrors {
 public:
  static constexpr size_t kShownMax = 20;
  static constexpr absl::string_view kVerbs[] = {"is ", "must ", "has ", "holds "};

  // `sources` outlives this.
  explicit MappingErrors(const config::SourceMap& sources) : sources_(sources) {}

  // `path` as in `touchpoints[2].occur_time`. A message that begins with its verb is about the field as its author knows it,
  // `occur_time: is required`: the place of one that is left out is that of the group that lacks it.
  void Add(absl::string_view path, absl::string_view message) {
    if (shown_.size() >= kShownMax) return;
    const bool verb = std::any_of(std::begin(kVerbs), std::end(kVerbs),
                                  [message](absl::string_view one) { return absl::StartsWith(message, one); });
    const absl::string_view field = path.substr(path.rfind('.') + 1);
    std::string shown = sources_.At(path, verb ? absl::StrCat(field, ": ", message) : std::string(message)).Render();
    // What is wrong with all rules alike is told once.
    if (std::find(shown_.begin(), shown_.end(), shown) == shown_.end()) shown_.push_back(std::move(shown));
  }

  // INVALID_ARGUMENT with all of them, or OK.
  absl::Status ToStatus() const {
    return shown_.empty() ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrJoin(shown_, "\n"));
  }

 private:
  const config::SourceMap& sources_;
  std::vector<std::string> shown_;
};

}  // namespace touchstone::cli
