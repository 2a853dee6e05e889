#include "common/eventlog/embedded/embedded_log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/clock/virtual_clock.h"
#include "common/eventlog/embedded/folder_names.h"
#include "common/status/errors.h"

namespace touchstone::eventlog {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class EmbeddedLogTest : public testing::Test {
 protected:
  EmbeddedLogTest()
      : folder_(fs::path(testing::TempDir()) /
                absl::StrCat("embedded-", ::getpid(), "-", testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(folder_);
    options_.folder = folder_.string();
    options_.topics = TopicCatalog({{"orders", 2}, {"short", 2, false, absl::Hours(1)}, {"latest", 1, true}, {"news", 1}});
    options_.maintenance_interval = absl::InfiniteDuration();
    options_.free_bytes = [this] { return free_bytes_; };
  }
  ~EmbeddedLogTest() override {
    log_.reset();
    fs::remove_all(folder_);
  }

  absl::Status Open() {
    log_.reset();
    absl::StatusOr<std::unique_ptr<EmbeddedLog>> log = OpenEmbeddedLog(options_, clock_);
    if (log.ok()) log_ = *std::move(log);
    return log.status();
  }
  std::string Refusal() {
    const absl::Status status = Open();
    EXPECT_FALSE(status.ok());
    return std::string(status.message());
  }

  absl::StatusOr<std::vector<Position>> Append(std::vector<OutRecord> records) {
    std::mutex mutex;
    std::condition_variable answered;
    std::optional<absl::StatusOr<std::vector<Position>>> answer;
    log_->Append(std::move(records), [&](absl::StatusOr<std::vector<Position>> positions) {
      std::lock_guard<std::mutex> lock(mutex);
      answer = std::move(positions);
      answered.notify_one();
    });
    std::unique_lock<std::mutex> lock(mutex);
    answered.wait(lock, [&] { return answer.has_value(); });
    return *std::move(answer);
  }
  void MustAppend(absl::string_view topic, int partition, absl::string_view key, absl::string_view value) {
    const auto positions = Append({{std::string(topic), std::string(key), "", std::string(value), partition}});
    ASSERT_TRUE(positions.ok()) << positions.status();
  }

  std::vector<std::string> Read(absl::string_view topic) {
    std::vector<std::string> values;
    const std::unique_ptr<Tail> tail = *log_->OpenTail(topic, {TailStart::From::kBegin, {}});
    const absl::StatusOr<std::vector<TailRecord>> read = tail->Read(10'000);
    EXPECT_TRUE(read.ok()) << read.status();
    for (const TailRecord& record : *read) values.push_back(absl::StrCat(record.record.offset, "=", record.record.value));
    return values;
  }

  // The files of the store whose name ends so, in order.
  std::vector<fs::path> StoreFiles(absl::string_view suffix) {
    std::set<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_ / "store")) {
      if (entry.path().extension().string() == suffix) files.insert(entry.path());
    }
    return {files.begin(), files.end()};
  }
  static void Overwrite(const fs::path& file, int64_t at, absl::string_view bytes) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(at);
    stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  // The content of all files, to see that nothing was changed. RocksDB's own diary aside.
  std::map<std::string, std::string> Contents() {
    std::map<std::string, std::string> contents;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file() || entry.path().filename().string().rfind("LOG", 0) == 0) continue;
      std::ifstream stream(entry.path(), std::ios::binary);
      contents[entry.path().string()] = std::string(std::istreambuf_iterator<char>(stream), {});
    }
    return contents;
  }

  const fs::path folder_;
  int64_t free_bytes_ = int64_t{1} << 40;
  clock::VirtualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  EmbeddedOptions options_;
  std::unique_ptr<EmbeddedLog> log_;
};

TEST_F(EmbeddedLogTest, ASecondLogOnTheFolderIsRefused) {
  ASSERT_TRUE(Open().ok());
  const absl::StatusOr<std::unique_ptr<EmbeddedLog>> second = OpenEmbeddedLog(options_, clock_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()),
              AllOf(HasSubstr(folder_.string()), HasSubstr("another touchstone uses it")));
}

