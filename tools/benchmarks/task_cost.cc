#include "tools/benchmarks/task_cost.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/believed_clock.h"
#include "common/eventlog/embedded/embedded_log.h"
#include "common/eventlog/topics_manifest.h"
#include "common/names/name_secret.h"
#include "common/status/macros.h"
#include "common/stream/worker.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "services/classification/classification_part.h"
#include "services/classification/domain/journey_fold.h"
#include "services/classification/pack_loader.h"
#include "services/ingestion/ingestion_part.h"
#include "services/ingestion/touchpoint_batch.h"
#include "services/outreach/outreach_part.h"
#include "services/process/pack_chain.h"
#include "services/routing/routing_part.h"
#include "tools/benchmarks/counting_file_system.h"
#include "tools/benchmarks/cpu_time.h"
#include "tools/benchmarks/customers.h"

namespace touchstone::benchmarks {
namespace {

constexpr uint64_t kSeed = 11;
// As a new data folder of the suite has.
constexpr int kPartitions = 4;
constexpr char kPacks[] = "deploy/packs";
constexpr char kPack[] = "retail";

// How many changes the store of a closed log has taken: RocksDB numbers them.
absl::StatusOr<int64_t> StoreWrites(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/store");
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  std::vector<std::string> names;
  rocksdb::Status status = rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), path, &names);
  if (!status.ok()) return absl::UnavailableError(status.ToString());
  for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  status = rocksdb::DB::OpenForReadOnly(rocksdb::DBOptions(), path, families, &handles, &opened);
  if (!status.ok()) return absl::UnavailableError(status.ToString());
  const std::unique_ptr<rocksdb::DB> db(opened);
  const auto writes = static_cast<int64_t>(db->GetLatestSequenceNumber());
  for (rocksdb::ColumnFamilyHandle* handle : handles) db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  return writes;
}

// The suite's tasks in this thread, on a log of their own.
class Workshop {
 public:
  Workshop(std::string folder, const clock::Clock& clock, names::NameSecret secret)
      : folder_(std::move(folder)),
        clock_(clock),
        secret_(std::move(secret)),
        files_(std::make_shared<CountingFileSystem>()),
        env_(rocksdb::NewCompositeEnv(files_)) {}

  absl::Status Open() {
    ASSIGN_OR_RETURN(eventlog::TopicsManifest manifest, eventlog::ReadTopicsManifest("deploy/topics.yaml"));
    eventlog::EmbeddedOptions options;
    options.folder = folder_;
    options.topics = manifest.catalog.WithPartitions(kPartitions);
    options.env = env_.get();
    ASSIGN_OR_RETURN(log_, eventlog::OpenEmbeddedLog(std::move(options), clock_));
    measured_ = std::make_unique<MeasuredLog>(*log_);
    ASSIGN_OR_RETURN(const std::vector<std::string> folders, process::PackChain(kPacks, kPack));
    const process::Surroundings surroundings{*measured_, clock_, secret_, folders.back(), folders, "bench"};
    std::vector<stream::TaskDefinition> tasks;
    for (const process::MakePart& make :
         {process::MakePart(ingestion::MakeIngestionPart), process::MakePart(classification::MakeClassificationPart),
          process::MakePart(routing::MakeRoutingPart), process::MakePart(outreach::MakeOutreachPart)}) {
      ASSIGN_OR_RETURN(parts_.emplace_back(), make(surroundings));
      for (stream::TaskDefinition& task : parts_.back()->Tasks()) tasks.push_back(std::move(task));
    }
    stream::WorkerOptions worker_options;
    worker_options.member.instance = "bench";
    worker_ = std::make_unique<stream::Worker>(*measured_, clock_, std::move(tasks), worker_options);
    return absl::OkStatus();
  }

  // Takes the touchpoints in and works until nothing is left to do.
  absl::Status Round(const std::vector<std::string>& touchpoints, TaskCost& cost) {
    const absl::Duration begin = ThreadCpu();
    std::vector<eventlog::OutRecord> records;
    for (const std::string& touchpoint : touchpoints) {
      ASSIGN_OR_RETURN(records.emplace_back(), ingestion::CheckedRecord(touchpoint, "touchpoint", secret_, clock_.Now()));
    }
    const absl::Duration checked = ThreadCpu();
    log_->Append(std::move(records), [](const absl::StatusOr<std::vector<eventlog::Position>>&) {});
    cost.append += ThreadCpu() - checked;
    cost.check += checked - begin;
    cost.touchpoints += static_cast<int64_t>(touchpoints.size());
    for (bool more = true; more;) {
      ASSIGN_OR_RETURN(more, worker_->Step());
    }
    return absl::OkStatus();
  }

