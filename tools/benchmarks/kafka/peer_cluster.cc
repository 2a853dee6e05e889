#include "tools/benchmarks/kafka/peer_cluster.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/kafka_log.h"
#include "common/eventlog/kafka/topics_admin.h"
#include "common/status/macros.h"

namespace touchstone::benchmarks {
namespace {

// Inputs of one append, and how many are under way: below what the log refuses.
constexpr int64_t kInputsAnAppend = 100;
constexpr int64_t kUnderWayMax = 50'000;
// The inputs' times, where nobody asks how late they are.
const absl::Time kFirstTime = absl::FromUnixSeconds(1'800'000'000);
constexpr int kReadAtOnce = 10'000;
// Nothing more to read for so long: it never comes.
constexpr absl::Duration kPatience = absl::Seconds(30);
// As in syslog.
constexpr int kErrorSeverity = 3;

// Appends on their way.
class UnderWay {
 public:
  // Blocks while there are too many.
  void Add(int64_t inputs) {
    std::unique_lock<std::mutex> lock(mutex_);
    fewer_.wait(lock, [&] { return count_ + inputs <= kUnderWayMax; });
    count_ += inputs;
  }
  void Done(int64_t inputs, const absl::Status& status) {
    std::lock_guard<std::mutex> lock(mutex_);
    count_ -= inputs;
    status_.Update(status);
    fewer_.notify_all();
  }
  absl::Status AwaitAll() {
    std::unique_lock<std::mutex> lock(mutex_);
    fewer_.wait(lock, [&] { return count_ == 0; });
    return status_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable fewer_;
  // Guarded by mutex_.
  int64_t count_ = 0;
  absl::Status status_;
};

// All of a topic, as far as it goes now.
absl::Status ReadAll(eventlog::EventLog& log, const clock::Clock& clock, const std::string& topic,
                     absl::FunctionRef<absl::Status(const eventlog::Record&)> see) {
  ASSIGN_OR_RETURN(const std::vector<int64_t> ends, log.EndOffsets(topic));
  ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::Tail> tail, log.OpenTail(topic, {eventlog::TailStart::From::kBegin, {}}));
  const auto is_read = [&] {
    const std::vector<int64_t> next = tail->next_offsets();
    return std::equal(ends.begin(), ends.end(), next.begin(), [](int64_t end, int64_t at) { return at >= end; });
  };
  for (absl::Duration last = clock.Monotonic(); !is_read();) {
    const uint64_t seen = log.tail_changes().version();
    ASSIGN_OR_RETURN(const std::vector<eventlog::TailRecord> records, tail->Read(kReadAtOnce));
    for (const eventlog::TailRecord& record : records) RETURN_IF_ERROR(see(record.record));
    if (!records.empty()) {
      last = clock.Monotonic();
    } else if (clock.Monotonic() - last > kPatience) {
      return absl::DeadlineExceededError(absl::StrCat(topic, " cannot be read to its end"));
    } else {
      log.tail_changes().WaitPast(seen, absl::Seconds(1));
    }
  }
  return absl::OkStatus();
}

}  // namespace

PeerCluster::PeerCluster(std::string bootstrap, std::string folder, const clock::Clock& clock)
    : bootstrap_(std::move(bootstrap)),
      folder_(std::move(folder)),
      clock_(clock),
      prefix_(absl::StrCat("bench-", absl::ToUnixMillis(clock.Now()), "-", ::getpid(), ".")) {}

absl::Status PeerCluster::Create(const std::vector<std::string>& topics, const std::vector<std::string>& compacted,
                                 int partitions) const {
  std::vector<eventlog::TopicSpec> specs;
  for (const std::string& topic : topics) specs.push_back({topic, partitions});
  for (const std::string& topic : compacted) specs.push_back({topic, partitions, true});
  eventlog::KafkaOptions options;
  options.bootstrap = bootstrap_;
  options.prefix = prefix_;
  const eventlog::TopicsManifest manifest{.catalog = eventlog::TopicCatalog(specs), .prefix = prefix_, .replication_factor = 1};
  return eventlog::CreateTopics(options, manifest, specs);
}

absl::StatusOr<std::unique_ptr<eventlog::EventLog>> PeerCluster::Open(const std::vector<std::string>& topics,
                                                                      const std::map<std::string, std::string>& settings) const {
  std::vector<eventlog::TopicSpec> specs;
  for (const std::string& topic : topics) specs.push_back({topic});
  eventlog::KafkaOptions options;
  options.bootstrap = bootstrap_;
  options.prefix = prefix_;
  options.instance = "bench";
  options.data_folder = folder_;
  options.catalog = eventlog::TopicCatalog(std::move(specs));
  options.settings = settings;
  options.on_log = [](int severity, absl::string_view text) {
    if (severity <= kErrorSeverity) std::fprintf(stderr, "librdkafka: %s\n", std::string(text).c_str());
  };
  return eventlog::OpenKafkaLog(std::move(options), clock_);
}

absl::Status PeerCluster::Feed(const std::string& topic, int64_t inputs, PeerModel& model) const {
  ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::EventLog> log, Open({topic}));
  UnderWay under_way;
  for (int64_t first = 0; first < inputs; first += kInputsAnAppend) {
    const int64_t count = std::min(kInputsAnAppend, inputs - first);
    std::vector<eventlog::OutRecord> records;
    for (int64_t number = first; number < first + count; ++number) {
      const PeerInput input = PeerInputAt(number, kFirstTime + absl::Microseconds(number));
      model.Expect(input);
      records.push_back({topic, PeerKey(input.customer), "", PeerInputValue(input), std::nullopt});
    }
    under_way.Add(count);
    log->Append(std::move(records), [&under_way, count](const auto& positions) { under_way.Done(count, positions.status()); });
  }
  return under_way.AwaitAll();
}

absl::Status PeerCluster::Check(const std::string& output, const std::string& changelog, PeerModel& model) const {
  ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::EventLog> log, Open({output, changelog}));
  RETURN_IF_ERROR(
      ReadAll(*log, clock_, output, [&](const eventlog::Record& record) { return model.SeeOutput(record.key, record.value); }));
  RETURN_IF_ERROR(ReadAll(*log, clock_, changelog, [&](const eventlog::Record& record) {
    // The runtime's own keys begin with a zero byte.
    return record.key.front() == '\0' ? absl::OkStatus() : model.SeeState(record.key, record.value);
  }));
  return model.Compare();
}

}  // namespace touchstone::benchmarks