// Another process that holds the folder's lock, as long as this lives.
class LockHolder {
 public:
  explicit LockHolder(const fs::path& folder) {
    int ready[2];
    EXPECT_EQ(::pipe(ready), 0);
    child_ = ::fork();
    if (child_ == 0) {
      const int file = ::open((folder / "LOCK").c_str(), O_RDWR);
      struct flock lock = {};
      lock.l_type = F_WRLCK;
      const char answer = ::fcntl(file, F_SETLK, &lock) == 0 ? 'y' : 'n';
      if (::write(ready[1], &answer, 1) != 1) ::_exit(1);
      for (;;) ::pause();
    }
    char answer = 0;
    EXPECT_EQ(::read(ready[0], &answer, 1), 1);
    EXPECT_EQ(answer, 'y');
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~LockHolder() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  pid_t process() const { return child_; }

 private:
  pid_t child_ = 0;
};

TEST_F(EmbeddedLogTest, ASecondProcessOnTheFolderIsRefused) {
  ASSERT_TRUE(Open().ok());
  log_.reset();
  {
    const LockHolder other(folder_);
    const std::string held = absl::StrCat("another touchstone uses it (process ", other.process(), ")");
    EXPECT_THAT(Refusal(), AllOf(HasSubstr(folder_.string()), HasSubstr(held)));
  }
  EXPECT_TRUE(Open().ok());
}

TEST_F(EmbeddedLogTest, AFolderTakenAwayEndsTheProcess) {
  // RocksDB's threads outlive a log.
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_DEATH(
      {
        EXPECT_TRUE(Open().ok());
        EXPECT_TRUE(log_->Maintain().ok());
        fs::remove_all(folder_);
        log_->Maintain().IgnoreError();
      },
      "is no longer there");
}

TEST_F(EmbeddedLogTest, ANewerFormatIsRefused) {
  ASSERT_TRUE(Open().ok());
  log_.reset();
  std::ofstream(folder_ / "FORMAT") << "touchstone embedded log, format 2\n";
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("has format 2"), HasSubstr("knows 1")));
}

TEST_F(EmbeddedLogTest, OtherPartitionCountsAreRefused) {
  ASSERT_TRUE(Open().ok());
  options_.topics = TopicCatalog({{"orders", 4}});
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("2 partitions"), HasSubstr("'orders'"), HasSubstr("says 4")));
}

TEST_F(EmbeddedLogTest, TopicsMayBeAdded) {
  ASSERT_TRUE(Open().ok());
  MustAppend("orders", 0, "k", "old");
  options_.topics = TopicCatalog({{"added", 3}, {"orders", 2}});
  ASSERT_TRUE(Open().ok());
  MustAppend("added", 2, "k", "new");
  ASSERT_TRUE(Open().ok());
  EXPECT_THAT(Read("orders"), ElementsAre("0=old"));
  EXPECT_THAT(Read("added"), ElementsAre("0=new"));
}

TEST_F(EmbeddedLogTest, ALostWriteAheadLogIsRefusedAndNothingIsChanged) {
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 20; ++i) MustAppend("orders", 0, "k", "value");
  log_.reset();
  for (const fs::path& file : StoreFiles(".log")) fs::remove(file);
  const auto before = Contents();
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("was written up to record 20 "), HasSubstr("damaged or incomplete"),
                               HasSubstr("Nothing was changed")));
  EXPECT_EQ(Contents(), before);
}

TEST_F(EmbeddedLogTest, ADamagedWriteAheadLogIsRefusedAndNothingIsChanged) {
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 20; ++i) MustAppend("orders", 0, "k", std::string(1000, 'x'));
  log_.reset();
  const fs::path wal = StoreFiles(".log").back();
  Overwrite(wal, static_cast<int64_t>(fs::file_size(wal)) / 2, "damage");
  const auto before = Contents();
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("written up to record 20 "), HasSubstr("checksum does not match"),
                               HasSubstr(wal.filename().string())));
  EXPECT_EQ(Contents(), before);
}

