#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/cel/cel.h"
#include "services/classification/domain/scene.h"

namespace touchstone::classification {

// A CEL expression over a scene that is true or false, compiled. Cheap to copy; immutable, any thread.
class Condition {
 public:
  Condition() = default;

  // Nothing, and `errors` filled, where the text is not a condition.
  static std::optional<Condition> Compile(absl::string_view text, Sees sees, std::vector<cel::CompileError>& errors);

  // A condition that has no value (a missing map key, a division by zero) does not hold.
  bool Holds(const Scene& scene) const;
  // What each part came to, in words, each once; not the whole.
  std::string Saw(const Scene& scene) const;

  // Could it hold for a touchpoint of this type?
  bool MayHoldFor(absl::string_view type) const;
  // The types it names; nothing: it may hold for any.
  const std::optional<std::vector<std::string>>& types() const { return types_; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  Sees sees_ = Sees::kAll;
  std::optional<cel::Program> program_;
  // Sorted.
  std::optional<std::vector<std::string>> types_;
};

}  // namespace touchstone::classification
