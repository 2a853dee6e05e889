#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/topic_catalog.h"

namespace touchstone::eventlog {

// How far a task's state is restored from its changelog.
struct RestoreProgress {
  std::string kind;
  int partition = 0;
  // Of the changelog behind the local copy, by offsets: what compaction and transactions have left empty is counted too.
  int64_t restored_count = 0;
  int64_t total_count = 0;
  bool is_done = false;
};

// How a process works on a cluster. A value.
struct KafkaOptions {
  // Brokers to begin with: `host:port,host:port`.
  std::string bootstrap;
  // Before the name of every topic, group and transaction, so that several deployments fit one cluster.
  std::string prefix = "touchstone.";
  // Tells this process apart for those who look at the cluster.
  std::string instance;
  // Where local copies of tasks' states lie. A task kind's are one process's at a time.
  std::string data_folder;
  // What the manifest declares. The cluster's partition counts are what counts; see KafkaLog.
  TopicCatalog catalog;

  // A member that is silent for so long loses its partitions; one that is started again sooner keeps them.
  absl::Duration session_timeout = absl::Seconds(6);
  // What RocksDB keeps of states in memory, for all tasks of a kind together.
  size_t state_cache_bytes = 64 << 20;

  // Settings of librdkafka beside ours, e.g. `sasl.password`. Never printed. What correctness rests on cannot be overridden.
  std::map<std::string, std::string> settings;
  // What librdkafka has to say (severity as in syslog: 3 is an error, 7 is debugging). From any thread; may be empty.
  std::function<void(int severity, absl::string_view text)> on_log;
  // Told of each task that a member restores: when that begins, about every second, and when it is done. On the thread of the
  // member; may be empty.
  std::function<void(const RestoreProgress& progress)> on_restore;
};

}  // namespace touchstone::eventlog
