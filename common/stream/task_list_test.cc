#include "common/stream/task_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/ids/token.h"
#include "common/status/errors.h"

namespace touchstone::stream {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kQuery[] = "words";

// Lists the words of a state, each at a key `w` and a number; where the filter is not empty, those that equal it.
TaskQuery WordsQuery() {
  return MakeListQuery(kQuery, {[](absl::string_view) { return std::string("w"); },
                                [](absl::string_view filter, absl::string_view, absl::string_view value,
                                   absl::Time) -> absl::StatusOr<std::optional<std::string>> {
                                  if (value == "broken") return absl::DataLossError("broken");
                                  if (!filter.empty() && filter != value) return std::optional<std::string>();
                                  return std::optional<std::string>(std::string(value));
                                }});
}

// Partitions of a task's state in maps, read at once.
class Partitions : public TaskReader {
 public:
  explicit Partitions(int count) : states_(count) {}

  void Add(int partition, int number, absl::string_view word) {
    states_[partition].values[absl::StrCat("w", absl::Dec(number, absl::kZeroPad5))] = std::string(word);
  }
  // Beside what the list looks at.
  void AddOther(int partition) { states_[partition].values["x"] = "other"; }
  void Lose(int partition) { lost_.insert(partition); }
  // Whoever has all of them hangs.
  void Hang() { hangs_ = true; }
  int asked_count() const { return asked_count_; }

  void Ask(TaskAsk ask, Done done) override {
    EXPECT_EQ(ask.query, kQuery);
    ++asked_count_;
    if (hangs_) return done(absl::DeadlineExceededError("silence"));
    if (lost_.contains(ask.partition)) return done(absl::UnavailableError(absl::StrCat(ask.partition, " is away")));
    done(query_.run(states_[ask.partition], absl::UnixEpoch(), ask.request));
  }
  int PartitionCount(absl::string_view) const override { return static_cast<int>(states_.size()); }
  int PartitionFor(absl::string_view, absl::string_view) const override { return 0; }
  std::string OwnerOf(absl::string_view, int partition) const override {
    return hangs_ ? "the-one" : absl::StrCat("instance-", partition);
  }

 private:
  struct MapState : eventlog::StateView {
    absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override { return std::nullopt; }
    absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const override {
      for (auto at = values.lower_bound(std::string(begin)); at != values.end() && (end.empty() || at->first < end); ++at) {
        if (!visit(at->first, at->second)) break;
      }
      return absl::OkStatus();
    }
    std::map<std::string, std::string> values;
  };
  const TaskQuery query_ = WordsQuery();
  std::vector<MapState> states_;
  std::set<int> lost_;
  bool hangs_ = false;
  int asked_count_ = 0;
};

ListAsk Asking(int page_size, std::string filter = "") {
  return {.kind = "k", .query = kQuery, .filter = filter, .token_scope = absl::StrCat("words ", filter), .page_size = page_size};
}

absl::StatusOr<ListPage> Page(Partitions& partitions, const ListAsk& ask) {
  absl::StatusOr<ListPage> page = absl::InternalError("not called");
  GatherList(partitions, ask, [&](absl::StatusOr<ListPage> gathered) { page = std::move(gathered); });
  return page;
}

// The sizes of all pages.
std::vector<size_t> Sizes(Partitions& partitions, ListAsk ask) {
  std::vector<size_t> sizes;
  do {
    const absl::StatusOr<ListPage> page = Page(partitions, ask);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) break;
    EXPECT_THAT(page->unanswered, IsEmpty());
    sizes.push_back(page->items.size());
    ask.page_token = page->next_page_token;
  } while (!ask.page_token.empty() && sizes.size() < 100);
  return sizes;
}

TEST(TaskList, APageHasFiftyUnlessAskedAndNeverMoreThanFiveHundred) {
  EXPECT_EQ(*PageSizeOf(0), kPageSizeDefault);
  EXPECT_EQ(*PageSizeOf(1), 1);
  EXPECT_EQ(*PageSizeOf(kPageSizeMax + 1), kPageSizeMax);
  EXPECT_TRUE(absl::IsInvalidArgument(PageSizeOf(-1).status()));
}