TEST_F(EmbeddedLogTest, AWriteAheadLogThatBeginsTooLateIsRefusedAndNothingIsChanged) {
  constexpr uintmax_t kBlock = 32 << 10;  // Of RocksDB's log.
  constexpr uintmax_t kWrite = kBlock / 8;
  const auto wal_bytes = [this] { return fs::file_size(StoreFiles(".log").back()); };
  ASSERT_TRUE(Open().ok());
  // Such that eight writes fill a block, and a hole of blocks ends where a write begins.
  constexpr uintmax_t kProbe = 3900;
  const uintmax_t before_probe = wal_bytes();
  MustAppend("orders", 0, "k", std::string(kProbe, 'x'));
  const std::string value(kProbe + kWrite - (wal_bytes() - before_probe), 'x');
  ASSERT_TRUE(Open().ok());  // What was written so far is in tables now, and a new log begins.
  for (int i = 0; i < 24; ++i) MustAppend("orders", 0, "k", value);
  log_.reset();
  const fs::path wal = StoreFiles(".log").back();
  ASSERT_EQ(fs::file_size(wal), 3 * kBlock);
  // RocksDB steps over a hole of zeros, and goes on with what lies behind.
  Overwrite(wal, 0, std::string(2 * kBlock, '\0'));
  const auto before = Contents();
  EXPECT_THAT(Refusal(),
              AllOf(HasSubstr("was written up to record 25 "), HasSubstr("ends at 1 "), HasSubstr("Nothing was changed")));
  EXPECT_EQ(Contents(), before);
}

TEST_F(EmbeddedLogTest, AWriteAheadLogWithoutItsFirstWriteIsRefused) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 5; ++i) MustAppend("orders", 0, "k", "value");
  log_.reset();
  const std::vector<fs::path> logs = StoreFiles(".log");
  for (const fs::path& log : logs) {
    std::ifstream stream(log, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    // The first record's size is in its header; without that record the log begins one write too late.
    if (bytes.size() < 16) continue;
    const size_t first = 7 + static_cast<uint8_t>(bytes[4]) + 256U * static_cast<uint8_t>(bytes[5]);
    std::ofstream(log, std::ios::binary | std::ios::trunc) << bytes.substr(first);
  }
  EXPECT_THAT(Refusal(), HasSubstr("damaged or incomplete"));
}

// Small writes fill the memory of meta before that of any other family.
class EmbeddedLogOfSmallWritesTest : public EmbeddedLogTest {
 protected:
  static constexpr size_t kBlock = 32 << 10;  // Of RocksDB's log.

  // Until there are so many files of a kind. Commits, for appends that follow each other share a write.
  void CommitUntil(absl::string_view suffix, size_t files) {
    constexpr int kBurst = 1000;
    constexpr int kWritesMax = 1'000'000;
    const std::unique_ptr<Member> member = *log_->Join({"alpha", {"orders"}, {}}, {});
    for (; StoreFiles(suffix).size() < files && written_ < kWritesMax; written_ += kBurst) {
      for (int i = 0; i < kBurst; ++i) ASSERT_TRUE(member->Commit({TaskCommit{0, {}, {}, {{"orders", "k", "", "v", 0}}}}).ok());
    }
    ASSERT_GE(StoreFiles(suffix).size(), files) << written_ << " writes";
  }
  // Where a block of the log begins with a record: after the first block, or else the end.
  static size_t BlockWithAWholeRecord(const fs::path& log) {
    constexpr char kFull = 1;
    constexpr size_t kTypeAt = 6;
    std::ifstream stream(log, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    for (size_t at = kBlock; at + kTypeAt < bytes.size(); at += kBlock) {
      if (bytes[at + kTypeAt] == kFull) return at;
    }
    return bytes.size();
  }

  int written_ = 0;
};

// RocksDB notes in its manifest that a log was closed and is durable; its tables may yet lack what is in it.
TEST_F(EmbeddedLogOfSmallWritesTest, ALogThatIsClosedAndStillNeededIsReplayed) {
  ASSERT_TRUE(Open().ok());
  CommitUntil(".log", 2);
  log_.reset();
  ASSERT_TRUE(Open().ok());
  EXPECT_THAT(*log_->EndOffsets("orders"), ElementsAre(written_, 0));
}

TEST_F(EmbeddedLogOfSmallWritesTest, AWriteAheadLogThatBeginsTooLateForAnyFamilyIsRefused) {
  ASSERT_TRUE(Open().ok());
  // So many that tables of all families which are put into any together are there for sure.
  CommitUntil(".sst", 3);
  log_.reset();
  // RocksDB steps over a hole of zeros.
  const fs::path needed_first = StoreFiles(".log").front();
  Overwrite(needed_first, 0, std::string(BlockWithAWholeRecord(needed_first), '\0'));
  EXPECT_THAT(Refusal(), HasSubstr("damaged or incomplete"));
}

TEST_F(EmbeddedLogTest, ATornEndIsCutOff) {
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 5; ++i) MustAppend("orders", 0, "k", absl::StrCat(i));
  log_.reset();
  // What a write that was never acknowledged leaves.
  std::ofstream(StoreFiles(".log").back(), std::ios::app | std::ios::binary) << std::string(100, '\x17');
  ASSERT_TRUE(Open().ok());
  MustAppend("orders", 0, "k", "5");
  EXPECT_THAT(Read("orders"), ElementsAre("0=0", "1=1", "2=2", "3=3", "4=4", "5=5"));
}

