#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/clock/system_clock.h"
#include "common/eventlog/embedded/embedded_log.h"
#include "common/eventlog/embedded/testing/power_loss_file_system.h"
#include "rocksdb/env.h"

// Power is cut under the real log while it is written to by several threads, again and again on the same disk. What was not
// synced is dropped, torn and reordered. Afterwards nothing that was acknowledged may be missing, and no commit may be there in
// part.
//
// What a loss is made of is counted by kind: one that was never tried fails the run.
//
// TOUCHSTONE_POWER_LOSS_ROUNDS and TOUCHSTONE_POWER_LOSS_SEED change how often, and from which seed on.
namespace touchstone::eventlog::embedded {
namespace {

constexpr int kPartitions = 2;
constexpr int kAppenders = 2;
// A disk begins anew after so many losses, so that reading it all stays quick.
constexpr int kRoundsPerDisk = 12;
constexpr int kAppendsMax = 40;
constexpr int kLatestKeys = 3;
constexpr int kAppendsPerCleaning = 16;
// Of the write-ahead log: what is never reached here, and what has tables written all the time.
constexpr int64_t kWalBytes[] = {64 << 20, 64 << 10, 16 << 10};

int64_t FromEnvironment(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  int64_t number = 0;
  return text != nullptr && absl::SimpleAtoi(text, &number) ? number : otherwise;
}

TopicCatalog Topics() { return TopicCatalog({{"orders", kPartitions}, {"reports", kPartitions}, {"latest", 1, true}}); }

absl::StatusOr<std::unique_ptr<EmbeddedLog>> OpenOn(rocksdb::Env& env, int64_t wal_bytes_max) {
  static const clock::SystemClock clock;
  EmbeddedOptions options;
  options.folder = "/disk/data";
  options.topics = Topics();
  options.maintenance_interval = absl::InfiniteDuration();
  options.free_bytes = [] { return int64_t{1} << 40; };
  options.env = &env;
  options.limits.block_cache_bytes = 1 << 20;
  options.limits.wal_bytes_max = wal_bytes_max;
  return OpenEmbeddedLog(options, clock);
}

// Its content follows from its name, so that half a record is seen.
std::string ValueOf(absl::string_view name) {
  const size_t size = std::hash<std::string>()(std::string(name)) % 3000;
  return absl::StrCat(name, ":", std::string(size, name.back()));
}
absl::string_view NameOf(absl::string_view value) { return value.substr(0, value.find(':')); }

// What the log has promised; taken down as it says so. Thread-safe.
struct Promises {
  std::mutex mutex;
  std::map<std::pair<int, int64_t>, std::string> appended;  // By partition and offset of `orders`: the record's name.
  std::map<int, int64_t> committed;                         // By partition: the next offset of `orders`.
  std::map<std::string, int> newest;                        // By key of `latest`: its number, which rises.
};

// Appends and commits until the power is cut, or for a while.
class Workload {
 public:
  Workload(EmbeddedLog& log, PowerLossFileSystem& files, Promises& promises, int round)
      : log_(log), files_(files), promises_(promises), round_(round) {}

  void Run() {
    std::vector<std::thread> threads;
    for (int i = 0; i < kAppenders; ++i) threads.emplace_back([this, i] { Append(i); });
    std::atomic<bool> stop = false;
    std::thread worker([this, &stop] { Process(stop); });
    for (std::thread& thread : threads) thread.join();
    stop = true;
    worker.join();
  }

 private:
  // A record that supersedes those of its key; now and then they are dropped.
  void AppendLatest(int appender, int i) {
    const std::string key = absl::StrCat("key ", appender, "-", i % kLatestKeys);
    const int number = round_ * kAppendsMax + i;
    log_.Append({{"latest", key, absl::StrCat("id ", number), absl::StrCat(number), 0}},
                [this, key, number](const absl::StatusOr<std::vector<Position>>& positions) {
                  std::lock_guard<std::mutex> lock(promises_.mutex);
                  if (positions.ok()) promises_.newest[key] = std::max(promises_.newest[key], number);
                });
    if (i % kAppendsPerCleaning != appender) return;
    const absl::Status cleaned = log_.Maintain();
    EXPECT_TRUE(cleaned.ok()) << cleaned;
  }

