#include "common/eventlog/embedded/folder_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/eventlog/embedded/folder_names.h"
#include "common/eventlog/embedded/internal/crc32c.h"
#include "common/eventlog/embedded/internal/mark_file.h"
#include "common/eventlog/embedded/internal/open_file.h"
#include "common/eventlog/embedded/internal/open_folder.h"
#include "common/status/macros.h"
#include "rocksdb/env.h"

namespace touchstone::eventlog {
namespace embedded {
namespace {

namespace fs = std::filesystem;

// A table may be merged away, or a log become superfluous, between two looks of ours: then all is begun again.
constexpr int kAttemptsMax = 5;
constexpr int64_t kWholeFile = std::numeric_limits<int64_t>::max();
constexpr char kCurrentName[] = "CURRENT";

absl::StatusOr<std::string> ReadAll(const std::string& path) {
  ASSIGN_OR_RETURN(const OpenFile file, OpenFile::ToRead(path));
  std::string text;
  RETURN_IF_ERROR(file.Read(kWholeFile, [&](absl::string_view part) {
    absl::StrAppend(&text, part);
    return absl::OkStatus();
  }));
  return text;
}

absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return absl::FailedPreconditionError(absl::StrCat("making folder '", path, "': ", error.message()));
  return absl::OkStatus();
}

// One attempt to copy a folder that may be at work.
class Attempt {
 public:
  Attempt(const std::string& from, const std::string& to, const CopyProgress& progress)
      : from_(from), to_(to), progress_(progress) {}

  // DATA_LOSS or NOT_FOUND also where a file went meanwhile.
  absl::StatusOr<FolderCopy> Run() {
    rocksdb::Env& env = *rocksdb::Env::Default();
    // First: what was acknowledged by now is in what is read from here on.
    ASSIGN_OR_RETURN(const WriteEnd mark, MarkFile::Read(env, from_));
    RETURN_IF_ERROR(OpenSource());
    RETURN_IF_ERROR(MakeFolder(Below(to_, kStoreName)));
    RETURN_IF_ERROR(CopyFiles());
    ASSIGN_OR_RETURN(const WriteEnd end, EndOfCopy(env, mark));
    RETURN_IF_ERROR(MarkAt(env, end));
    for (const std::string& folder : {Below(to_, kStoreName), to_}) RETURN_IF_ERROR(SyncPath(folder));
    copy_.records = end.records;
    copy_.last_write_time = absl::FromUnixMicros(end.append_micros);
    return std::move(copy_);
  }

 private:
  struct Source {
    std::string name;  // Below the folder.
    OpenFile file;
  };

  static std::string Below(absl::string_view folder, absl::string_view name) { return absl::StrCat(folder, "/", name); }
  std::string InStore(absl::string_view name) const { return absl::StrCat(kStoreName, "/", name); }

  // What the manifest says now is the store, once its logs are replayed over it. So the manifest is read before the tables and
  // the logs are opened; open, they stay what they are, also when they are deleted.
  absl::Status OpenSource() {
    ASSIGN_OR_RETURN(format_, ReadAll(Below(from_, kFormatName)));
    ASSIGN_OR_RETURN(current_, ReadAll(Below(from_, InStore(kCurrentName))));
    manifest_name_ = InStore(absl::StripSuffix(current_, "\n"));
    ASSIGN_OR_RETURN(manifest_, ReadAll(Below(from_, manifest_name_)));
    std::error_code error;
    for (fs::directory_iterator entry(Below(from_, kStoreName), error), end; !error && entry != end; entry.increment(error)) {
      const std::string name = entry->path().filename();
      if (!absl::EndsWith(name, ".sst") && !absl::EndsWith(name, ".log")) continue;
      absl::StatusOr<OpenFile> file = OpenFile::ToRead(entry->path());
      // Whether it was needed, the copy tells when it is opened.
      if (absl::IsNotFound(file.status())) continue;
      RETURN_IF_ERROR(file.status());
      ASSIGN_OR_RETURN(const int64_t size, file->Size());
      bytes_ += size;
      Source source{InStore(name), *std::move(file)};
      // Logs first, so that the copy is as of the begin.
      absl::EndsWith(name, ".log") ? sources_.push_front(std::move(source)) : sources_.push_back(std::move(source));
    }
    if (error) return absl::FailedPreconditionError(absl::StrCat("listing '", from_, "': ", error.message()));
    return absl::OkStatus();
  }

  absl::Status CopyFiles() {
    for (const Source& source : sources_) {
      // A log grows: as far as it is now.
      ASSIGN_OR_RETURN(const int64_t size, source.file.Size());
      RETURN_IF_ERROR(Put(source.name, [&](absl::FunctionRef<absl::Status(absl::string_view)> write) {
        return source.file.Read(size, [&](absl::string_view part) {
          done_ += static_cast<int64_t>(part.size());
          if (progress_) progress_(done_, std::max(done_, bytes_));
          return write(part);
        });
      }));
    }
    for (const auto& [name, text] : {std::pair(manifest_name_, manifest_), std::pair(InStore(kCurrentName), current_),
                                     std::pair(std::string(kFormatName), format_)}) {
      RETURN_IF_ERROR(
          Put(name, [&text = text](absl::FunctionRef<absl::Status(absl::string_view)> write) { return write(text); }));
    }
    return absl::OkStatus();
  }