TEST_F(EmbeddedLogTest, ADamagedTableIsRefused) {
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 20; ++i) MustAppend("orders", 0, "k", std::string(1000, 'x'));
  ASSERT_TRUE(Open().ok());  // Recovery has made tables of the log.
  log_.reset();
  const std::vector<fs::path> tables = StoreFiles(".sst");
  ASSERT_FALSE(tables.empty());
  for (const fs::path& table : tables) Overwrite(table, static_cast<int64_t>(fs::file_size(table)) - 40, std::string(40, '\0'));
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("is damaged"), HasSubstr("Put a backup")));
}

TEST_F(EmbeddedLogTest, ADamagedManifestIsRefused) {
  ASSERT_TRUE(Open().ok());
  MustAppend("orders", 0, "k", "v");
  log_.reset();
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_ / "store")) {
    if (entry.path().filename().string().rfind("MANIFEST", 0) == 0) Overwrite(entry.path(), 10, "damage");
  }
  EXPECT_THAT(Refusal(), AllOf(HasSubstr("is damaged"), HasSubstr("Put a backup")));
}

TEST_F(EmbeddedLogTest, TheFolderHoldsOnlyWhatIsNamed) {
  ASSERT_TRUE(Open().ok());
  MustAppend("orders", 0, "k", "v");
  log_.reset();
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    EXPECT_THAT(embedded::kFolderNames, testing::Contains(absl::string_view(name)));
  }
}

TEST_F(EmbeddedLogTest, LostPartsAreNamed) {
  ASSERT_TRUE(Open().ok());
  MustAppend("orders", 0, "k", "v");
  log_.reset();
  const fs::path aside = folder_.string() + ".aside";
  for (const char* part : {"MARK", "FORMAT", "store"}) {
    fs::rename(folder_ / part, aside);
    EXPECT_THAT(Refusal(), AllOf(HasSubstr(part), HasSubstr("Put a backup"))) << part;
    fs::rename(aside, folder_ / part);
  }
  std::ofstream(folder_ / "MARK") << "nonsense";
  EXPECT_THAT(Refusal(), HasSubstr("MARK that cannot be read"));
}