  void Append(int appender) {
    const int partition = appender % kPartitions;
    for (int i = 0; i < kAppendsMax && !files_.is_cut(); ++i) {
      std::vector<OutRecord> records;
      std::vector<std::string> names;
      for (int j = 0; j <= i % 3; ++j) {
        names.push_back(absl::StrCat("a", appender, "-", round_, "-", i, "-", j));
        records.push_back({"orders", "key", absl::StrCat("id ", names.back()), ValueOf(names.back()), partition});
      }
      const uint64_t seen = log_.tail_changes().version();
      log_.Append(std::move(records), [this, names](absl::StatusOr<std::vector<Position>> positions) {
        std::lock_guard<std::mutex> lock(promises_.mutex);
        if (!positions.ok()) return;
        for (size_t n = 0; n < names.size(); ++n)
          promises_.appended[{(*positions)[n].partition, (*positions)[n].offset}] = names[n];
      });
      AppendLatest(appender, i);
      if (i % 4 == appender) log_.tail_changes().WaitPast(seen, absl::Milliseconds(1));
    }
  }

  void Process(const std::atomic<bool>& stop) {
    absl::StatusOr<std::unique_ptr<Member>> member = log_.Join({"alpha", {"orders"}, {}}, {});
    ASSERT_TRUE(member.ok()) << member.status();
    for (uint64_t seen = 0;;) {
      const bool last = stop;
      seen = log_.changes().version();
      std::vector<TaskCommit> commits;
      for (int p = 0; p < kPartitions; ++p) Step(**member, p, commits);
      if (commits.empty() && last) return;
      if (commits.empty()) {
        log_.changes().WaitPast(seen, absl::Milliseconds(1));
        continue;
      }
      Commit(**member, std::move(commits));
    }
  }

  // What one task does with what it reads: it counts, and reports each record's name.
  void Step(Member& member, int partition, std::vector<TaskCommit>& commits) {
    const absl::StatusOr<std::vector<InputBatch>> fetched = member.Fetch(partition, {.records_max = 5});
    ASSERT_TRUE(fetched.ok()) << fetched.status();
    const std::vector<Record>& records = (*fetched)[0].records;
    if (records.empty()) return;
    TaskCommit commit{partition};
    for (const Record& record : records) {
      const std::string name(NameOf(record.value));
      commit.outputs.push_back({"reports", "key", name, ValueOf(name), partition});
      commit.changes.push_back({absl::StrCat("seen ", name), absl::StrCat(record.offset)});
    }
    const int64_t next = records.back().offset + 1;
    commit.positions = {{"orders", next}};
    commit.changes.push_back({"count", absl::StrCat(next)});
    commits.push_back(std::move(commit));
  }

  void Commit(Member& member, std::vector<TaskCommit> commits) {
    std::map<int, int64_t> positions;
    for (const TaskCommit& commit : commits) positions[commit.partition] = commit.positions[0].next_offset;
    const absl::StatusOr<CommitPoint> point = member.Commit(std::move(commits));
    ASSERT_TRUE(point.ok()) << point.status();
    log_.WhenDurable(*point, [this, positions](absl::Status status) {
      if (!status.ok()) return;
      std::lock_guard<std::mutex> lock(promises_.mutex);
      for (const auto& [partition, next] : positions) promises_.committed[partition] = next;
    });
  }

  EmbeddedLog& log_;
  PowerLossFileSystem& files_;
  Promises& promises_;
  const int round_;
};

struct Findings {
  int rounds = 0;
  LossCounts losses;
  int cut_while_opening = 0;
  std::vector<std::string> refusals;
  std::vector<std::string> wrong;
};

std::map<int, std::vector<Record>> ReadAll(EmbeddedLog& log, absl::string_view topic, Findings& findings) {
  std::map<int, std::vector<Record>> all;
  std::unique_ptr<Tail> tail = *log.OpenTail(topic, {TailStart::From::kBegin, {}});
  for (;;) {
    absl::StatusOr<std::vector<TailRecord>> read = tail->Read(1000);
    if (!read.ok()) {
      findings.wrong.push_back(absl::StrCat("cannot read ", topic, ": ", read.status().ToString()));
      return all;
    }
    bool moved = false;
    for (TailRecord& record : *read) {
      moved = true;
      all[record.partition].push_back(std::move(record.record));
    }
    if (!moved && tail->next_offsets() == *log.EndOffsets(topic)) return all;
  }
}

// Holds what the log has against what it promised.
class Check {
 public:
  Check(EmbeddedLog& log, Promises& promises, std::string where, Findings& findings)
      : log_(log), promises_(promises), where_(std::move(where)), findings_(findings) {}

