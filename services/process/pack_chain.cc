#include "services/process/pack_chain.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/config/file_text.h"
#include "common/config/yaml.h"
#include "common/status/macros.h"
#include "common/text/nearest.h"

namespace touchstone::process {
namespace {

constexpr size_t kChainMax = 4;

// What the pack in `folder` extends; empty: nothing.
absl::StatusOr<std::string> ExtendedBy(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/pack.yaml");
  const absl::StatusOr<std::string> text = config::ReadFileText(path, config::kYamlBytesMax);
  if (absl::IsNotFound(text.status())) return NoSuchPack(folder);
  RETURN_IF_ERROR(text.status());
  try {
    const YAML::Node pack = YAML::Load(*text);
    return pack["extends"] ? pack["extends"].as<std::string>() : std::string();
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(path, ":", error.mark.line + 1, ":", error.mark.column + 1, ": ", error.msg));
  }
}

}  // namespace

absl::Status NoSuchPack(const std::string& folder) {
  const std::filesystem::path asked(folder);
  std::vector<std::string> packs;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(asked.parent_path().empty() ? "." : asked.parent_path(), error)) {
    if (std::filesystem::exists(entry.path() / "pack.yaml", error)) packs.push_back(entry.path().filename().string());
  }
  std::sort(packs.begin(), packs.end());
  return absl::NotFoundError(absl::StrCat("pack: there is no '", asked.string(), "/pack.yaml' that can be read",
                                          text::DidYouMean(asked.filename().string(), packs),
                                          packs.empty() ? "" : absl::StrCat("; packs there: ", absl::StrJoin(packs, ", "))));
}

absl::StatusOr<std::vector<std::string>> PackChain(const std::string& packs_dir, absl::string_view pack) {
  std::vector<std::string> chain;
  for (std::string next(pack); !next.empty();) {
    const std::string folder = absl::StrCat(packs_dir, "/", next);
    if (chain.size() == kChainMax || std::find(chain.begin(), chain.end(), folder) != chain.end()) {
      return absl::InvalidArgumentError(absl::StrCat("pack ", pack, " extends more than ", kChainMax - 1, " packs, or itself"));
    }
    chain.push_back(folder);
    ASSIGN_OR_RETURN(next, ExtendedBy(folder));
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

}  // namespace touchstone::process
