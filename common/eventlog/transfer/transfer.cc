#include "common/eventlog/transfer/transfer.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/eventlog/kafka/cluster.h"
#include "common/eventlog/kafka/task_positions.h"
#include "common/eventlog/transfer/comparison.h"
#include "common/eventlog/transfer/group_positions.h"
#include "common/eventlog/transfer/partition_writer.h"
#include "common/eventlog/transfer/source_partition.h"
#include "common/eventlog/transfer/target_topics.h"
#include "common/status/macros.h"

namespace touchstone::eventlog {
namespace transfer {
namespace {

constexpr int64_t kRecordsPerProgress = 100;
// Longer than a transaction of ours may be open.
constexpr int kLooksMax = 4000;
constexpr absl::Duration kLookEvery = absl::Milliseconds(20);

// One transfer. One use.
class Transfer {
 public:
  Transfer(const FolderReader& folder, const KafkaOptions& options, const TopicsManifest& manifest,
           const TransferProgress& progress)
      : folder_(folder), options_(options), manifest_(manifest), progress_(progress) {
    options_.prefix = manifest.prefix;
  }

  absl::StatusOr<TransferReport> Run() {
    TakePartitionCounts();
    FindLeftBehind();
    ASSIGN_OR_RETURN(const Target target, PrepareTopics(options_, manifest_));
    RETURN_IF_ERROR(OpenReaders());
    RETURN_IF_ERROR(OpenSources());
    if (target == Target::kFilled) {
      RETURN_IF_ERROR(CheckFilled());
    } else {
      RETURN_IF_ERROR(Fill());
    }
    return std::move(report_);
  }

 private:
  struct Topic {
    std::unique_ptr<TopicSource> source;
    // The offset of its first record on the cluster.
    int64_t base = 0;
  };
  struct Changelog {
    std::unique_ptr<ChangelogSource> source;
  };

  absl::Status OpenReaders() {
    ASSIGN_OR_RETURN(Comparison comparison, Comparison::Open(options_));
    comparison_ = std::make_unique<Comparison>(std::move(comparison));
    ASSIGN_OR_RETURN(kafka::OffsetReader offsets, kafka::OffsetReader::Open(options_, "read_uncommitted"));
    offsets_ = std::make_unique<kafka::OffsetReader>(std::move(offsets));
    ASSIGN_OR_RETURN(kafka::OffsetReader stable, kafka::OffsetReader::Open(options_, "read_committed"));
    stable_offsets_ = std::make_unique<kafka::OffsetReader>(std::move(stable));
    return absl::OkStatus();
  }

  absl::Status Fill() {
    // First of what writes: it ends what an earlier run left open.
    ASSIGN_OR_RETURN(filler_, OffsetFiller::Open(options_));
    ASSIGN_OR_RETURN(writer_, PartitionWriter::Open(options_));
    // From here on, and until the changelogs say the same, a service that is started stops: its group is ahead of its state.
    RETURN_IF_ERROR(CommitGroups());
    RETURN_IF_ERROR(WriteAll());
    RETURN_IF_ERROR(WritePositions());
    RETURN_IF_ERROR(CommitGroups());
    RETURN_IF_ERROR(CompareTopics());
    RETURN_IF_ERROR(CompareChangelogs());
    return SealTopics(options_, manifest_);
  }

  // A transfer of this folder that came to its end is done, and nothing else is.
  absl::Status CheckFilled() {
    absl::Status same = CompareTopics();
    if (same.ok()) same = SetPositions();
    if (same.ok()) same = CompareChangelogs();
    if (same.ok() || absl::IsUnavailable(same)) return same;
    return absl::FailedPreconditionError(
        absl::StrCat("topics of prefix ", options_.prefix,
                     " hold records already, and others than this folder's: an export fills topics "
                     "that are empty or not there. Choose another --prefix. Nothing was changed. What differs: ",
                     same.message()));
  }

  // The folder's, since keys lie where they lie. What the folder does not have yet is made like what it has.
  void TakePartitionCounts() {
    std::map<std::string, int> counts;
    int usual = 1;
    for (const FolderReader::Topic& topic : folder_.topics()) {
      counts[topic.name] = topic.partitions;
      usual = std::max(usual, topic.partitions);
    }
    std::vector<TopicSpec> topics = manifest_.catalog.topics();
    for (TopicSpec& topic : topics) {
      const auto found = counts.find(topic.name);
      if (found != counts.end()) {
        topic.partitions = found->second;
      } else if (topic.partitions > 1) {
        topic.partitions = usual;
      }
    }
    manifest_.catalog = TopicCatalog(std::move(topics));
  }

  bool IsDeclared(const std::string& topic) const { return manifest_.catalog.Find(topic).ok(); }