  void Run() {
    orders_ = ReadAll(log_, "orders", findings_);
    reports_ = ReadAll(log_, "reports", findings_);
    for (const auto& [place, name] : promises_.appended) CheckAppended(place.first, place.second, name);
    CheckLatest();
    absl::StatusOr<std::unique_ptr<Member>> member = log_.Join({"alpha", {"orders"}, {}}, {});
    if (!member.ok()) return Wrong(absl::StrCat("cannot join: ", member.status().ToString()));
    for (int p = 0; p < kPartitions; ++p) {
      CheckRecords(p, orders_[p]);
      CheckRecords(p, reports_[p]);
      CheckOrder(p);
      CheckTask(**member, p);
    }
    PromiseWhatIsSeen(**member);
  }

 private:
  void Wrong(absl::string_view what) { findings_.wrong.push_back(absl::StrCat(where_, ": ", what)); }

  // What a tail shows, it must show again.
  void PromiseWhatIsSeen(Member& member) {
    std::lock_guard<std::mutex> lock(promises_.mutex);
    for (const auto& [partition, records] : orders_) {
      for (const Record& record : records) promises_.appended[{partition, record.offset}] = std::string(NameOf(record.value));
    }
    for (int p = 0; p < kPartitions; ++p) promises_.committed[p] = (*member.Positions(p))[0].next_offset;
  }

  // The newest of each key is kept, however often what it superseded was dropped.
  void CheckLatest() {
    std::map<std::string, int> newest;
    const std::map<int, std::vector<Record>> latest = ReadAll(log_, "latest", findings_);
    if (latest.empty() && !promises_.newest.empty()) return Wrong("nothing of `latest` is there");
    if (latest.empty()) return;
    for (const Record& record : latest.at(0)) {
      int number = -1;
      if (!absl::SimpleAtoi(record.value, &number)) return Wrong("a record of `latest` is half there");
      newest[record.key] = number;
    }
    for (const auto& [key, number] : promises_.newest) {
      if (newest[key] < number) Wrong(absl::StrCat("the newest of ", key, " is ", newest[key], ", not ", number));
    }
  }

  void CheckAppended(int partition, int64_t offset, const std::string& name) {
    const std::vector<Record>& records = orders_[partition];
    if (static_cast<size_t>(offset) >= records.size()) return Wrong(absl::StrCat("acknowledged ", name, " is missing"));
    if (records[static_cast<size_t>(offset)].value != ValueOf(name))
      Wrong(absl::StrCat(name, " is not where it was acknowledged"));
  }

  void CheckRecords(int partition, const std::vector<Record>& records) {
    for (size_t i = 0; i < records.size(); ++i) {
      if (records[i].offset != static_cast<int64_t>(i))
        return Wrong(absl::StrCat("offset ", i, " of ", partition, " is missing"));
      if (records[i].value != ValueOf(NameOf(records[i].value)))
        Wrong(absl::StrCat("record ", i, " of ", partition, " is half there"));
      if (i > 0 && records[i].append_time < records[i - 1].append_time) Wrong("append times fall");
    }
  }

  // An appender's records of a round: what is there is what it appended first.
  void CheckOrder(int partition) {
    std::map<std::string, int> next_call;
    for (const Record& record : orders_[partition]) {
      const std::vector<std::string> parts = absl::StrSplit(NameOf(record.value), '-');
      int call = 0;
      if (parts.size() != 4 || !absl::SimpleAtoi(parts[2], &call)) return Wrong("a record has a strange name");
      if (parts[3] == "0" && call != next_call[absl::StrCat(parts[0], "-", parts[1])]++) {
        return Wrong(absl::StrCat("what was appended before ", record.id, " is missing"));
      }
    }
  }

