#include "common/names/name_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace touchstone::names {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The normal form in words, or the error's text.
std::string Read(absl::string_view text) {
  const absl::StatusOr<events::Name> name = ParseName(text);
  return name.ok() ? NameText(*name) : std::string(name.status().message());
}

TEST(ParseName, ReadsEveryKind) {
  EXPECT_EQ(Read("customer:42"), "customer:42");
  EXPECT_EQ(Read("account:A-7"), "account:A-7");
  EXPECT_EQ(Read("email:Jo@Example.COM"), "email:jo@example.com");
  EXPECT_EQ(Read("phone:+55 11 99999-0000"), "phone:+5511999990000");
  EXPECT_EQ(Read("handle:@Jo"), "handle:@jo");
  EXPECT_EQ(Read("device:AbC"), "device:AbC");
  EXPECT_EQ(Read("anonymous:x:y"), "anonymous:x:y") << "only the first colon parts";
}

TEST(ParseName, NamesTheKindsAndTheNearest) {
  EXPECT_THAT(Read("42"), HasSubstr("write kind:value, as in customer:42"));
  EXPECT_THAT(Read("custmer:42"), HasSubstr("did you mean 'customer'?; kinds are customer, account, email"));
  EXPECT_THAT(Read("Jo Smith, Main Street:1"), Not(HasSubstr("Smith"))) << "it may be personal";
  EXPECT_EQ(Read("email:caf\xE9@example.com"), "is not valid UTF-8");
}

TEST(NormaliseName, TrimsAndChecksAllKinds) {
  EXPECT_EQ(Read("customer: \t42\n"), "customer:42");
  EXPECT_EQ(Read("customer:Zoë"), "customer:Zoë");
  EXPECT_EQ(Read("customer:"), "has an empty value");
  EXPECT_EQ(Read("customer:  "), "has an empty value");
  EXPECT_EQ(Read("customer:4\n2"), "has a control character in its value");
  EXPECT_EQ(Read("customer:" + std::string(256, 'x')).size(), 265u);
  EXPECT_EQ(Read("customer:" + std::string(257, 'x')), "has a value of 257 bytes; at most 256 are allowed");
  EXPECT_EQ(Read("customer:" + std::string(100'000, 'x')), "has a value of 100000 bytes; at most 256 are allowed");
}

TEST(NormaliseName, RefusesAKindItDoesNotKnow) {
  events::Name name;
  name.set_value("42");
  EXPECT_THAT(std::string(NormaliseName(name).status().message()), HasSubstr("has no kind; kinds are customer"));
  name.set_kind(static_cast<events::NameKind>(99));
  EXPECT_FALSE(NormaliseName(name).ok());
}

TEST(NormaliseName, DropsAKeyThatSomebodySent) {
  events::Name name;
  name.set_kind(events::NAME_KIND_CUSTOMER);
  name.set_value("42");
  name.set_key("customer:1");
  EXPECT_EQ(NormaliseName(name)->key(), "");
}

TEST(NormaliseName, ChecksTheShapeOfAnEmail) {
  for (const char* text :
       {"jo", "@example.com", "jo@", "jo@example", "jo@@example.com", "a@b@c.d", "jo@.com", "jo@example.", "j o@example.com"}) {
    EXPECT_THAT(Read(std::string("email:") + text), HasSubstr("is no e-mail address")) << text;
  }
  EXPECT_EQ(Read("email:a@b.c"), "email:a@b.c");
}

TEST(NormaliseName, AnErrorDoesNotRepeatTheValue) {
  EXPECT_THAT(Read("email:secret-person"), Not(HasSubstr("secret")));
  EXPECT_THAT(Read("phone:030-secret"), Not(HasSubstr("secret")));
  EXPECT_THAT(Read("handle:secret person"), Not(HasSubstr("secret")));
}

TEST(NormaliseName, BringsPhonesIntoOneForm) {
  for (const char* text : {"+493012345", "0049 30 12345", "+49 (0)30 / 123-45", "+49.30.12345", " +49 (30) 12345 "}) {
    EXPECT_EQ(Read(std::string("phone:") + text), "phone:+493012345") << text;
  }
  EXPECT_THAT(Read("phone:030 12345"), HasSubstr("without its country code"));
  EXPECT_THAT(Read("phone:+49 CALL ME"), HasSubstr("only digits"));
  EXPECT_THAT(Read("phone:+49 1"), HasSubstr("of 3 digits"));
  EXPECT_THAT(Read("phone:+1234567890123456"), HasSubstr("of 16 digits"));
}

TEST(NormaliseName, TwiceIsOnce) {
  for (const char* text : {"email: Jo@Example.com", "phone:0049 30 12345", "handle:@JO", "customer: a b "}) {
    const events::Name once = *ParseName(text);
    EXPECT_EQ(NameText(*NormaliseName(once)), NameText(once));
  }
}

}  // namespace
}  // namespace touchstone::names
