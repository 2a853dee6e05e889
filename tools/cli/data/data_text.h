#pragma once

#include <string>

#include "absl/time/time.h"
#include "common/eventlog/embedded/folder_copy.h"
#include "tools/cli/context.h"
#include "tools/cli/data/backup.h"

namespace touchstone::cli {

// What a check found, by topic and by task kind: as tables, or with --json an object a line.
void PrintReport(const eventlog::FolderReport& report, Context& context);

// `2026-11-22 07:25:10 UTC`.
std::string MomentText(absl::Time time);
// `45.2 MB`.
std::string SizeText(int64_t bytes);
int64_t BytesOf(const std::vector<eventlog::CopiedFile>& files);

}  // namespace touchstone::cli
