#include "common/eventlog/embedded/internal/mark_file.h"

#include "absl/strings/str_cat.h"
#include "common/eventlog/embedded/folder_names.h"
#include "common/eventlog/embedded/internal/coding.h"
#include "common/eventlog/embedded/internal/crc32c.h"
#include "common/eventlog/embedded/internal/storage_error.h"
#include "common/status/macros.h"
#include "rocksdb/env.h"

namespace touchstone::eventlog::embedded {
namespace {

constexpr absl::string_view kMagic = "TSMARK1\n";
constexpr size_t kSlotDistance = 4096;
constexpr size_t kBodyBytes = 8 + 24;
constexpr size_t kSlotBytes = kBodyBytes + 4;

std::string EncodeSlot(const WriteEnd& end) {
  std::string slot = absl::StrCat(kMagic, EncodeWriteEnd(end));
  AppendFixed32(slot, Crc32c(slot));
  return slot;
}

std::optional<WriteEnd> ParseSlot(absl::string_view slot) {
  if (slot.size() < kSlotBytes || slot.substr(0, kMagic.size()) != kMagic) return std::nullopt;
  absl::string_view crc_bytes = slot.substr(kBodyBytes, 4);
  uint32_t crc = 0;
  if (!TakeFixed32(crc_bytes, crc) || crc != Crc32c(slot.substr(0, kBodyBytes))) return std::nullopt;
  return ParseWriteEnd(slot.substr(kMagic.size(), kBodyBytes - kMagic.size()));
}

std::string PathIn(const std::string& folder) { return absl::StrCat(folder, "/", kMarkName); }

absl::Status WriteNew(rocksdb::Env& env, const std::string& folder, const std::string& content) {
  std::unique_ptr<rocksdb::WritableFile> file;
  rocksdb::Status status = env.NewWritableFile(PathIn(folder), &file, rocksdb::EnvOptions());
  if (status.ok()) status = file->Append(content);
  if (status.ok()) status = file->Fsync();
  if (status.ok()) status = file->Close();
  std::unique_ptr<rocksdb::Directory> directory;
  if (status.ok()) status = env.NewDirectory(folder, &directory);
  if (status.ok()) status = directory->Fsync();
  return FromRocksDb(status, absl::StrCat("writing '", PathIn(folder), "'"));
}

}  // namespace

MarkFile::MarkFile(std::unique_ptr<rocksdb::RandomRWFile> file, const WriteEnd& end, int next_slot)
    : file_(std::move(file)), end_(end), next_slot_(next_slot) {}

MarkFile::~MarkFile() = default;

absl::StatusOr<std::unique_ptr<MarkFile>> MarkFile::Create(rocksdb::Env& env, const std::string& folder, const WriteEnd& end) {
  std::string content = EncodeSlot(end);
  content.resize(kSlotDistance);
  absl::StrAppend(&content, EncodeSlot(end));
  content.resize(2 * kSlotDistance);
  RETURN_IF_ERROR(WriteNew(env, folder, content));
  return Open(env, folder);
}

absl::StatusOr<MarkFile::Newest> MarkFile::ReadNewest(rocksdb::Env& env, const std::string& folder) {
  const std::string path = PathIn(folder);
  const std::string doing = absl::StrCat("reading '", path, "'");
  RETURN_IF_ERROR(FromRocksDb(env.FileExists(path), doing));
  std::string content;
  RETURN_IF_ERROR(FromRocksDb(rocksdb::ReadFileToString(&env, path, &content), doing));
  const std::optional<WriteEnd> slots[2] = {ParseSlot(content), content.size() > kSlotDistance
                                                                    ? ParseSlot(absl::string_view(content).substr(kSlotDistance))
                                                                    : std::nullopt};
  if (!slots[0] && !slots[1]) return DamagedFolder(folder, "has a file MARK that cannot be read");
  const int newest = !slots[1] || (slots[0] && slots[0]->write > slots[1]->write) ? 0 : 1;
  return Newest{*slots[newest], newest};
}

absl::StatusOr<WriteEnd> MarkFile::Read(rocksdb::Env& env, const std::string& folder) {
  ASSIGN_OR_RETURN(const Newest newest, ReadNewest(env, folder));
  return newest.end;
}

absl::StatusOr<std::unique_ptr<MarkFile>> MarkFile::Open(rocksdb::Env& env, const std::string& folder) {
  ASSIGN_OR_RETURN(const Newest newest, ReadNewest(env, folder));
  std::unique_ptr<rocksdb::RandomRWFile> file;
  RETURN_IF_ERROR(FromRocksDb(env.NewRandomRWFile(PathIn(folder), &file, rocksdb::EnvOptions()),
                              absl::StrCat("opening '", PathIn(folder), "'")));
  return std::unique_ptr<MarkFile>(new MarkFile(std::move(file), newest.end, 1 - newest.slot));
}

rocksdb::Status MarkFile::Advance(const WriteEnd& end) {
  rocksdb::Status status = file_->Write(static_cast<uint64_t>(next_slot_) * kSlotDistance, EncodeSlot(end));
  if (status.ok()) status = file_->Sync();
  if (!status.ok()) return status;
  end_ = end;
  next_slot_ = 1 - next_slot_;
  return status;
}

}  // namespace touchstone::eventlog::embedded