  void FindLeftBehind() {
    for (const FolderReader::Topic& topic : folder_.topics()) {
      if (!IsDeclared(topic.name)) report_.left_behind.push_back(absl::StrCat("topic ", topic.name));
    }
    for (const FolderReader::Kind& kind : folder_.kinds()) {
      if (!IsDeclared(absl::StrCat(kind.name, ".state"))) report_.left_behind.push_back(absl::StrCat("task kind ", kind.name));
    }
  }

  absl::Status OpenSources() {
    for (const FolderReader::Topic& topic : folder_.topics()) {
      if (!IsDeclared(topic.name)) continue;
      std::vector<Topic>& partitions = topics_[topic.name];
      for (int p = 0; p < topic.partitions; ++p) {
        ASSIGN_OR_RETURN(std::unique_ptr<TopicSource> source, TopicSource::Open(folder_, topic.name, p));
        all_ += source->count();
        const int64_t base = source->gaps();
        partitions.push_back({std::move(source), base});
      }
    }
    for (const FolderReader::Kind& kind : folder_.kinds()) {
      if (!IsDeclared(absl::StrCat(kind.name, ".state"))) continue;
      // Never a fact's: what a task kind's state is restored from lies in its changelog, which nobody writes on this log.
      topics_.erase(absl::StrCat(kind.name, ".state"));
      kinds_.push_back(kind);
      for (int p = 0; p < kind.partitions; ++p) {
        ASSIGN_OR_RETURN(std::unique_ptr<ChangelogSource> source, ChangelogSource::Open(folder_, kind.name, p));
        all_ += source->count();
        changelogs_[kind.name].push_back({std::move(source)});
      }
    }
    // Written, and read back.
    all_ *= 2;
    return absl::OkStatus();
  }

  // Where a partition ends, once no transaction is open: the marker of one that was aborted is written a little later, and is an
  // offset too.
  absl::StatusOr<int64_t> EndOf(const SourcePartition& source) const {
    const std::vector<kafka::TopicPartition> asked = {{absl::StrCat(options_.prefix, source.topic()), source.partition()}};
    for (int look = 0; look < kLooksMax; ++look) {
      ASSIGN_OR_RETURN(const std::vector<int64_t> all, offsets_->Ends(asked));
      ASSIGN_OR_RETURN(const std::vector<int64_t> stable, stable_offsets_->Ends(asked));
      if (all == stable) return all.front();
      absl::SleepFor(kLookEvery);
    }
    return absl::UnavailableError(absl::StrCat("a transaction is open on topic ", options_.prefix, source.name(),
                                               ". Repeat the export, which goes on where it was"));
  }

  // Continues a partition up to its `until`th record; returns the offset of its first.
  absl::StatusOr<int64_t> WriteUntil(const SourcePartition& source, int64_t until) {
    ASSIGN_OR_RETURN(int64_t end, EndOf(source));
    ASSIGN_OR_RETURN(const Written written, comparison_->Compare(source, end, [this] { Count(); }));
    int64_t base = written.base;
    if (written.count == 0) {
      while (end < source.gaps()) {
        RETURN_IF_ERROR(filler_->Fill(source, source.gaps() - end));
        ASSIGN_OR_RETURN(end, EndOf(source));
      }
      base = end;
    } else if (base + written.count != end) {
      return absl::FailedPreconditionError(absl::StrCat(
          "topic ", options_.prefix, source.name(), " ends at ", end, ", behind the ", base + written.count,
          " of this folder's records: somebody else writes to it. Stop that, delete the topics of this prefix, and begin "
          "again."));
    }
    RETURN_IF_ERROR(writer_->Write(source, written.count, until, base + written.count, [this] { Count(); }));
    return base;
  }

  absl::Status WriteAll() {
    for (auto& [name, partitions] : topics_) {
      for (Topic& topic : partitions) {
        ASSIGN_OR_RETURN(topic.base, WriteUntil(*topic.source, topic.source->count()));
      }
    }
    // As they will be, so that one that is there already is known for ours.
    RETURN_IF_ERROR(SetPositions());
    for (auto& [kind, partitions] : changelogs_) {
      for (Changelog& changelog : partitions) {
        RETURN_IF_ERROR(WriteUntil(*changelog.source, changelog.source->key_count()).status());
      }
    }
    return absl::OkStatus();
  }

  // Where a task stands on the cluster. Offsets of a partition without gaps are the folder's.
  absl::StatusOr<kafka::TaskPositions> PositionsOf(const FolderReader::Kind& kind, int partition) const {
    ASSIGN_OR_RETURN(const std::vector<InputPosition> positions, folder_.Positions(kind.name, partition));
    kafka::TaskPositions mapped;
    for (size_t i = 0; i < positions.size(); ++i) {
      const auto partitions = topics_.find(positions[i].topic);
      if (partitions == topics_.end()) continue;
      const Topic& topic = partitions->second[i < kind.input_count ? static_cast<size_t>(partition) : 0];
      ASSIGN_OR_RETURN(const int64_t unread, topic.source->CountFrom(positions[i].next_offset));
      mapped[positions[i].topic] = topic.base + topic.source->count() - unread;
    }
    return mapped;
  }

