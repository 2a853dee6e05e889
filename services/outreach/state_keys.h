#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

// Keys of the planner's and the gate's state (ADR 0006): a letter for the part, then owner, NUL, rest. A name key holds no NUL.
namespace touchstone::outreach {

inline constexpr char kSubjectHeadPart = 'S';
inline constexpr char kOutreachPart = 'O';
inline constexpr char kAddressHeadPart = 'A';
inline constexpr char kSendPart = 'K';
inline constexpr char kOutcomePart = 'R';

inline std::string HeadKey(char part, absl::string_view owner) { return absl::StrCat(std::string(1, part), owner); }

inline std::string PartKey(char part, absl::string_view owner, absl::string_view rest) {
  return absl::StrCat(std::string(1, part), owner, absl::string_view("\0", 1), rest);
}

// A key cut into its pieces; views of `key`. `rest` is empty for a head.
struct KeyPieces {
  char part = 0;
  absl::string_view owner;
  absl::string_view rest;
};

inline KeyPieces CutKey(absl::string_view key) {
  if (key.empty()) return {};
  const size_t nul = key.find('\0');
  if (nul == absl::string_view::npos) return {key[0], key.substr(1), {}};
  return {key[0], key.substr(1, nul - 1), key.substr(nul + 1)};
}

}  // namespace touchstone::outreach
