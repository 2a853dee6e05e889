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

namespace touchstone::eventlog::embedded {

// A folder that is whole, locked and read in. What is later in this list uses what is before.
struct OpenedFolder {
  std::unique_ptr<DataFolder> folder;
  std::unique_ptr<Store> store;
  std::unique_ptr<MarkFile> mark;
  std::unique_ptr<TopicTable> topics;
  std::unique_ptr<TaskTable> tasks;
  // The last write; durable.
  WriteEnd end;
};

// Errors as OpenEmbeddedLog's.
absl::StatusOr<OpenedFolder> OpenFolder(const EmbeddedOptions& options);

}  // namespace touchstone::eventlog::embedded