TEST_F(EmbeddedLogTest, NearlyFullIntakeStopsThenCommitsAndBothComeBack) {
  ASSERT_TRUE(Open().ok());
  const std::unique_ptr<Member> member = *log_->Join({"alpha", {"orders"}, {}}, {});
  free_bytes_ = options_.limits.soft_free_bytes - 1;
  ASSERT_TRUE(log_->Maintain().ok());
  EXPECT_EQ(log_->Intake().code(), absl::StatusCode::kResourceExhausted);
  const absl::Status refused = Append({{"orders", "k", "", "v"}}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(status::RetryDelayOf(refused).has_value());
  EXPECT_THAT(std::string(refused.message()), AllOf(HasSubstr(folder_.string()), HasSubstr("MiB free")));
  EXPECT_TRUE(member->Commit({TaskCommit{0, {}, {{"k", "v"}}}}).ok()) << "what is inside drains";

  free_bytes_ = options_.limits.hard_free_bytes - 1;
  log_->Maintain().IgnoreError();
  const absl::Status held = member->Commit({TaskCommit{0, {}, {{"k", "w"}}}}).status();
  EXPECT_EQ(held.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(status::RetryDelayOf(held).has_value());
  EXPECT_EQ(**member->State(0).Get("k"), "v");

  free_bytes_ = options_.limits.soft_free_bytes * 2;
  ASSERT_TRUE(log_->Maintain().ok());
  EXPECT_TRUE(log_->Intake().ok());
  EXPECT_TRUE(Append({{"orders", "k", "", "v"}}).ok());
  EXPECT_TRUE(member->Commit({TaskCommit{0, {}, {{"k", "w"}}}}).ok());
}

TEST_F(EmbeddedLogTest, WhoIsShortOfSpaceNeedsATenthMoreToGoOn) {
  ASSERT_TRUE(Open().ok());
  const int64_t soft = options_.limits.soft_free_bytes;
  for (const auto& [free, open] :
       {std::pair(soft, true), {soft - 1, false}, {soft + soft / 10 - 1, false}, {soft + soft / 10, true}}) {
    free_bytes_ = free;
    log_->Maintain().IgnoreError();
    EXPECT_EQ(log_->Intake().ok(), open) << free;
  }
}

TEST_F(EmbeddedLogTest, WhoFetchesAndWhoTailsAreWokenByWhatIsWritten) {
  ASSERT_TRUE(Open().ok());
  const uint64_t fetch = log_->changes().version();
  const uint64_t tail = log_->tail_changes().version();
  MustAppend("orders", 0, "k", "v");
  // An append is acknowledged when it is durable; who tails is woken before.
  EXPECT_GT(log_->changes().version(), fetch);
  EXPECT_GT(log_->tail_changes().version(), tail);
}

TEST_F(EmbeddedLogTest, TooMuchInFlightIsRefused) {
  options_.limits.in_flight_bytes_max = 1000;
  ASSERT_TRUE(Open().ok());
  // From a callback, on the thread that calls them all, nothing else is acknowledged meanwhile.
  std::vector<absl::StatusCode> codes;
  std::mutex mutex;
  std::condition_variable done;
  int answers = 0;
  const auto answer = [&](absl::StatusOr<std::vector<Position>> positions) {
    std::lock_guard<std::mutex> lock(mutex);
    codes.push_back(positions.status().code());
    EXPECT_TRUE(positions.ok() || status::RetryDelayOf(positions.status()).has_value());
    ++answers;
    done.notify_one();
  };
  log_->Append({{"orders", "k", "", "first"}}, [&](absl::StatusOr<std::vector<Position>>) {
    log_->Append({{"orders", "k", "", std::string(5000, 'x')}}, answer);  // Alone, a large one is taken.
    log_->Append({{"orders", "k", "", "small"}}, answer);
  });
  std::unique_lock<std::mutex> lock(mutex);
  done.wait(lock, [&] { return answers == 2; });
  EXPECT_THAT(codes, ElementsAre(absl::StatusCode::kResourceExhausted, absl::StatusCode::kOk));
}

TEST_F(EmbeddedLogTest, RetentionDeletesWhatIsOldAndCommittedByAll) {
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 3; ++i) MustAppend("short", 0, "k", absl::StrCat("old", i));
  clock_.Advance(absl::Hours(2));
  MustAppend("short", 0, "k", "fresh");
  {
    const std::unique_ptr<Member> member = *log_->Join({"alpha", {"short"}, {}}, {});
    ASSERT_TRUE(log_->Maintain().ok());
    EXPECT_THAT(Read("short"), ElementsAre("0=old0", "1=old1", "2=old2", "3=fresh")) << "alpha has committed nothing";
    ASSERT_TRUE(member->Commit({TaskCommit{0, {{"short", 2}}}}).ok());
  }
  ASSERT_TRUE(log_->Maintain().ok());
  EXPECT_THAT(Read("short"), ElementsAre("2=old2", "3=fresh"));
  ASSERT_TRUE(Open().ok());
  EXPECT_THAT(Read("short"), ElementsAre("2=old2", "3=fresh"));
  const std::unique_ptr<Tail> tail = *log_->OpenTail("short", {TailStart::From::kOffsets, {0, 0}});
  EXPECT_EQ(tail->Read(1)->front().record.value, "old2") << "what is no longer kept reads from the oldest kept";
  const std::unique_ptr<Member> member = *log_->Join({"alpha", {"short"}, {}}, {});
  ASSERT_TRUE(member->Commit({TaskCommit{0, {{"short", 4}}}}).ok());
  clock_.Advance(absl::Hours(2));
  ASSERT_TRUE(log_->Maintain().ok());
  EXPECT_THAT(Read("short"), ElementsAre());
  EXPECT_THAT(*log_->EndOffsets("short"), ElementsAre(4, 0));
  MustAppend("short", 0, "k", "next");
  EXPECT_THAT(Read("short"), ElementsAre("4=next"));
}

TEST_F(EmbeddedLogTest, RetentionLeavesTheRestOfAChunkThatIsCommittedInPart) {
  ASSERT_TRUE(Open().ok());
  std::unique_ptr<Member> member = *log_->Join({"alpha", {"short"}, {}}, {});
  // One call, and so one chunk.
  ASSERT_TRUE(Append({{"short", "k", "", "a", 0}, {"short", "k", "", "b", 0}, {"short", "k", "", "c", 0}}).ok());
  ASSERT_TRUE(member->Commit({TaskCommit{0, {{"short", 1}}}}).ok());
  clock_.Advance(absl::Hours(2));
  ASSERT_TRUE(log_->Maintain().ok());
  member.reset();
  ASSERT_TRUE(Open().ok());
  EXPECT_THAT(Read("short"), ElementsAre("0=a", "1=b", "2=c"));
}

TEST_F(EmbeddedLogTest, OffsetsGoOnAfterEverythingIsDeleted) {
  ASSERT_TRUE(Open().ok());
  MustAppend("short", 1, "k", "old");
  clock_.Advance(absl::Hours(2));
  ASSERT_TRUE(log_->Maintain().ok());
  ASSERT_TRUE(Open().ok());
  MustAppend("short", 1, "k", "new");
  EXPECT_THAT(Read("short"), ElementsAre("1=new"));
}

TEST_F(EmbeddedLogTest, CompactionKeepsTheNewestOfEachKey) {
  options_.limits.recent_bytes_max = 0;
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 9; ++i) MustAppend("latest", 0, absl::StrCat("key", i % 3), absl::StrCat(i));
  MustAppend("latest", 0, "other", "x");
  ASSERT_TRUE(log_->Maintain().ok());
  EXPECT_THAT(Read("latest"), ElementsAre("6=6", "7=7", "8=8", "9=x"));
  ASSERT_TRUE(Open().ok());
  EXPECT_THAT(Read("latest"), ElementsAre("6=6", "7=7", "8=8", "9=x"));
  for (int i = 0; i < 6; ++i) MustAppend("latest", 0, "key0", absl::StrCat("again", i));
  ASSERT_TRUE(log_->Maintain().ok());
  EXPECT_THAT(Read("latest"), ElementsAre("7=7", "8=8", "9=x", "15=again5"));
}

