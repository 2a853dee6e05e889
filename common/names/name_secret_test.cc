#include "common/names/name_secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace touchstone::names {
namespace {

using ::testing::MatchesRegex;

NameSecret Secret(char fill) { return *NameSecret::FromBytes(std::string(NameSecret::kBytes, fill)); }

TEST(NameSecret, HasExactly32Bytes) {
  EXPECT_TRUE(NameSecret::FromBytes(std::string(32, 'x')).ok());
  EXPECT_FALSE(NameSecret::FromBytes(std::string(31, 'x')).ok());
  EXPECT_FALSE(NameSecret::FromBytes("").ok());
}

TEST(NameSecret, IsReadFromAFileOfHex) {
  const std::string hex = Secret('k').ToHex();
  EXPECT_EQ(NameSecret::FromHex(hex + "\n")->Fingerprint(), Secret('k').Fingerprint());
  EXPECT_FALSE(NameSecret::FromHex(hex.substr(1)).ok());
  EXPECT_FALSE(NameSecret::FromHex("g" + hex.substr(1)).ok());
}

TEST(NameSecret, FingerprintsTellSecretsApart) {
  EXPECT_THAT(Secret('a').Fingerprint(), MatchesRegex("[0-9a-f]{16}"));
  EXPECT_EQ(Secret('a').Fingerprint(), Secret('a').Fingerprint());
  EXPECT_NE(Secret('a').Fingerprint(), Secret('b').Fingerprint());
}

TEST(NameSecret, HashesAsHmacSha256Does) {
  // Computed with Python's hmac over a secret of 32 bytes 0x0b, message `Hi There`.
  EXPECT_EQ(Secret('\x0b').KeyedHash("Hi There"), "198a607eb44bfbc69903a0f1cf2bbdc5");
  EXPECT_NE(Secret('a').KeyedHash("jo@example.com"), Secret('b').KeyedHash("jo@example.com"));
}

}  // namespace
}  // namespace touchstone::names