  absl::Status SetPositions() {
    for (const FolderReader::Kind& kind : kinds_) {
      for (Changelog& changelog : changelogs_[kind.name]) {
        ASSIGN_OR_RETURN(const kafka::TaskPositions positions, PositionsOf(kind, changelog.source->partition()));
        changelog.source->SetPositions(kafka::EncodePositions(positions));
      }
    }
    return absl::OkStatus();
  }

  absl::Status WritePositions() {
    for (auto& [kind, partitions] : changelogs_) {
      for (Changelog& changelog : partitions) {
        RETURN_IF_ERROR(WriteUntil(*changelog.source, changelog.source->count()).status());
      }
    }
    return absl::OkStatus();
  }

  absl::Status CommitGroups() {
    for (const FolderReader::Kind& kind : kinds_) {
      std::vector<kafka::TopicPartition> committed;
      for (int p = 0; p < kind.partitions; ++p) {
        ASSIGN_OR_RETURN(const kafka::TaskPositions positions, PositionsOf(kind, p));
        for (size_t i = 0; i < kind.input_count; ++i) {
          const auto position = positions.find(kind.topics[i]);
          if (position != positions.end())
            committed.push_back({absl::StrCat(options_.prefix, position->first), p, position->second});
        }
      }
      RETURN_IF_ERROR(CommitPositions(options_, kind.name, committed));
    }
    return absl::OkStatus();
  }

  // All records of a partition are on the cluster, or it fails.
  absl::StatusOr<Written> CompareWhole(const SourcePartition& source) {
    ASSIGN_OR_RETURN(const int64_t end, EndOf(source));
    ASSIGN_OR_RETURN(const Written written, comparison_->Compare(source, end, [this] { Count(); }));
    if (written.count == source.count() && (written.count == 0 || written.base + written.count == end)) return written;
    return absl::DataLossError(
        absl::StrCat("topic ", options_.prefix, source.name(), " holds ", written.count, " of ", source.count(),
                     " records: the cluster has lost some. Look at it, delete the topics of this prefix, and "
                     "begin again."));
  }

  absl::Status CompareTopics() {
    for (auto& [name, partitions] : topics_) {
      TransferReport::OfTopic& of_topic = report_.topics.emplace_back();
      of_topic.name = name;
      of_topic.partitions = static_cast<int>(partitions.size());
      for (Topic& topic : partitions) {
        ASSIGN_OR_RETURN(const Written found, CompareWhole(*topic.source));
        if (found.count > 0) topic.base = found.base;
        of_topic.records_in_folder += topic.source->count();
        of_topic.records_on_cluster += found.count;
      }
    }
    return absl::OkStatus();
  }

  absl::Status CompareChangelogs() {
    for (auto& [name, partitions] : changelogs_) {
      TransferReport::OfKind& of_kind = report_.kinds.emplace_back();
      of_kind.name = name;
      of_kind.partitions = static_cast<int>(partitions.size());
      for (const Changelog& changelog : partitions) {
        ASSIGN_OR_RETURN(const Written found, CompareWhole(*changelog.source));
        of_kind.keys_in_folder += changelog.source->key_count();
        // But for the record of its position.
        of_kind.keys_on_cluster += found.count - 1;
      }
    }
    return absl::OkStatus();
  }

  void Count() {
    if (++done_ % kRecordsPerProgress == 0 && progress_) progress_(std::min(done_, all_), all_);
  }

  const FolderReader& folder_;
  KafkaOptions options_;
  TopicsManifest manifest_;
  const TransferProgress& progress_;
  TransferReport report_;
  std::unique_ptr<OffsetFiller> filler_;
  std::unique_ptr<PartitionWriter> writer_;
  std::unique_ptr<Comparison> comparison_;
  std::unique_ptr<kafka::OffsetReader> offsets_;
  std::unique_ptr<kafka::OffsetReader> stable_offsets_;
  std::vector<FolderReader::Kind> kinds_;
  // By name.
  std::map<std::string, std::vector<Topic>> topics_;
  std::map<std::string, std::vector<Changelog>> changelogs_;
  int64_t done_ = 0;
  int64_t all_ = 0;
};

}  // namespace
}  // namespace transfer

absl::StatusOr<TransferReport> TransferToKafka(const FolderReader& folder, const KafkaOptions& options,
                                               const TopicsManifest& manifest, const TransferProgress& progress) {
  return transfer::Transfer(folder, options, manifest, progress).Run();
}

}  // namespace touchstone::eventlog
