#include "common/peers/owner_table.h"

#include <gtest/gtest.h>

#include <vector>

namespace touchstone::peers {
namespace {

events::v1::TaskOwnership Said(const std::string& instance, const std::vector<int>& partitions,
                               const std::string& kind = "journey") {
  events::v1::TaskOwnership said;
  said.set_kind(kind);
  said.set_instance(instance);
  said.set_address(instance + ":" + kind);
  said.mutable_partitions()->Assign(partitions.begin(), partitions.end());
  return said;
}

TEST(OwnerTable, KnowsWhoSaidThatItHasAPartition) {
  OwnerTable table;
  EXPECT_EQ(table.Find("journey", 0), std::nullopt);
  table.Hear(Said("a", {0, 1}));
  EXPECT_EQ(table.Find("journey", 1), (Owner{"a", "a:journey"}));
  EXPECT_EQ(table.Find("journey", 2), std::nullopt);
  EXPECT_EQ(table.Find("case", 1), std::nullopt);
}

TEST(OwnerTable, WhatAnInstanceSaysReplacesWhatItSaidBefore) {
  OwnerTable table;
  table.Hear(Said("a", {0, 1}));
  table.Hear(Said("a", {1, 2}));
  EXPECT_EQ(table.Find("journey", 0), std::nullopt);
  EXPECT_EQ(table.Find("journey", 2)->instance, "a");
}

TEST(OwnerTable, TheLastWhoSaysThatItHasAPartitionHasIt) {
  OwnerTable table;
  table.Hear(Said("a", {0, 1}));
  table.Hear(Said("b", {1}));
  EXPECT_EQ(table.Find("journey", 0)->instance, "a");
  EXPECT_EQ(table.Find("journey", 1)->instance, "b");
  table.Hear(Said("a", {0}));
  EXPECT_EQ(table.Find("journey", 1)->instance, "b") << "what another has taken is not given up by who had it";
}

TEST(OwnerTable, ServicesOfOneInstanceNameAreApart) {
  OwnerTable table;
  table.Hear(Said("host", {0, 1}));
  table.Hear(Said("host", {0}, "case"));
  EXPECT_EQ(table.Find("journey", 1), (Owner{"host", "host:journey"}));
  EXPECT_EQ(table.Find("case", 0), (Owner{"host", "host:case"}));
}

TEST(OwnerTable, IsReplacedWhole) {
  OwnerTable table;
  table.Hear(Said("a", {0, 1}));
  OwnerTable other;
  other.Hear(Said("b", {1}));
  table.ReplaceBy(other);
  EXPECT_EQ(table.Find("journey", 0), std::nullopt);
  EXPECT_EQ(table.Find("journey", 1)->instance, "b");
}

TEST(OwnerTable, KnowsWhetherOthersHaveTasks) {
  OwnerTable table;
  table.Hear(Said("a", {0, 1}));
  EXPECT_FALSE(table.OthersHave({"journey"}, "a"));
  EXPECT_TRUE(table.OthersHave({"journey"}, "b"));
  EXPECT_FALSE(table.OthersHave({"case"}, "b"));
}

}  // namespace
}  // namespace touchstone::peers