TEST(TaskList, GoesThroughAllPartitionsAndEndsWithTheLast) {
  Partitions partitions(3);
  for (int i = 0; i < 4; ++i) partitions.Add(0, i, "a");
  for (int i = 4; i < 7; ++i) partitions.Add(2, i, "a");
  partitions.AddOther(2);
  EXPECT_THAT(Sizes(partitions, Asking(2)), ElementsAre(2, 2, 2, 1));
  EXPECT_THAT(Sizes(partitions, Asking(3)), ElementsAre(3, 3, 1));
  EXPECT_THAT(Sizes(partitions, Asking(7)), ElementsAre(7));
  ListAsk one = Asking(50);
  one.only_partition = 2;
  EXPECT_THAT(Sizes(partitions, one), ElementsAre(3));
}

TEST(TaskList, APageEndsWhereOneReadHasLookedAtEnoughAndItsTokenGoesOn) {
  Partitions partitions(1);
  for (int i = 0; i < kListScannedMax; ++i) partitions.Add(0, i, "a");
  EXPECT_THAT(Sizes(partitions, Asking(50, "b")), ElementsAre(0));
  partitions.Add(0, kListScannedMax, "b");
  EXPECT_THAT(Sizes(partitions, Asking(50, "b")), ElementsAre(0, 1));
}

TEST(TaskList, ATaskThatIsAwayIsPassedOverAndTheListSaysSo) {
  Partitions partitions(3);
  for (int i = 0; i < 3; ++i) partitions.Add(i, i, "a");
  partitions.Lose(1);
  const absl::StatusOr<ListPage> page = Page(partitions, Asking(50));
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->items.size(), 2U);
  ASSERT_EQ(page->unanswered.size(), 1U);
  EXPECT_EQ(page->unanswered[0].partition, 1);
  EXPECT_EQ(page->unanswered[0].instance, "instance-1");
  EXPECT_EQ(page->unanswered[0].why, "1 is away");
  partitions.Lose(0);
  partitions.Lose(2);
  EXPECT_EQ(Page(partitions, Asking(50)).status(), absl::UnavailableError("0 is away"));
}

TEST(TaskList, WhoIsSilentAboutOneTaskIsNotWaitedForAgain) {
  Partitions partitions(8);
  partitions.Hang();
  EXPECT_TRUE(absl::IsDeadlineExceeded(Page(partitions, Asking(50)).status()));
  EXPECT_EQ(partitions.asked_count(), 1);
}

TEST(TaskList, DamageIsNoTaskThatIsAway) {
  Partitions partitions(1);
  partitions.Add(0, 0, "broken");
  EXPECT_TRUE(absl::IsDataLoss(Page(partitions, Asking(50)).status()));
}

TEST(TaskList, ATokenOfAnotherListIsRefused) {
  Partitions partitions(2);
  for (int i = 0; i < 4; ++i) partitions.Add(0, i, "a");
  ListAsk ask = Asking(2);
  ask.page_token = Page(partitions, ask)->next_page_token;
  EXPECT_TRUE(Page(partitions, ask).ok());
  ListAsk other = Asking(2, "a");
  other.page_token = ask.page_token;
  EXPECT_TRUE(absl::IsInvalidArgument(Page(partitions, other).status()));
  ask.only_partition = 1;
  EXPECT_TRUE(absl::IsInvalidArgument(Page(partitions, ask).status())) << "the token is of another partition";
}

TEST(TaskList, ATokenThatNamesNoPartitionIsRefused) {
  Partitions partitions(2);
  for (const char* cursor : {"99 ", "-1 ", "x ", "0", ""}) {
    ListAsk ask = Asking(2);
    ask.page_token = ids::EncodePageToken(ask.token_scope, cursor);
    const absl::Status refused = Page(partitions, ask).status();
    EXPECT_TRUE(absl::IsInvalidArgument(refused)) << cursor << ": " << refused;
    ASSERT_EQ(status::FieldViolationsOf(refused).size(), 1U) << cursor;
    EXPECT_EQ(status::FieldViolationsOf(refused)[0].path, "page_token");
  }
}

}  // namespace
}  // namespace touchstone::stream
