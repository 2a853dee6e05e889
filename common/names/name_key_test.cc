#include "common/names/name_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/ids/id.h"
#include "common/names/name_text.h"

namespace touchstone::names {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

const NameSecret& Secret() {
  static const NameSecret secret = *NameSecret::FromBytes(std::string(NameSecret::kBytes, 's'));
  return secret;
}

std::string Key(absl::string_view text) { return NameKey(Secret(), *ParseName(text)); }

TEST(NameKey, ShowsCustomersAndAccounts) {
  EXPECT_EQ(Key("customer:42"), "customer:42");
  EXPECT_EQ(Key("account:A:7"), "account:A:7");
}

TEST(NameKey, HidesEverythingElse) {
  for (const char* text : {"email:jo@example.com", "phone:+493012345", "handle:jo", "device:jo", "anonymous:jo"}) {
    EXPECT_THAT(Key(text), MatchesRegex("[a-z]+:[0-9a-f]{32}"));
    EXPECT_THAT(Key(text), Not(HasSubstr("jo")));
  }
  EXPECT_EQ(Key("email:jo@example.com"), "email:" + Secret().KeyedHash("jo@example.com"));
}

TEST(NameKey, IsTheSameForEachWayToWriteAName) {
  EXPECT_EQ(Key("email: Jo@Example.com"), Key("email:jo@example.com"));
  EXPECT_EQ(Key("phone:0049 30 12345"), Key("phone:+493012345"));
}

TEST(NameKey, EscapesWhatIdsAndStateKeysSeparateBy) {
  EXPECT_EQ(Key("customer:a~b/c%d"), "customer:a%7Eb%2Fc%25d");
  EXPECT_NE(Key("customer:a~b"), Key("customer:a%7Eb")) << "two customers stay two";
  EXPECT_EQ(*ids::OwnerOf(ids::DerivedId(Key("customer:a~b"), {"x"})), "customer:a%7Eb");
}

TEST(KeyedName, NormalisesAndFilesUnderTheKey) {
  events::Name name;
  name.set_kind(events::NAME_KIND_EMAIL);
  name.set_value(" Jo@Example.com ");
  const events::Name keyed = *KeyedName(Secret(), name);
  EXPECT_EQ(keyed.value(), "jo@example.com");
  EXPECT_EQ(keyed.key(), Key("email:jo@example.com"));
  name.set_value("jo");
  EXPECT_FALSE(KeyedName(Secret(), name).ok());
}

TEST(NameKeys, AreOrderedByKindThenBytes) {
  std::vector<std::string> keys = {"x",           "anonymous:1", "email:2", "customer:9", "account:1",
                                   "customer:10", "email:1",     "phone:0", "device:0",   "handle:0"};
  std::sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return CompareNameKeys(a, b) < 0; });
  EXPECT_THAT(keys, ElementsAre("customer:10", "customer:9", "account:1", "email:1", "email:2", "phone:0", "handle:0", "device:0",
                                "anonymous:1", "x"));
  EXPECT_EQ(CompareNameKeys("email:1", "email:1"), 0);
}

TEST(NameKeys, TellTheirKind) {
  EXPECT_EQ(KindOfKey("email:00"), events::NAME_KIND_EMAIL);
  EXPECT_EQ(KindOfKey("customer:a:b"), events::NAME_KIND_CUSTOMER);
  EXPECT_EQ(KindOfKey("customer"), events::NAME_KIND_UNSPECIFIED);
  EXPECT_EQ(KindOfKey("customer:"), events::NAME_KIND_UNSPECIFIED);
  EXPECT_EQ(KindOfKey(""), events::NAME_KIND_UNSPECIFIED);
}

TEST(PrimaryName, IsHintedAtWhereAStrongerNameMayHoldTheJourney) {
  EXPECT_EQ(PrimaryNameHint(events::NAME_KIND_CUSTOMER), "");
  EXPECT_NE(PrimaryNameHint(events::NAME_KIND_EMAIL).find("beside this email, ask by that, as in customer:42"),
            std::string::npos);
}

TEST(PrimaryName, IsTheStrongest) {
  google::protobuf::RepeatedPtrField<events::Name> names;
  EXPECT_EQ(PrimaryName(names), nullptr);
  for (const char* text : {"email:jo@example.com", "customer:42", "anonymous:x", "customer:7"}) {
    *names.Add() = *KeyedName(Secret(), *ParseName(text));
  }
  EXPECT_EQ(PrimaryName(names)->key(), "customer:42");
}

}  // namespace
}  // namespace touchstone::names