TEST_F(EmbeddedLogTest, CompactionLeavesWhatSomeTaskHasYetToReadAndKeepsTimes) {
  options_.limits.recent_bytes_max = 0;
  ASSERT_TRUE(Open().ok());
  std::unique_ptr<Member> member = *log_->Join({"alpha", {"latest"}, {}}, {});
  std::vector<absl::Time> times;
  for (int i = 0; i < 4; ++i) {
    MustAppend("latest", 0, i % 2 == 0 ? "even" : "odd", absl::StrCat(i));
    times.push_back(clock_.Now());
    clock_.Advance(absl::Seconds(1));
  }
  ASSERT_TRUE(log_->Maintain().ok());
  EXPECT_THAT(Read("latest"), ElementsAre("0=0", "1=1", "2=2", "3=3"));
  ASSERT_TRUE(member->Commit({TaskCommit{0, {{"latest", 3}}}}).ok());
  ASSERT_TRUE(log_->Maintain().ok());
  EXPECT_THAT(Read("latest"), ElementsAre("1=1", "2=2", "3=3"));
  const std::unique_ptr<Tail> tail = *log_->OpenTail("latest", {TailStart::From::kBegin, {}});
  const std::vector<TailRecord> kept = *tail->Read(10);
  ASSERT_EQ(kept.size(), 3U);
  for (const TailRecord& read : kept) EXPECT_EQ(read.record.append_time, times[read.record.offset]) << read.record.offset;
}

