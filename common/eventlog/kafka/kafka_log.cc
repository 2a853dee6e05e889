#include "common/eventlog/kafka/kafka_log.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/eventlog/kafka/cluster.h"
#include "common/eventlog/kafka/kafka_log_impl.h"
#include "common/eventlog/kafka/kafka_member.h"
#include "common/eventlog/kafka/kafka_tail.h"
#include "common/eventlog/kafka/topics_admin.h"
#include "common/status/macros.h"

namespace touchstone::eventlog {

absl::StatusOr<std::unique_ptr<EventLog>> OpenKafkaLog(KafkaOptions options, const clock::Clock& clock) {
  return kafka::KafkaLog::Open(std::move(options), clock);
}

namespace kafka {
namespace {

// A severity of syslog's.
constexpr int kWarning = 4;

// The declared topics with the counts they have.
absl::StatusOr<TopicCatalog> CatalogOf(const KafkaOptions& options, const Cluster& cluster) {
  std::vector<TopicSpec> topics = options.catalog.topics();
  std::vector<std::string> missing;
  for (TopicSpec& topic : topics) {
    auto it = cluster.partition_counts.find(absl::StrCat(options.prefix, topic.name));
    if (it == cluster.partition_counts.end()) {
      missing.push_back(absl::StrCat(options.prefix, topic.name));
    } else {
      topic.partitions = it->second;
    }
  }
  if (missing.empty()) return TopicCatalog(std::move(topics));
  return absl::FailedPreconditionError(absl::StrCat("the cluster at ", options.bootstrap, " lacks ", absl::StrJoin(missing, ", "),
                                                    ". To create what is missing: touchstone topics apply"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaLog>> KafkaLog::Open(KafkaOptions options, const clock::Clock& clock) {
  std::unique_ptr<KafkaLog> log(new KafkaLog(std::move(options), clock));
  RETURN_IF_ERROR(log->Connect());
  return log;
}

absl::Status KafkaLog::Connect() {
  ASSIGN_OR_RETURN(appender_, Appender::Open(options_, catalog_, clock_, changes_));
  ASSIGN_OR_RETURN(const Cluster cluster, ReadCluster(options_, appender_->handle()));
  ASSIGN_OR_RETURN(catalog_, CatalogOf(options_, cluster));
  cluster_id_ = cluster.id;
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const StateStore>> KafkaLog::Store(const std::string& kind) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::shared_ptr<const StateStore>& store = stores_[kind];
  const auto warn = [&](absl::string_view text) {
    if (options_.on_log) options_.on_log(kWarning, text);
  };
  if (store != nullptr && store->damaged()) {
    // Who uses it is told so too, and leaves.
    if (store.use_count() > 1)
      return absl::UnavailableError(absl::StrCat("local copies of ", kind, " are damaged, and still in use"));
    warn(absl::StrCat("local copies of ", kind, " are damaged, and made anew from the cluster"));
    store = nullptr;
  }
  if (store == nullptr) {
    // A copy of another cluster's state, or of another deployment's, lies in another folder; and so do those of services that
    // share a data folder.
    const std::string folder = absl::StrCat(options_.data_folder, "/state/", cluster_id_, "/", options_.prefix, kind);
    if (!claims_.contains(kind)) {
      ASSIGN_OR_RETURN(FolderClaim claim, FolderClaim::Take(folder, options_.instance));
      claims_.emplace(kind, std::move(claim));
    }
    ASSIGN_OR_RETURN(store, StateStore::Open(folder, options_.state_cache_bytes, warn));
  }
  return store;
}

absl::StatusOr<std::vector<TopicPartition>> KafkaLog::PartitionsOf(absl::string_view topic) const {
  ASSIGN_OR_RETURN(const TopicSpec spec, catalog_.Find(topic));
  std::vector<TopicPartition> partitions;
  for (int p = 0; p < spec.partitions; ++p) partitions.push_back({Physical(topic), p});
  return partitions;
}

absl::StatusOr<int> KafkaLog::CheckedPartitionCount(const TaskKind& kind) const {
  RETURN_IF_ERROR(CheckCoPartitioned(kind, catalog_, options_.prefix));
  ASSIGN_OR_RETURN(const TopicSpec first, catalog_.Find(kind.inputs.front()));
  return first.partitions;
}

absl::StatusOr<std::unique_ptr<Member>> KafkaLog::Join(const TaskKind& kind, const MemberOptions& options) {
  ASSIGN_OR_RETURN(const int partition_count, CheckedPartitionCount(kind));
  std::string id = absl::StrCat(options_.prefix, kind.name, "-", options.instance, "-", options.worker);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!member_ids_.insert(id).second) {
      return absl::FailedPreconditionError(
          absl::StrCat("worker ", options.worker, " of ", options.instance, " is a member of ", kind.name, " already"));
    }
  }
  return KafkaMember::Join(*this, kind, partition_count, std::move(id));
}

void KafkaLog::Leave(const std::string& member_id) {
  std::lock_guard<std::mutex> lock(mutex_);
  member_ids_.erase(member_id);
}

absl::StatusOr<std::unique_ptr<Tail>> KafkaLog::OpenTail(absl::string_view topic, const TailStart& start) {
  ASSIGN_OR_RETURN(std::vector<TopicPartition> partitions, PartitionsOf(topic));
  return KafkaTail::Open(options_, std::move(partitions), start, changes_);
}

absl::StatusOr<std::vector<int64_t>> KafkaLog::EndOffsets(absl::string_view topic) {
  ASSIGN_OR_RETURN(std::vector<TopicPartition> partitions, PartitionsOf(topic));
  ASSIGN_OR_RETURN(const OffsetReader reader, OffsetReader::Open(options_, "read_committed"));
  return reader.Ends(std::move(partitions));
}

absl::StatusOr<std::vector<std::vector<int64_t>>> KafkaLog::HighWatermarks(const std::vector<std::string>& topics) {
  std::vector<TopicPartition> asked;
  std::vector<std::vector<int64_t>> ends;
  for (const std::string& topic : topics) {
    ASSIGN_OR_RETURN(const std::vector<TopicPartition> partitions, PartitionsOf(topic));
    ends.emplace_back(partitions.size());
    asked.insert(asked.end(), partitions.begin(), partitions.end());
  }
  std::lock_guard<std::mutex> lock(watermarks_mutex_);
  if (watermarks_ == nullptr) {
    ASSIGN_OR_RETURN(OffsetReader reader, OffsetReader::Open(options_, "read_uncommitted"));
    watermarks_ = std::make_unique<OffsetReader>(std::move(reader));
  }
  const absl::StatusOr<std::vector<int64_t>> answered = watermarks_->Ends(std::move(asked));
  if (!answered.ok()) {
    // A handle that has seen a broker die may never answer again.
    watermarks_ = nullptr;
    return answered.status();
  }
  auto next = answered->begin();
  for (std::vector<int64_t>& of_topic : ends) {
    for (int64_t& end : of_topic) end = *next++;
  }
  return ends;
}

}  // namespace kafka
}  // namespace touchstone::eventlog
