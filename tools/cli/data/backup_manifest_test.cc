#include "tools/cli/data/backup_manifest.h"

#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"

namespace touchstone::cli {
namespace {

BackupManifest Some() {
  BackupManifest manifest;
  manifest.made = absl::FromUnixSeconds(1'800'000'000);
  manifest.source = "var/touchstone";
  manifest.version = "0.1.0";
  manifest.records = 42;
  manifest.last_write = absl::FromUnixMicros(1'799'999'999'123'456);
  manifest.has_secret = true;
  manifest.files = {{"log/MARK", 8192, 4'000'000'000}, {"name-secret", 65, 7}};
  return manifest;
}

TEST(BackupManifest, IsReadAsItWasWritten) {
  const absl::StatusOr<BackupManifest> read = ParseBackupManifest(EncodeBackupManifest(Some()));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->made, Some().made);
  EXPECT_EQ(read->source, Some().source);
  EXPECT_EQ(read->version, Some().version);
  EXPECT_EQ(read->records, Some().records);
  EXPECT_EQ(read->last_write, Some().last_write);
  EXPECT_TRUE(read->has_secret);
  EXPECT_EQ(read->files, Some().files);
}

TEST(BackupManifest, WhatIsNoneIsDamage) {
  const std::string text = EncodeBackupManifest(Some());
  for (const std::string& bad : {std::string(), std::string("{}"), std::string("[1]"), text.substr(0, text.size() / 2),
                                 absl::StrReplaceAll(text, {{"8192", "-1"}}), absl::StrReplaceAll(text, {{"42", "\"many\""}})}) {
    EXPECT_EQ(ParseBackupManifest(bad).status().code(), absl::StatusCode::kDataLoss) << bad;
  }
}

TEST(BackupManifest, NoFileLeadsOutOfTheBackup) {
  const std::string text = EncodeBackupManifest(Some());
  for (const char* name : {"../name-secret", "/etc/passwd", "log/../../x", "log//x", ""}) {
    EXPECT_EQ(ParseBackupManifest(absl::StrReplaceAll(text, {{"log/MARK", name}})).status().code(), absl::StatusCode::kDataLoss)
        << name;
  }
}

TEST(BackupManifest, ANewerFormatAsksForANewerTouchstone) {
  const std::string text = absl::StrReplaceAll(EncodeBackupManifest(Some()), {{"\"format\": 1", "\"format\": 2"}});
  EXPECT_EQ(ParseBackupManifest(text).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace touchstone::cli