TEST_F(EmbeddedLogTest, CompactionInSmallStepsComesToTheSame) {
  options_.limits.recent_bytes_max = 0;
  options_.limits.compaction_key_bytes_max = 1;  // One key a pass.
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 12; ++i) MustAppend("latest", 0, absl::StrCat("key", i % 2), absl::StrCat(i));
  for (int pass = 0; pass < 40; ++pass) ASSERT_TRUE(log_->Maintain().ok());
  EXPECT_THAT(Read("latest"), testing::Contains("10=10"));
  EXPECT_THAT(Read("latest"), testing::Contains("11=11"));
  EXPECT_LE(Read("latest").size(), 5U);
}

TEST_F(EmbeddedLogTest, WhatIsNotRecentIsReadFromTheStore) {
  options_.limits.recent_bytes_max = 2000;
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 50; ++i) MustAppend("orders", 0, "k", absl::StrCat(i, std::string(500, 'x')));
  EXPECT_EQ(Read("orders").size(), 50U);
  const std::unique_ptr<Member> member = *log_->Join({"alpha", {"orders"}, {}}, {});
  for (int next = 0; next < 50; next += 7) {
    const std::vector<InputBatch> batches = *member->Fetch(0, {.records_max = 7});
    const std::vector<Record>& records = batches[0].records;
    ASSERT_FALSE(records.empty());
    EXPECT_EQ(records.front().offset, next);
    ASSERT_TRUE(member->Commit({TaskCommit{0, {{"orders", records.back().offset + 1}}}}).ok());
  }
}

TEST_F(EmbeddedLogTest, MembersShareTheWorkAndNeverAPartition) {
  ASSERT_TRUE(Open().ok());
  const TaskKind kind{"alpha", {"orders"}, {"news"}};
  const std::unique_ptr<Member> first = *log_->Join(kind, {.worker = 0, .worker_count = 2});
  const std::unique_ptr<Member> second = *log_->Join(kind, {.worker = 1, .worker_count = 2});
  EXPECT_THAT(first->PollOwnership()->gained, ElementsAre(0));
  EXPECT_THAT(second->PollOwnership()->gained, ElementsAre(1));
  EXPECT_EQ(log_->Join(kind, {.worker = 1, .worker_count = 2}).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(log_->Join(kind, {}).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(first->Fetch(1, {}).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(EmbeddedLogTest, AppendTimesDoNotFollowAClockThatGoesBack) {
  ASSERT_TRUE(Open().ok());
  MustAppend("orders", 0, "k", "1");
  clock_.SetNow(clock_.Now() - absl::Hours(5));
  MustAppend("orders", 1, "k", "2");
  ASSERT_TRUE(Open().ok());
  MustAppend("orders", 0, "k", "3");
  const std::unique_ptr<Tail> tail = *log_->OpenTail("orders", {TailStart::From::kBegin, {}});
  const std::vector<TailRecord> read = *tail->Read(10);
  ASSERT_EQ(read.size(), 3U);
  for (const TailRecord& record : read) EXPECT_EQ(record.record.append_time, absl::FromUnixSeconds(1'800'000'000));
}

}  // namespace
}  // namespace touchstone::eventlog
