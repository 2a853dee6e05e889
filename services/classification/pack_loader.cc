#include "services/classification/pack_loader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/config/file_text.h"
#include "common/config/source_map.h"
#include "common/config/yaml.h"
#include "common/status/macros.h"

namespace touchstone::classification {
namespace {

// A source and where everything in it stands.
struct LoadedSource {
  PackSource source;
  std::string folder;
  config::SourceMap maps[3];  // By PackProblem::File.
};

std::string Parent(absl::string_view folder) {
  folder = absl::StripSuffix(folder, "/");
  const size_t slash = folder.rfind('/');
  return slash == absl::string_view::npos ? "." : std::string(folder.substr(0, slash));
}

// The lines of the list's element `index`, and where they begin.
class RuleTexts {
 public:
  RuleTexts(absl::string_view text, const config::SourceMap& map, const pack::v1::MomentsFile& file)
      : lines_(absl::StrSplit(text, '\n')), map_(map) {
    for (int i = 0; i < file.moments_size(); ++i) starts_.push_back(Line(absl::StrCat("moments[", i, "]")));
    ends_ = starts_;
    // A list ends where the next key stands at the left.
    ends_.push_back(static_cast<int>(lines_.size()) + 1);
    ends_.erase(ends_.begin());
  }

  void Fill(PackSource& source) const {
    for (size_t i = 0; i < starts_.size(); ++i) {
      source.moment_texts.push_back(Text(starts_[i], ends_[i]));
      source.moment_locations.push_back(absl::StrCat("moments.yaml:", starts_[i]));
    }
  }

 private:
  int Line(absl::string_view path) const { return map_.Find(path).line; }

  std::string Text(int first, int end) const {
    std::vector<absl::string_view> text;
    for (int line = first; line < end && line <= static_cast<int>(lines_.size()); ++line) {
      const absl::string_view one = lines_[static_cast<size_t>(line - 1)];
      if (line > first && !one.empty() && one[0] != ' ' && one[0] != '#') break;
      text.push_back(one);
    }
    while (!text.empty() && (absl::StripAsciiWhitespace(text.back()).empty() || text.back()[0] == '#')) text.pop_back();
    return absl::StrJoin(text, "\n");
  }

  const std::vector<absl::string_view> lines_;
  const config::SourceMap& map_;
  std::vector<int> starts_;
  std::vector<int> ends_;
};

class PackLoading {
 public:
  explicit PackLoading(ReadFile read) : read_(read) {}

  absl::StatusOr<std::shared_ptr<const Pack>> Load(const std::string& folder) {
    ASSIGN_OR_RETURN(const std::vector<PackSource> sources, ReadSources(folder));
    std::vector<PackProblem> problems;
    std::shared_ptr<const Pack> pack = CompilePack(sources, problems);
    if (pack == nullptr) return absl::InvalidArgumentError(Render(problems));
    return pack;
  }

  absl::StatusOr<std::vector<PackSource>> ReadSources(const std::string& folder) {
    RETURN_IF_ERROR(ReadChain(folder));
    if (!errors_.empty()) return absl::InvalidArgumentError(absl::StrJoin(errors_, "\n"));
    std::reverse(chain_.begin(), chain_.end());  // The one extended comes first.
    std::vector<PackSource> sources;
    for (const LoadedSource& loaded : chain_) sources.push_back(loaded.source);
    return sources;
  }

 private:
  absl::Status ReadChain(std::string folder) {
    while (true) {
      LoadedSource& loaded = chain_.emplace_back();
      loaded.folder = folder;
      const absl::Status read = ReadSource(loaded);
      if (absl::IsNotFound(read) && chain_.size() > 1) {
        const config::SourceMap& extending = chain_[chain_.size() - 2].maps[0];
        return absl::InvalidArgumentError(
            extending.At("extends", absl::StrCat("extends what cannot be read: ", read.message())).Render());
      }
      RETURN_IF_ERROR(read);
      const std::string& base = loaded.source.pack.extends();
      if (base.empty()) return absl::OkStatus();
      folder = absl::StrCat(Parent(folder), "/", base);
      const bool circle =
          std::any_of(chain_.begin(), chain_.end(), [&](const LoadedSource& one) { return one.folder == folder; });
      if (circle || chain_.size() >= kPackChainMax) {
        const char* why = circle ? "extends itself in a circle" : "extends too many packs in a row";
        return absl::InvalidArgumentError(loaded.maps[0].At("extends", why).Render());
      }
    }
  }

  absl::Status ReadSource(LoadedSource& loaded) {
    RETURN_IF_ERROR(ReadYaml(loaded.folder + "/pack.yaml", true, loaded.source.pack, loaded.maps[0]).status());
    RETURN_IF_ERROR(ReadYaml(loaded.folder + "/stages.yaml", false, loaded.source.stages, loaded.maps[1]).status());
    ASSIGN_OR_RETURN(const std::string text,
                     ReadYaml(loaded.folder + "/moments.yaml", false, loaded.source.moments, loaded.maps[2]));
    RuleTexts(text, loaded.maps[2], loaded.source.moments).Fill(loaded.source);
    return absl::OkStatus();
  }

  // What does not parse is noted, so that one run tells the errors of all files.
  absl::StatusOr<std::string> ReadYaml(const std::string& path, bool required, google::protobuf::Message& message,
                                       config::SourceMap& map) {
    absl::StatusOr<std::string> text = read_(path);
    if (absl::IsNotFound(text.status()) && !required) return std::string();
    RETURN_IF_ERROR(text.status());
    const absl::Status parsed = config::ParseYaml(path, *text, &message, &map);
    if (!parsed.ok()) errors_.push_back(std::string(parsed.message()));
    return text;
  }

  std::string Render(const std::vector<PackProblem>& problems) const {
    std::vector<std::string> rendered;
    for (const PackProblem& problem : problems) {
      const config::SourceMap& map = chain_[problem.source].maps[static_cast<int>(problem.file)];
      const std::string message = problem.offset ? problem.message : absl::StrCat(problem.path, " ", problem.message);
      rendered.push_back((problem.offset ? map.Inside(problem.path, static_cast<size_t>(*problem.offset), message)
                                         : map.At(problem.path, message))
                             .Render());
    }
    return absl::StrJoin(rendered, "\n");
  }

  ReadFile read_;
  std::vector<LoadedSource> chain_;
  std::vector<std::string> errors_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const Pack>> LoadPack(const std::string& folder) { return LoadPack(folder, ReadFileFromDisk); }

absl::StatusOr<std::shared_ptr<const Pack>> LoadPack(const std::string& folder, ReadFile read) {
  return PackLoading(read).Load(folder);
}

absl::StatusOr<std::vector<PackSource>> LoadPackSources(const std::string& folder, ReadFile read) {
  return PackLoading(read).ReadSources(folder);
}

absl::StatusOr<std::string> ReadFileFromDisk(const std::string& path) {
  return config::ReadFileText(path, config::kYamlBytesMax);
}

}  // namespace touchstone::classification
