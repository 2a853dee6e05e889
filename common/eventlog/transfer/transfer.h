#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/eventlog/embedded/folder_reader.h"
#include "common/eventlog/kafka/kafka_options.h"
#include "common/eventlog/topics_manifest.h"

namespace touchstone::eventlog {

// What lies in the folder, and what of it was found on the cluster when it was read back.
struct TransferReport {
  struct OfTopic {
    std::string name;
    int partitions = 0;
    int64_t records_in_folder = 0;
    int64_t records_on_cluster = 0;
  };
  struct OfKind {
    std::string name;
    int partitions = 0;
    int64_t keys_in_folder = 0;
    int64_t keys_on_cluster = 0;
  };
  std::vector<OfTopic> topics;
  std::vector<OfKind> kinds;
  // Topics and task kinds of the folder that the manifest does not declare, and so were not moved.
  std::vector<std::string> left_behind;
};

// Told now and then of how many records, of those of topics and states together, were written or compared. May be empty.
using TransferProgress = std::function<void(int64_t done, int64_t all)>;

// Fills the topics of a cluster with what a folder of the embedded log holds: records with their keys, ids and times, states as
// changelogs, and where each task stands, so that services on the cluster go on where the suite on the folder stopped. How, and
// what offsets mean then: README.md. Of `options` what connects is used, and the prefix; partition counts are the folder's.
//
// Repeatable: one that was interrupted goes on where it was; nothing is doubled. Services must not run on the prefix meanwhile;
// if they are started, they stop with DATA_LOSS. Blocks until all is read back and compared.
//
// FAILED_PRECONDITION: the topics hold what is not of this folder, or are not as needed. UNAVAILABLE: the broker; repeat.
absl::StatusOr<TransferReport> TransferToKafka(const FolderReader& folder, const KafkaOptions& options,
                                               const TopicsManifest& manifest, const TransferProgress& progress);

}  // namespace touchstone::eventlog
