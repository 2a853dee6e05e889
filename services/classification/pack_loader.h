#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/classification/domain/pack.h"
#include "services/classification/domain/pack_compiler.h"

namespace touchstone::classification {

// Packs that extend packs, at most so many deep.
inline constexpr int kPackChainMax = 4;

// The text of a file; NOT_FOUND where there is none.
using ReadFile = absl::FunctionRef<absl::StatusOr<std::string>(const std::string& path)>;

// Loads the pack in `folder` (pack.yaml, stages.yaml, moments.yaml) and those it extends (folders beside it), checked whole.
// INVALID_ARGUMENT holds every error as `file:line:column: message`, the line and a caret, also inside expressions. Reads files.
absl::StatusOr<std::shared_ptr<const Pack>> LoadPack(const std::string& folder);

// The same from wherever `read` finds files.
absl::StatusOr<std::shared_ptr<const Pack>> LoadPack(const std::string& folder, ReadFile read);

// The files of the pack and of those it extends, that one first, not compiled: for whoever changes them before.
absl::StatusOr<std::vector<PackSource>> LoadPackSources(const std::string& folder, ReadFile read);

// A file of this machine (config::ReadFileText), at most config::kYamlBytesMax.
absl::StatusOr<std::string> ReadFileFromDisk(const std::string& path);

}  // namespace touchstone::classification
