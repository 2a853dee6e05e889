#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace touchstone::e2e {

// What is wrong: how often of each kind, and the first few of it in words.
class Findings {
 public:
  static constexpr size_t kExamplesMax = 5;

  void Add(absl::string_view kind, absl::string_view what) {
    Kind& found = kinds_[std::string(kind)];
    ++found.count;
    if (found.examples.size() < kExamplesMax) found.examples.emplace_back(what);
  }

  struct Kind {
    int64_t count = 0;
    std::vector<std::string> examples;
  };
  // All that others found of one kind.
  void Take(const std::string& kind, const Kind& found) {
    Kind& known = kinds_[kind];
    known.count += found.count;
    known.examples.insert(known.examples.end(), found.examples.begin(), found.examples.end());
  }
  const std::map<std::string, Kind>& kinds() const { return kinds_; }
  int64_t CountOf(const std::string& kind) const {
    const auto found = kinds_.find(kind);
    return found == kinds_.end() ? 0 : found->second.count;
  }
  bool none() const { return kinds_.empty(); }

 private:
  std::map<std::string, Kind> kinds_;
};

}  // namespace touchstone::e2e