  void CheckTask(Member& member, int partition) {
    const int64_t next = (*member.Positions(partition))[0].next_offset;
    const auto committed = promises_.committed.find(partition);
    if (committed != promises_.committed.end() && next < committed->second) {
      Wrong(absl::StrCat("a commit up to ", committed->second, " was durable, and the position is ", next));
    }
    const std::string count = (*member.State(partition).Get("count")).value_or("0");
    if (count != absl::StrCat(next)) Wrong(absl::StrCat("the position is ", next, " and the state says ", count));
    const std::vector<Record>& reports = reports_[partition];
    const std::vector<Record>& orders = orders_[partition];
    if (static_cast<int64_t>(reports.size()) != next)
      return Wrong(absl::StrCat("the position is ", next, " and there are ", reports.size(), " outputs"));
    if (static_cast<int64_t>(orders.size()) < next) return Wrong("the position is behind the input's end");
    for (size_t i = 0; i < reports.size(); ++i) {
      const std::string name(NameOf(orders[i].value));
      if (reports[i].id != name) Wrong(absl::StrCat("output ", i, " is of another record"));
      if ((*member.State(partition).Get(absl::StrCat("seen ", name))).value_or("") != absl::StrCat(i))
        Wrong(absl::StrCat("the state lacks ", name));
    }
  }

  EmbeddedLog& log_;
  Promises& promises_;
  const std::string where_;
  Findings& findings_;
  std::map<int, std::vector<Record>> orders_;
  std::map<int, std::vector<Record>> reports_;
};

// One disk, through some power losses.
class DiskLife {
 public:
  DiskLife(uint64_t seed, std::set<std::string> lies, Findings& findings)
      : random_(seed), seed_(seed), lies_(std::move(lies)), findings_(findings) {}

  void Run(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      if (!RunRound(round)) return;
    }
  }

 private:
  // False: the disk is done with.
  bool RunRound(int round) {
    ++findings_.rounds;
    PowerLossFileSystem::Disk left;
    Promises at_cut;
    {
      auto files = std::make_shared<PowerLossFileSystem>(disk_);
      const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(files);
      files->LieAboutSyncing(lies_);
      files->CutAfter(static_cast<int64_t>(random_() % 400), random_(), [&] {
        std::lock_guard<std::mutex> lock(promises_.mutex);
        at_cut.appended = promises_.appended;
        at_cut.committed = promises_.committed;
        at_cut.newest = promises_.newest;
      });
      absl::StatusOr<std::unique_ptr<EmbeddedLog>> log = OpenOn(*env, kWalBytes[random_() % std::size(kWalBytes)]);
      if (!log.ok()) {
        findings_.refusals.push_back(absl::StrCat("seed ", seed_, " round ", round, ": ", log.status().ToString()));
        return false;
      }
      if (files->is_cut()) ++findings_.cut_while_opening;
      Check(**log, promises_, absl::StrCat("seed ", seed_, " round ", round), findings_).Run();
      Workload(**log, *files, promises_, round).Run();
      files->Cut();
      log->reset();
      left = files->left();
      for (const auto& [kind, count] : files->losses()) findings_.losses[kind] += count;
    }
    disk_ = left;
    promises_.appended = at_cut.appended;
    promises_.committed = at_cut.committed;
    promises_.newest = at_cut.newest;
    return findings_.wrong.empty();
  }