  absl::Status Put(const std::string& name,
                   absl::FunctionRef<absl::Status(absl::FunctionRef<absl::Status(absl::string_view)> write)> fill) {
    ASSIGN_OR_RETURN(const OpenFile file, OpenFile::ToWrite(Below(to_, name)));
    CopiedFile copied{name};
    RETURN_IF_ERROR(fill([&](absl::string_view part) {
      copied.bytes += static_cast<int64_t>(part.size());
      copied.crc32c = Crc32c(part, copied.crc32c);
      return file.Write(part);
    }));
    RETURN_IF_ERROR(file.Sync());
    copy_.files.push_back(std::move(copied));
    return absl::OkStatus();
  }

  absl::StatusOr<WriteEnd> EndOfCopy(rocksdb::Env& env, const WriteEnd& mark) {
    RETURN_IF_ERROR(MarkFile::Create(env, to_, mark).status());
    ASSIGN_OR_RETURN(const OpenedFolder opened, OpenFolderToRead(env, to_, /*lock=*/false));
    return opened.end;
  }

  // All that is in the copy now must be there for good.
  absl::Status MarkAt(rocksdb::Env& env, const WriteEnd& end) {
    RETURN_IF_ERROR(MarkFile::Create(env, to_, end).status());
    ASSIGN_OR_RETURN(CopiedFile mark, ReadChecksum(Below(to_, kMarkName)));
    mark.name = std::string(kMarkName);
    copy_.files.push_back(std::move(mark));
    return absl::OkStatus();
  }

  const std::string from_;
  const std::string to_;
  const CopyProgress& progress_;
  std::string format_;
  std::string current_;
  std::string manifest_name_;
  std::string manifest_;
  std::deque<Source> sources_;
  int64_t bytes_ = 0;
  int64_t done_ = 0;
  FolderCopy copy_;
};

}  // namespace
}  // namespace embedded

absl::StatusOr<FolderCopy> CopyFolder(const std::string& from, const std::string& to, const CopyProgress& progress) {
  RETURN_IF_ERROR(embedded::MakeFolder(to));
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<FolderCopy> copy = embedded::Attempt(from, to, progress).Run();
    const bool again = absl::IsDataLoss(copy.status()) || absl::IsNotFound(copy.status());
    if (copy.ok() || !again) return copy;
    if (attempt == embedded::kAttemptsMax || !std::filesystem::exists(absl::StrCat(from, "/", embedded::kMarkName))) {
      if (absl::IsNotFound(copy.status())) return absl::NotFoundError(absl::StrCat("no log has begun in '", from, "'"));
      return absl::DataLossError(absl::StrCat("'", from,
                                              "' gives no whole copy, so it may be damaged; touchstone verify tells, once "
                                              "nothing uses it. What opening the copy said: ",
                                              copy.status().message()));
    }
    std::error_code error;
    for (std::filesystem::directory_iterator entry(to, error), end; !error && entry != end; entry.increment(error)) {
      std::filesystem::remove_all(entry->path(), error);
    }
  }
}

absl::StatusOr<CopiedFile> CopyOneFile(const std::string& from, const std::string& to) {
  ASSIGN_OR_RETURN(const embedded::OpenFile source, embedded::OpenFile::ToRead(from));
  ASSIGN_OR_RETURN(const embedded::OpenFile target, embedded::OpenFile::ToWrite(to));
  CopiedFile copied;
  RETURN_IF_ERROR(source.Read(embedded::kWholeFile, [&](absl::string_view part) {
    copied.bytes += static_cast<int64_t>(part.size());
    copied.crc32c = embedded::Crc32c(part, copied.crc32c);
    return target.Write(part);
  }));
  RETURN_IF_ERROR(target.Sync());
  return copied;
}

absl::StatusOr<CopiedFile> ReadChecksum(const std::string& path) {
  ASSIGN_OR_RETURN(const embedded::OpenFile file, embedded::OpenFile::ToRead(path));
  CopiedFile read;
  RETURN_IF_ERROR(file.Read(embedded::kWholeFile, [&](absl::string_view part) {
    read.bytes += static_cast<int64_t>(part.size());
    read.crc32c = embedded::Crc32c(part, read.crc32c);
    return absl::OkStatus();
  }));
  return read;
}

absl::Status SyncPath(const std::string& path) {
  const int opened = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = opened >= 0 && fsync(opened) == 0;
  const int error = errno;
  if (opened >= 0) close(opened);
  return synced ? absl::OkStatus() : absl::FailedPreconditionError(absl::StrCat("syncing '", path, "': ", std::strerror(error)));
}

}  // namespace touchstone::eventlog
