#pragma once

#include <google/protobuf/repeated_field.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/record.h"
#include "common/names/name_secret.h"

namespace touchstone::ingestion {

// The touchpoints of one request, each checked by itself: those that are taken as records to append, and what is wrong with
// the others. A value.
struct TouchpointBatch {
  struct Item {
    // OK: it is `records[record]`.
    absl::Status status;
    size_t record = 0;
  };
  std::vector<Item> items;
  std::vector<eventlog::OutRecord> records;
};

// `path` is the field that holds them: errors say `touchpoints[3].…`.
TouchpointBatch CheckedBatch(const google::protobuf::RepeatedPtrField<std::string>& touchpoints, absl::string_view path,
                             const names::NameSecret& secret, absl::Time now);

// The record that one touchpoint becomes: on touchpoints.v1, under its primary name.
absl::StatusOr<eventlog::OutRecord> CheckedRecord(absl::string_view touchpoint, absl::string_view path,
                                                  const names::NameSecret& secret, absl::Time now);

}  // namespace touchstone::ingestion
