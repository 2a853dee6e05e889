#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/contract/event_log_contract.h"

namespace touchstone::eventlog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST_P(EventLogContract, StateIsWhatWasCommitted) {
  const std::unique_ptr<Member> member = Join(Alpha());
  EXPECT_EQ(GetState(*member, 0, "a"), "(none)");
  Commit(*member, TaskCommit{0, {}, {{"a", "1"}, {"b", "2"}}});
  EXPECT_EQ(GetState(*member, 0, "a"), "1");
  Commit(*member, TaskCommit{0, {}, {{"a", "3"}, {"b", std::nullopt}}});
  EXPECT_EQ(GetState(*member, 0, "a"), "3");
  EXPECT_EQ(GetState(*member, 0, "b"), "(none)");
}

TEST_P(EventLogContract, EachTaskHasAStateOfItsOwn) {
  const std::unique_ptr<Member> member = Join(Alpha());
  Commit(*member, {TaskCommit{0, {}, {{"k", "of 0"}}}, TaskCommit{1, {}, {{"k", "of 1"}}}});
  EXPECT_EQ(GetState(*member, 0, "k"), "of 0");
  EXPECT_EQ(GetState(*member, 1, "k"), "of 1");
  EXPECT_EQ(GetState(*member, 2, "k"), "(none)");
  EXPECT_THAT(Scanned(member->State(0), "", ""), ElementsAre(Pair("k", "of 0")));
}

TEST_P(EventLogContract, EmptyAndBinaryKeysOfState) {
  const std::string binary("\0\xff\xff", 3);
  const std::unique_ptr<Member> member = Join(Alpha());
  Commit(*member, TaskCommit{3, {}, {{"", "empty key"}, {binary, binary}, {"\xff\xff", ""}}});
  EXPECT_EQ(GetState(*member, 3, ""), "empty key");
  EXPECT_EQ(GetState(*member, 3, binary), binary);
  EXPECT_EQ(GetState(*member, 3, "\xff\xff"), "");
  EXPECT_THAT(Scanned(member->State(3), "", ""), ElementsAre(Pair("", "empty key"), Pair(binary, binary), Pair("\xff\xff", "")));
}

TEST_P(EventLogContract, AScanVisitsARangeInOrder) {
  const std::unique_ptr<Member> member = Join(Alpha());
  Commit(*member, TaskCommit{0, {}, {{"b", "2"}, {"a", "1"}, {"c", "3"}, {"a/x", "4"}, {"a\xff", "5"}}});
  const StateView& state = member->State(0);
  EXPECT_THAT(Scanned(state, "", ""),
              ElementsAre(Pair("a", "1"), Pair("a/x", "4"), Pair("a\xff", "5"), Pair("b", "2"), Pair("c", "3")));
  EXPECT_THAT(Scanned(state, "a/", "b"), ElementsAre(Pair("a/x", "4"), Pair("a\xff", "5")));
  EXPECT_THAT(Scanned(state, "b", ""), ElementsAre(Pair("b", "2"), Pair("c", "3")));
  EXPECT_THAT(Scanned(state, "bb", "c"), IsEmpty());
  EXPECT_THAT(Scanned(state, "c", "a"), IsEmpty());
}

TEST_P(EventLogContract, AScanOfAPrefixFindsExactlyItsKeys) {
  const std::unique_ptr<Member> member = Join(Alpha());
  Commit(*member,
         TaskCommit{0, {}, {{"p", "1"}, {"p\xff\xff", "2"}, {"q", "3"}, {"\xff", "4"}, {"\xff\xff", "5"}, {"o\xff", "6"}}});
  const StateView& state = member->State(0);
  EXPECT_THAT(Scanned(state, "p", PrefixEnd("p")), ElementsAre(Pair("p", "1"), Pair("p\xff\xff", "2")));
  EXPECT_THAT(Scanned(state, "\xff", PrefixEnd("\xff")), ElementsAre(Pair("\xff", "4"), Pair("\xff\xff", "5")));
  EXPECT_THAT(Scanned(state, "p\xff", PrefixEnd("p\xff")), ElementsAre(Pair("p\xff\xff", "2")));
}

TEST_P(EventLogContract, AScanEndsWhenItsVisitorSaysSo) {
  const std::unique_ptr<Member> member = Join(Alpha());
  Commit(*member, TaskCommit{0, {}, {{"a", "1"}, {"b", "2"}, {"c", "3"}}});
  int visits = 0;
  EXPECT_TRUE(member->State(0)
                  .Scan("", "",
                        [&](absl::string_view, absl::string_view) {
                          ++visits;
                          return visits < 2;
                        })
                  .ok());
  EXPECT_EQ(visits, 2);
}

TEST_P(EventLogContract, ManyKeysAreScannedWhole) {
  const std::unique_ptr<Member> member = Join(Alpha());
  TaskCommit commit{0};
  for (int i = 0; i < 5000; ++i) commit.changes.push_back({absl::StrCat("key ", i), absl::StrCat("value ", i)});
  Commit(*member, commit);
  EXPECT_EQ(Scanned(member->State(0), "", "").size(), 5000U);
  TaskCommit deletion{0};
  for (int i = 0; i < 4999; ++i) deletion.changes.push_back({absl::StrCat("key ", i), std::nullopt});
  Commit(*member, deletion);
  EXPECT_THAT(Scanned(member->State(0), "", ""), ElementsAre(Pair("key 4999", "value 4999")));
}

}  // namespace
}  // namespace touchstone::eventlog