  MeasuredLog& measured() { return *measured_; }
  CountingFileSystem& files() { return *files_; }

 private:
  const std::string folder_;
  const clock::BelievedClock clock_;
  const names::NameSecret secret_;
  const std::shared_ptr<CountingFileSystem> files_;
  const std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<eventlog::EventLog> log_;
  std::unique_ptr<MeasuredLog> measured_;
  std::vector<std::unique_ptr<process::Part>> parts_;
  std::unique_ptr<stream::Worker> worker_;
};

std::vector<std::string> NextTouchpoints(Customers& customers, const clock::Clock& clock) {
  std::vector<std::string> touchpoints;
  for (int64_t i = 0; i < kTouchpointsPerRound; ++i) touchpoints.push_back(customers.Next(clock.Now()).SerializeAsString());
  return touchpoints;
}

absl::Duration ParseTime(const std::vector<std::string>& touchpoints) {
  const absl::Duration begin = ThreadCpu();
  for (const std::string& bytes : touchpoints) {
    events::v1::Touchpoint touchpoint;
    touchpoint.ParseFromString(bytes);
  }
  return ThreadCpu() - begin;
}

// The same touchpoints into journeys that are nothing but messages in memory.
class FoldAlone {
 public:
  explicit FoldAlone(std::shared_ptr<const classification::Pack> pack) : pack_(std::move(pack)) {}

  absl::StatusOr<absl::Duration> Take(const std::vector<std::string>& touchpoints, const names::NameSecret& secret,
                                      absl::Time now) {
    absl::Duration time;
    for (const std::string& bytes : touchpoints) {
      ASSIGN_OR_RETURN(const eventlog::OutRecord record, ingestion::CheckedRecord(bytes, "touchpoint", secret, now));
      events::v1::Touchpoint touchpoint;
      if (!touchpoint.ParseFromString(record.value)) return absl::InternalError("a record that was just made is no touchpoint");
      classification::state::v1::FoldState& state = journeys_[record.key];
      const absl::Duration begin = ThreadCpu();
      classification::JourneyFold(*pack_, record.key, state).Touch(touchpoint);
      time += ThreadCpu() - begin;
    }
    return time;
  }

 private:
  const std::shared_ptr<const classification::Pack> pack_;
  std::map<std::string, classification::state::v1::FoldState> journeys_;
};

}  // namespace

absl::StatusOr<TaskCost> MeasureTaskCost(const std::string& folder, int64_t warm_up, int64_t touchpoints,
                                         const clock::Clock& clock) {
  ASSIGN_OR_RETURN(const names::NameSecret secret, names::NameSecret::FromBytes(std::string(names::NameSecret::kBytes, 'b')));
  ASSIGN_OR_RETURN(std::shared_ptr<const classification::Pack> pack, classification::LoadPack(absl::StrCat(kPacks, "/", kPack)));
  TaskCost cost;
  {
    Workshop workshop(folder, clock, secret);
    RETURN_IF_ERROR(workshop.Open());
    FoldAlone fold(std::move(pack));
    Customers customers(kSeed);
    absl::Duration outside;
    absl::Duration began;
    for (int64_t done = 0; done < warm_up + touchpoints; done += kTouchpointsPerRound) {
      const bool counts = done >= warm_up;
      if (counts && cost.touchpoints == 0) {
        workshop.measured().Reset();
        began = ProcessCpu() - ThreadCpu();
        cost.wal_bytes = -workshop.files().wal_bytes();
        cost.table_bytes = -workshop.files().table_bytes();
      }
      const std::vector<std::string> next = NextTouchpoints(customers, clock);
      TaskCost unused;
      RETURN_IF_ERROR(workshop.Round(next, counts ? cost : unused));
      ASSIGN_OR_RETURN(const absl::Duration folded, fold.Take(next, secret, clock.Now()));
      if (counts) cost.fold += folded, cost.parse += ParseTime(next);
    }
    cost.background = ProcessCpu() - ThreadCpu() - began;
    cost.kinds = workshop.measured().kinds();
    cost.wal_bytes += workshop.files().wal_bytes();
    cost.table_bytes += workshop.files().table_bytes();
  }
  ASSIGN_OR_RETURN(cost.store_writes, StoreWrites(folder));
  // All of the folder's writes, the warm-up's too: in proportion.
  cost.store_writes = cost.store_writes * touchpoints / (warm_up + touchpoints);
  return cost;
}

}  // namespace touchstone::benchmarks
