#pragma once

#include <string>

#include "absl/status/status.h"

namespace touchstone::process {

// The secret behind name keys, in a data folder or a backup of one.
inline constexpr char kSecretName[] = "name-secret";
// The log of a data folder that is being restored; what an interrupted restore leaves.
inline constexpr char kRestoringName[] = "log.restoring";
// In a backup of a data folder: what it is, written last; until then there is the other.
inline constexpr char kBackupName[] = "BACKUP";
inline constexpr char kUnfinishedBackupName[] = "BACKUP.unfinished";

// In a data folder whose data was moved to a cluster: where to, for people.
inline constexpr char kMovedName[] = "MOVED";

// The folder that a setting named for what is kept on the embedded log: `log/` and `name-secret`.
//
// Makes it where it is not there; writes nothing into it. INVALID_ARGUMENT, which says what was found and what to do: `path` is
// no folder and none can be made, this user may not write to it, it is a backup or half restored from one, its data was moved
// to a cluster, or it holds somebody
// else's files and nothing of ours. A file system's own `lost+found` is nobody's. Blocks for the disk.
absl::Status PrepareDataDir(const std::string& path);

}  // namespace touchstone::process
