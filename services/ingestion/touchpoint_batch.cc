#include "services/ingestion/touchpoint_batch.h"

#include "absl/strings/str_cat.h"
#include "common/ids/id.h"
#include "common/names/name_key.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"
#include "services/ingestion/domain/touchpoint_check.h"

namespace touchstone::ingestion {

absl::StatusOr<eventlog::OutRecord> CheckedRecord(absl::string_view touchpoint, absl::string_view path,
                                                  const names::NameSecret& secret, absl::Time now) {
  ASSIGN_OR_RETURN(const events::v1::Touchpoint checked, CheckedTouchpoint(touchpoint, path, secret, now));
  eventlog::OutRecord record;
  record.topic = topics::kTouchpoints;
  record.key = names::PrimaryName(checked.names())->key();
  // A repeat of (source, id) is the same record to whoever reads without state.
  record.id = ids::DerivedId("touchpoint", {checked.source(), checked.id()});
  record.value = checked.SerializeAsString();
  return record;
}

TouchpointBatch CheckedBatch(const google::protobuf::RepeatedPtrField<std::string>& touchpoints, absl::string_view path,
                             const names::NameSecret& secret, absl::Time now) {
  TouchpointBatch batch;
  batch.items.resize(touchpoints.size());
  batch.records.reserve(touchpoints.size());
  for (int i = 0; i < touchpoints.size(); ++i) {
    absl::StatusOr<eventlog::OutRecord> record = CheckedRecord(touchpoints[i], absl::StrCat(path, "[", i, "]"), secret, now);
    batch.items[i] = {record.status(), batch.records.size()};
    if (record.ok()) batch.records.push_back(*std::move(record));
  }
  return batch;
}

}  // namespace touchstone::ingestion
