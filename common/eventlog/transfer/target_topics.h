#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/eventlog/kafka/kafka_options.h"
#include "common/eventlog/topics_manifest.h"

namespace touchstone::eventlog::transfer {

// The topics of a cluster, made ready to be filled, and at the end what they are declared to be. While they are filled they are
// set otherwise, which also tells a transfer that was interrupted from topics of somebody else:
//
//   message.timestamp.type=CreateTime         records keep the times at which the folder took them
//   cleanup.policy=delete, retention.ms=-1    nothing that was written goes before all is compared
//
// Blocks for the broker; UNAVAILABLE where none answers.

enum class Target {
  // Empty, or half filled by a transfer that was interrupted: set for being filled.
  kToFill,
  // It holds records, and is set as declared: filled by a transfer that came to its end, or by somebody else. Nothing was
  // changed.
  kFilled,
};

// Creates what is missing and sets what is there. FAILED_PRECONDITION, and nothing is changed: topics are made otherwise than
// declared.
absl::StatusOr<Target> PrepareTopics(const KafkaOptions& options, const TopicsManifest& manifest);

// Sets all as the manifest declares.
absl::Status SealTopics(const KafkaOptions& options, const TopicsManifest& manifest);

}  // namespace touchstone::eventlog::transfer