  std::mt19937_64 random_;
  const uint64_t seed_;
  const std::set<std::string> lies_;
  Findings& findings_;
  PowerLossFileSystem::Disk disk_ = PowerLossFileSystem::EmptyDisk();
  Promises promises_;
};

Findings LoseThePower(int64_t rounds, const std::set<std::string>& lies) {
  Findings findings;
  const auto first_seed = static_cast<uint64_t>(FromEnvironment("TOUCHSTONE_POWER_LOSS_SEED", 1));
  for (uint64_t seed = first_seed; findings.rounds < rounds && findings.wrong.empty(); ++seed) {
    DiskLife(seed, lies, findings).Run(static_cast<int>(std::min<int64_t>(kRoundsPerDisk, rounds - findings.rounds)));
  }
  return findings;
}

// What some hundred losses meet, and what only some thousand do: then all there is.
constexpr const char* kOftenMet[] = {
    "*.log: all unsynced kept",    "*.log: all unsynced lost",
    "*.log: cut at a byte",        "*.log: deletion undone",
    "*.log: entry lost",           "*.log: garbage where nothing was written",
    "*.log: sectors in any order", "*.log: zeros where nothing was written",
    "*.sst: deletion undone",      "*.sst: entry lost",
    "MANIFEST: entry lost",        "entries: a later change kept without an earlier",
};
constexpr const char* kSeldomMet[] = {
    "*.dbtmp: entry lost",
    "*.sst: all unsynced kept",
    "*.sst: all unsynced lost",
    "*.sst: cut at a byte",
    "*.sst: garbage where nothing was written",
    "*.sst: sectors in any order",
    "*.sst: zeros where nothing was written",
    "CURRENT: rename undone",
    "MANIFEST: all unsynced kept",
    "MANIFEST: all unsynced lost",
    "MANIFEST: cut at a byte",
    "MANIFEST: garbage where nothing was written",
    "MANIFEST: sectors in any order",
    "MANIFEST: zeros where nothing was written",
    "MARK: all unsynced kept",
    "MARK: all unsynced lost",
    "MARK: cut at a byte",
    "MARK: sectors in any order",
    "files: *.log kept, another lost",
    "files: MARK kept, another lost",
};
constexpr int64_t kRoundsForOften = 400;
// One kind of loss is refused though nothing acknowledged is missing: a MANIFEST that was being added to, where a later sector
// reached the disk and an earlier did not. RocksDB cannot tell that from damage.
constexpr int64_t kRefusalsPercentMax = 3;
constexpr int64_t kRoundsForSeldom = 5000;

void ExpectEveryKindWasMet(const Findings& findings) {
  std::vector<std::string> never;
  const auto look = [&](const char* kind) {
    if (findings.losses.count(kind) == 0) never.emplace_back(kind);
  };
  if (findings.rounds >= kRoundsForOften) std::for_each(std::begin(kOftenMet), std::end(kOftenMet), look);
  if (findings.rounds >= kRoundsForSeldom) std::for_each(std::begin(kSeldomMet), std::end(kSeldomMet), look);
  EXPECT_THAT(never, testing::IsEmpty()) << "kinds of loss that were never tried";
}

TEST(PowerLoss, NothingAcknowledgedIsMissingAndNothingIsHalfThere) {
  const int64_t rounds = FromEnvironment("TOUCHSTONE_POWER_LOSS_ROUNDS", 500);
  const Findings findings = LoseThePower(rounds, {});
  std::printf("%d losses, %d of them while opening, %zu refusals to open\n", findings.rounds, findings.cut_while_opening,
              findings.refusals.size());
  for (const std::string& refusal : findings.refusals) std::printf("%s\n", refusal.c_str());
  for (const auto& [kind, count] : findings.losses) std::printf("%8lld %s\n", static_cast<long long>(count), kind.c_str());
  EXPECT_THAT(findings.wrong, testing::IsEmpty());
  ExpectEveryKindWasMet(findings);
  EXPECT_GT(findings.cut_while_opening, findings.rounds / 100) << "opening is not tried";
  EXPECT_LE(findings.refusals.size(), static_cast<size_t>(rounds * kRefusalsPercentMax / 100));
  for (const std::string& refusal : findings.refusals) {
    EXPECT_THAT(refusal, testing::AllOf(testing::HasSubstr("MANIFEST"), testing::HasSubstr("Put a backup")));
  }
}

// The test of the test: a disk that forgets what it was told to sync.
TEST(PowerLoss, WithoutSyncingLossesAreSeen) {
  const Findings findings = LoseThePower(300, {".log", "MARK"});
  EXPECT_THAT(findings.wrong,
              testing::Contains(testing::AnyOf(testing::HasSubstr("is missing"), testing::HasSubstr("was durable"))));
}

// Where the write-ahead log alone is forgotten, the mark tells.
TEST(PowerLoss, ALostEndIsRefused) {
  const Findings findings = LoseThePower(40, {".log"});
  EXPECT_THAT(findings.refusals, testing::Contains(testing::HasSubstr("its log is damaged or incomplete")));
}

}  // namespace
}  // namespace touchstone::eventlog::embedded
