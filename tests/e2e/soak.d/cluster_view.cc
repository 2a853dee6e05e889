#include "tests/e2e/soak.d/cluster_view.h"

#include <functional>

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/rdkafka.h"
#include "common/status/macros.h"

namespace touchstone::e2e {
namespace {

namespace kafka = touchstone::eventlog::kafka;

constexpr int kAnswerMs = 5000;

// Asks with a fresh handle: one that has seen a broker die may be slow to answer.
absl::Status WithMetadata(const std::string& bootstrap, const std::function<absl::Status(const rd_kafka_metadata_t&)>& look) {
  eventlog::KafkaOptions options;
  options.bootstrap = bootstrap;
  options.on_log = [](int, absl::string_view) {};
  ASSIGN_OR_RETURN(const kafka::Client client, kafka::Settings(options).Make(RD_KAFKA_PRODUCER));
  const rd_kafka_metadata_t* answer = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(client.get(), /*all_topics=*/1, nullptr, &answer, kAnswerMs);
  const kafka::Owned<const rd_kafka_metadata_t> metadata(answer);
  RETURN_IF_ERROR(kafka::ToStatus(error, "asking the cluster"));
  return look(*metadata);
}

}  // namespace

absl::StatusOr<int> LeaderOf(const std::string& bootstrap, const std::string& topic, int partition) {
  int leader = -1;
  RETURN_IF_ERROR(WithMetadata(bootstrap, [&](const rd_kafka_metadata_t& metadata) {
    for (int i = 0; i < metadata.topic_cnt; ++i) {
      const rd_kafka_metadata_topic_t& found = metadata.topics[i];
      if (found.topic == topic && partition < found.partition_cnt) leader = found.partitions[partition].leader;
    }
    return absl::OkStatus();
  }));
  if (leader < 0) return absl::UnavailableError(absl::StrCat("nobody leads ", topic, "/", partition));
  return leader;
}

absl::Status AllInSync(const std::string& bootstrap) {
  return WithMetadata(bootstrap, [](const rd_kafka_metadata_t& metadata) -> absl::Status {
    for (int i = 0; i < metadata.topic_cnt; ++i) {
      const rd_kafka_metadata_topic_t& topic = metadata.topics[i];
      for (int p = 0; p < topic.partition_cnt; ++p) {
        const rd_kafka_metadata_partition_t& partition = topic.partitions[p];
        if (partition.leader < 0 || partition.isr_cnt < partition.replica_cnt)
          return absl::UnavailableError(absl::StrCat(topic.topic, "/", partition.id, " has ", partition.isr_cnt, " of ",
                                                     partition.replica_cnt, " in sync"));
      }
    }
    return absl::OkStatus();
  });
}

}  // namespace touchstone::e2e
