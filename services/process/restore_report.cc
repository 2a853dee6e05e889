#include "services/process/restore_report.h"

#include "absl/strings/str_cat.h"

namespace touchstone::process {

void RestoreReport::Tell(const eventlog::RestoreProgress& progress) {
  const metrics::Labels labels = {{"kind", progress.kind}, {"partition", absl::StrCat(progress.partition)}};
  metrics_
      .AddGauge("touchstone_kafka_restore_records", "Offsets of its changelog that the last restore of a task has to read.",
                labels)
      .Set(static_cast<double>(progress.total_count));
  metrics_.AddGauge("touchstone_kafka_restored_records", "Those of touchstone_kafka_restore_records that are read.", labels)
      .Set(static_cast<double>(progress.restored_count));
  // Most have nothing to do; who waits for the others wants to see them alone.
  if (progress.total_count == 0) return;
  log_.Info(progress.is_done ? "restore.done" : "restore.progress", {{"kind", progress.kind},
                                                                     {"partition", progress.partition},
                                                                     {"restored", progress.restored_count},
                                                                     {"of", progress.total_count}});
}

}  // namespace touchstone::process
