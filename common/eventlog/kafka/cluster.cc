#include "common/eventlog/kafka/cluster.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::kafka {
namespace {

constexpr int kAsksMax = 40;
constexpr int kAskAgainMs = 50;

int Milliseconds(absl::Duration span) { return static_cast<int>(absl::ToInt64Milliseconds(span)); }

// The partition is being given to a broker, as right after it was made: who asks again soon gets an answer.
bool MovesHouse(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION || error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
         error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
}

// A question for the time "end" is one for the end. Unlike query_watermark_offsets it keeps its time-out and is one request.
rd_kafka_resp_err_t AskOnce(rd_kafka_t* handle, rd_kafka_topic_partition_list_t* list) {
  const rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(handle, list, Milliseconds(kAnswerTimeout));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return error;
  for (int i = 0; i < list->cnt; ++i) {
    if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) return list->elems[i].err;
    if (list->elems[i].offset < 0) return RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

absl::Status NoAnswer(const KafkaOptions& options, const std::string& failure) {
  // Librdkafka goes on trying; it says only in words why.
  if (absl::StrContains(failure, "uthenticat")) {
    return absl::PermissionDeniedError(absl::StrCat("the cluster at ", options.bootstrap,
                                                    " does not let this process in: ", failure, ". See sasl.* in its settings"));
  }
  std::string text = absl::StrCat("no broker answers at ", options.bootstrap, ": start one there, or name another");
  if (absl::StrContains(failure, "SSL")) absl::StrAppend(&text, ", or see ssl.* in the settings: ", failure);
  return status::WithRetry(absl::UnavailableError(text), absl::Seconds(1));
}

}  // namespace

absl::StatusOr<Cluster> ReadCluster(const KafkaOptions& options, rd_kafka_t* handle) {
  const rd_kafka_metadata_t* answer = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(handle, /*all_topics=*/1, nullptr, &answer, Milliseconds(kConnectTimeout));
  const Owned<const rd_kafka_metadata_t> metadata(answer);
  if (error == RD_KAFKA_RESP_ERR__TRANSPORT || error == RD_KAFKA_RESP_ERR__TIMED_OUT) {
    return NoAnswer(options, LastFailure(handle));
  }
  RETURN_IF_ERROR(ToStatus(error, absl::StrCat("the cluster at ", options.bootstrap)));
  Cluster cluster;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
    if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR || topic.partition_cnt == 0) continue;
    cluster.partition_counts[topic.topic] = topic.partition_cnt;
    int& replicas = cluster.replica_counts[topic.topic] = topic.partitions[0].replica_cnt;
    for (int p = 0; p < topic.partition_cnt; ++p) replicas = std::min(replicas, topic.partitions[p].replica_cnt);
  }
  char* id = rd_kafka_clusterid(handle, Milliseconds(kAnswerTimeout));
  if (id == nullptr) return absl::UnavailableError(absl::StrCat("the cluster at ", options.bootstrap, " does not tell its id"));
  cluster.id = id;
  rd_kafka_mem_free(handle, id);
  return cluster;
}

absl::StatusOr<OffsetReader> OffsetReader::Open(const KafkaOptions& options, absl::string_view isolation) {
  ASSIGN_OR_RETURN(Client client, ReaderSettings(options, isolation).Make(RD_KAFKA_CONSUMER));
  return OffsetReader(std::move(client));
}

absl::StatusOr<std::vector<int64_t>> OffsetReader::Ask(std::vector<TopicPartition> partitions, int64_t which) const {
  if (partitions.empty()) return std::vector<int64_t>();
  for (TopicPartition& p : partitions) p.offset = which;
  for (int asked = 1;; ++asked) {
    const PartitionList list = MakeList(partitions);
    const rd_kafka_resp_err_t error = AskOnce(client_.get(), list.get());
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      std::vector<int64_t> offsets;
      for (int i = 0; i < list->cnt; ++i) offsets.push_back(list->elems[i].offset);
      return offsets;
    }
    if (!MovesHouse(error) || asked == kAsksMax) {
      return ToStatus(error, absl::StrCat("asking for offsets of ", partitions.front().topic));
    }
    const Message none(rd_kafka_consumer_poll(client_.get(), kAskAgainMs));
  }
}

absl::Status AssignAt(rd_kafka_t* consumer, const std::vector<TopicPartition>& partitions) {
  const rd_kafka_metadata_t* answer = nullptr;
  // With references to the topics held, metadata of just these is asked for.
  std::vector<Owned<rd_kafka_topic_t>> topics;
  for (const TopicPartition& p : partitions) topics.emplace_back(rd_kafka_topic_new(consumer, p.topic.c_str(), nullptr));
  const rd_kafka_resp_err_t known = rd_kafka_metadata(consumer, 0, nullptr, &answer, Milliseconds(kAnswerTimeout));
  const Owned<const rd_kafka_metadata_t> metadata(answer);
  RETURN_IF_ERROR(ToStatus(known, "asking where topics are"));
  const PartitionList list = MakeList(partitions);
  return ToStatus(rd_kafka_assign(consumer, list.get()), "beginning to read");
}

}  // namespace touchstone::eventlog::kafka
