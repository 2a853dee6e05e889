#include "common/eventlog/kafka/fence.h"

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::kafka {
namespace {

// How long a step may take; what it began goes on without it.
constexpr int kStepMs = 5;

}  // namespace

absl::StatusOr<Fence> Fence::Begin(const KafkaOptions& options, const std::string& transactional_id) {
  Settings settings(options);
  settings.Set("transactional.id", transactional_id);
  ASSIGN_OR_RETURN(Client client, std::move(settings).Make(RD_KAFKA_PRODUCER));
  return Fence(std::move(client), transactional_id);
}

absl::StatusOr<bool> Fence::Step() {
  const Error error(rd_kafka_init_transactions(client_.get(), kStepMs));
  if (error == nullptr) return true;
  // While the broker still aborts, it says so, and is asked again.
  if (rd_kafka_error_is_retriable(error.get())) return false;
  return ToStatus(rd_kafka_error_code(error.get()),
                  absl::StrCat("fencing ", transactional_id_, ": ", rd_kafka_error_string(error.get())));
}

}  // namespace touchstone::eventlog::kafka
