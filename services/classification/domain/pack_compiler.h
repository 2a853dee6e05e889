#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "services/classification/domain/pack.h"
#include "touchstone/classification/pack/v1/pack.pb.h"

namespace touchstone::classification {

// One pack as its author wrote it.
struct PackSource {
  pack::v1::PackFile pack;
  pack::v1::StagesFile stages;
  pack::v1::MomentsFile moments;
  // Of each moment, for Explain: its text, and where it stands. May be shorter.
  std::vector<std::string> moment_texts;
  std::vector<std::string> moment_locations;
};

// What is wrong, and where.
struct PackProblem {
  // Which of the sources, and which of its files.
  size_t source = 0;
  enum class File { kPack, kStages, kMoments } file = File::kPack;
  // The field: `moments[3].if.count.of`.
  std::string path;
  // In an expression: bytes from its start.
  std::optional<int> offset;
  std::string message;
};

// Checks and compiles a pack with those it extends; the one extended comes first. All problems are told at once; with one
// there is no pack. Pure, any thread.
std::unique_ptr<const Pack> CompilePack(absl::Span<const PackSource> chain, std::vector<PackProblem>& problems);

}  // namespace touchstone::classification
