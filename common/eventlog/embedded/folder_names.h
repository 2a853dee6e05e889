#pragma once

#include <array>

#include "absl/strings/string_view.h"

namespace touchstone::eventlog::embedded {

// The folder of an embedded log holds these and nothing else. What each is: README.md.
inline constexpr absl::string_view kLockName = "LOCK";
// Written first of all: where it stands, a log has begun.
inline constexpr absl::string_view kFormatName = "FORMAT";
// What becomes FORMAT; left behind where the process ended between.
inline constexpr absl::string_view kFormatDraftName = "FORMAT.new";
inline constexpr absl::string_view kStoreName = "store";
inline constexpr absl::string_view kMarkName = "MARK";

inline constexpr std::array kFolderNames = {kLockName, kFormatName, kFormatDraftName, kStoreName, kMarkName};

}  // namespace touchstone::eventlog::embedded
