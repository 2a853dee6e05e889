#include "common/eventlog/transfer/group_positions.h"

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/cluster.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::transfer {
namespace {

constexpr int kTriesMax = 30;
constexpr int kTryAgainMs = 500;

// A coordinator that is being chosen, as right after a cluster was made.
bool MayPass(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE || error == RD_KAFKA_RESP_ERR_NOT_COORDINATOR ||
         error == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS || error == RD_KAFKA_RESP_ERR__WAIT_COORD ||
         error == RD_KAFKA_RESP_ERR__TRANSPORT || error == RD_KAFKA_RESP_ERR__TIMED_OUT ||
         error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
}

}  // namespace

absl::Status CommitPositions(const KafkaOptions& options, const std::string& kind,
                             const std::vector<kafka::TopicPartition>& positions) {
  if (positions.empty()) return absl::OkStatus();
  const std::string group = absl::StrCat(options.prefix, kind);
  kafka::Settings settings = kafka::ReaderSettings(options, "read_committed");
  settings.Set("group.id", group);
  ASSIGN_OR_RETURN(const kafka::Client client, std::move(settings).Make(RD_KAFKA_CONSUMER));
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    error = rd_kafka_commit(client.get(), kafka::MakeList(positions).get(), /*async=*/0);
    if (!MayPass(error)) break;
    const kafka::Message none(rd_kafka_consumer_poll(client.get(), kTryAgainMs));
  }
  if (error == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID || error == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION ||
      error == RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS) {
    return absl::FailedPreconditionError(absl::StrCat("group ", group,
                                                      " has members: stop the services of this prefix, and wait until "
                                                      "the broker has seen them go, some seconds"));
  }
  return kafka::ToStatus(error, absl::StrCat("setting where group ", group, " stands"));
}

}  // namespace touchstone::eventlog::transfer
