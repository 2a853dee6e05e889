#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/eventlog/embedded/embedded_log.h"
#include "common/eventlog/embedded/internal/data_folder.h"
#include "common/eventlog/embedded/internal/mark_file.h"
#include "common/eventlog/embedded/internal/store.h"
#include "common/eventlog/embedded/internal/task_table.h"
#include "common/eventlog/embedded/internal/topic_table.h"
#include "common/eventlog/embedded/internal/write_end.h"

namespace rocksdb {
class Env;
}

namespace touchstone::eventlog::embedded {

// A folder that is whole, locked and read in. What is later in this list uses what is before.
struct OpenedFolder {
  std::unique_ptr<DataFolder> folder;
  std::unique_ptr<Store> store;
  std::unique_ptr<MarkFile> mark;  // Null where it is only read.
  std::unique_ptr<TopicTable> topics;
  std::unique_ptr<TaskTable> tasks;
  // The last write; durable.
  WriteEnd end;
};

// One at rest, as a start would find it, and nothing changed: what a replay would bring is held in memory. With `lock` no other
// process may use it meanwhile; without, only where none can: it is a copy. All topics are there that the folder was made with.
// Errors as OpenEmbeddedLog's; NOT_FOUND: no log has begun there.
absl::StatusOr<OpenedFolder> OpenFolderToRead(rocksdb::Env& env, const std::string& path, bool lock);

// Errors as OpenEmbeddedLog's.
absl::StatusOr<OpenedFolder> OpenFolder(const EmbeddedOptions& options);

}  // namespace touchstone::eventlog::embedded
