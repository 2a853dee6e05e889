#include "common/ids/hash.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/ids/base32.h"

namespace touchstone::ids {
namespace {

std::string Hex(const Sha256Digest& digest) {
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

TEST(Hash, Sha256IsTheStandards) {
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hash, StableHashNeverChanges) {
  // Stored fingerprints and variants of experiments depend on these figures.
  EXPECT_EQ(StableHash64(""), 0xEFD01F60BA992926u);
  EXPECT_EQ(StableHash64("a"), 0x82A2A958A9BECE5Bu);
  EXPECT_EQ(StableHash64("customer:42"), 0xBCDBD52263084440u);
}

TEST(Hash, StableHashSpreadsLikeNames) {
  std::array<int, 16> low = {}, high = {};
  constexpr int kNames = 16'000;
  for (int i = 0; i < kNames; ++i) {
    const uint64_t hash = StableHash64(absl::StrCat("customer:", i));
    ++low[hash % 16];
    ++high[hash >> 60];
  }
  for (int bucket = 0; bucket < 16; ++bucket) {
    EXPECT_NEAR(low[bucket], kNames / 16, 160);
    EXPECT_NEAR(high[bucket], kNames / 16, 160);
  }
}

TEST(Base32, WritesFiveBitsALetter) {
  const std::array<uint8_t, 5> bytes = {0x00, 0x44, 0x32, 0x14, 0xC7};  // 00000 00001 00010 00011 00100 00101 00110 00111
  EXPECT_EQ(Base32(bytes, 8), "01234567");
  const std::array<uint8_t, 1> ones = {0xFF};
  EXPECT_EQ(Base32(ones, 1), "z");
  EXPECT_EQ(Base32(std::array<uint8_t, 2>{0xFF, 0xFF}, 4), "zzzg") << "missing bits are zero";
  EXPECT_TRUE(IsBase32("0z9a"));
  EXPECT_FALSE(IsBase32("0Z"));
  EXPECT_FALSE(IsBase32("lo"));
}

}  // namespace
}  // namespace touchstone::ids
