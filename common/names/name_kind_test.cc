#include "common/names/name_kind.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_join.h"

namespace touchstone::names {
namespace {

TEST(NameKind, EveryKindOfTheContractHasAWord) {
  std::vector<std::string> words;
  const google::protobuf::EnumDescriptor& kinds = *events::NameKind_descriptor();
  for (int i = 0; i < kinds.value_count(); ++i) {
    const auto kind = static_cast<events::NameKind>(kinds.value(i)->number());
    if (kind == events::NAME_KIND_UNSPECIFIED) continue;
    EXPECT_FALSE(KindText(kind).empty()) << kinds.value(i)->name();
    EXPECT_EQ(KindOfText(KindText(kind)), kind);
    words.emplace_back(KindText(kind));
  }
  EXPECT_EQ(AllKindsText(), absl::StrJoin(words, ", "));
}

TEST(NameKind, AWordThatIsNoneIsUnspecified) {
  EXPECT_EQ(KindOfText(""), events::NAME_KIND_UNSPECIFIED);
  EXPECT_EQ(KindOfText("Customer"), events::NAME_KIND_UNSPECIFIED);
  EXPECT_EQ(KindText(events::NAME_KIND_UNSPECIFIED), "");
  EXPECT_EQ(KindText(static_cast<events::NameKind>(99)), "");
}

TEST(NameKind, OnlyAddressesHaveAChannel) {
  EXPECT_EQ(ContactChannelOf(events::NAME_KIND_EMAIL), events::CHANNEL_EMAIL);
  EXPECT_EQ(ContactChannelOf(events::NAME_KIND_PHONE), events::CHANNEL_SMS);
  EXPECT_EQ(ContactChannelOf(events::NAME_KIND_DEVICE), events::CHANNEL_PUSH);
  EXPECT_EQ(ContactChannelOf(events::NAME_KIND_HANDLE), events::CHANNEL_SOCIAL);
  EXPECT_EQ(ContactChannelOf(events::NAME_KIND_CUSTOMER), events::CHANNEL_UNSPECIFIED);
  EXPECT_EQ(ContactChannelOf(events::NAME_KIND_ANONYMOUS), events::CHANNEL_UNSPECIFIED);
}

}  // namespace
}  // namespace touchstone::names
