#include "common/eventlog/kafka/admin_request.h"

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::kafka {
namespace {

// Librdkafka reports its own time-outs a little later.
constexpr absl::Duration kReportDelayMax = absl::Seconds(1);

int Milliseconds(absl::Duration span) { return static_cast<int>(absl::ToInt64Milliseconds(span)); }

}  // namespace

Owned<rd_kafka_AdminOptions_t> AdminOptions(rd_kafka_t* handle, rd_kafka_admin_op_t operation, absl::Duration timeout) {
  Owned<rd_kafka_AdminOptions_t> options(rd_kafka_AdminOptions_new(handle, operation));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), Milliseconds(timeout), nullptr, 0);
  return options;
}

absl::StatusOr<Owned<rd_kafka_event_t>> AwaitAnswer(rd_kafka_queue_t* queue, absl::Duration timeout, absl::string_view doing) {
  Owned<rd_kafka_event_t> event(rd_kafka_queue_poll(queue, Milliseconds(timeout + kReportDelayMax)));
  if (event == nullptr) {
    return status::WithRetry(absl::UnavailableError(absl::StrCat(doing, ": the cluster does not answer")), absl::Seconds(1));
  }
  RETURN_IF_ERROR(ToStatus(rd_kafka_event_error(event.get()), doing));
  return event;
}

}  // namespace touchstone::eventlog::kafka
