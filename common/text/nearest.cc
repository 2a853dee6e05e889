#include "common/text/nearest.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace touchstone::text {
namespace {

using Row = std::array<int, kWordBytesMax + 1>;

}  // namespace

int EditDistance(absl::string_view a, absl::string_view b) {
  if (a.size() > kWordBytesMax || b.size() > kWordBytesMax) return static_cast<int>(std::max(a.size(), b.size()));
  const auto same = [&](size_t i, size_t j) { return absl::ascii_tolower(a[i]) == absl::ascii_tolower(b[j]); };
  Row before_last, last, current;
  for (size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<int>(j);
  before_last = last;
  for (size_t i = 1; i <= a.size(); ++i) {
    current[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int replaced = last[j - 1] + (same(i - 1, j - 1) ? 0 : 1);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1);
      if (swapped) current[j] = std::min(current[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = current;
  }
  return last[b.size()];
}

absl::string_view NearestWord(absl::string_view word, absl::Span<const std::string> candidates) {
  int best = std::max<int>(1, static_cast<int>(word.size()) / 3) + 1;
  absl::string_view nearest;
  for (const std::string& candidate : candidates) {
    const int distance = EditDistance(word, candidate);
    // A word of one or two letters is "near" to anything of its length; nothing of it would be left.
    if (distance < best && distance < static_cast<int>(candidate.size())) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string DidYouMean(absl::string_view word, absl::Span<const std::string> candidates) {
  const absl::string_view nearest = NearestWord(word, candidates);
  return nearest.empty() ? "" : absl::StrCat("; did you mean '", nearest, "'?");
}

}  // namespace touchstone::text
