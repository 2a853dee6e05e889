#include "common/text/nearest.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace touchstone::text {
namespace {

// In halves of a difference, so that letter case can count as one.
constexpr int kEdit = 2;
constexpr int kCase = 1;

int ReplaceCost(char a, char b) {
  if (a == b) return 0;
  return absl::ascii_tolower(a) == absl::ascii_tolower(b) ? kCase : kEdit;
}

int EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<int> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = kEdit * static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = kEdit * static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + kEdit, row[j - 1] + kEdit, last[j - 1] + ReplaceCost(a[i - 1], b[j - 1])});
      if (i == 1 || j == 1) continue;
      const int swapped = kEdit + ReplaceCost(a[i - 1], b[j - 2]) + ReplaceCost(a[i - 2], b[j - 1]);
      row[j] = std::min(row[j], before_last[j - 2] + swapped);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

absl::string_view NearestWord(absl::string_view word, absl::Span<const std::string> candidates) {
  if (word.size() > kWordBytesMax) return "";
  const int allowed = std::max<int>(kEdit, kEdit * static_cast<int>(word.size()) / 3);
  int best = allowed + 1;
  absl::string_view nearest;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kWordBytesMax) continue;
    int distance = EditDistance(word, candidate);
    if (absl::EqualsIgnoreCase(word, candidate)) distance = std::min(distance, allowed);
    // A word of one letter is "near" to anything of its length; nothing of it would be left.
    if (distance < best && distance < kEdit * static_cast<int>(candidate.size())) {
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
