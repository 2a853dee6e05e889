#include "tools/cli/import/reject_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace touchstone::cli {
namespace {

std::string Quoted(absl::string_view text) { return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\""); }

}  // namespace

absl::Status RejectFile::CheckWritable() const {
  const int made = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  const int file = made < 0 && errno == EEXIST ? open(path_.c_str(), O_WRONLY | O_CLOEXEC) : made;
  if (file < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--rejects: '", path_, "' cannot be written: ", std::strerror(errno), "; name another file"));
  }
  close(file);
  if (made >= 0) unlink(path_.c_str());
  return absl::OkStatus();
}

void RejectFile::Add(absl::string_view file, int64_t line, absl::string_view reason) {
  if (count_++ == 0) {
    out_.open(path_, std::ios::binary | std::ios::trunc);
    out_ << "file,line,reason\n";
  }
  out_ << Quoted(file) << "," << line << "," << Quoted(reason) << "\n";
}

absl::Status RejectFile::Close() {
  if (count_ == 0) return absl::OkStatus();
  out_.close();
  return out_.fail() ? absl::DataLossError(absl::StrCat(path_, ": could not be written; say where else with --rejects"))
                     : absl::OkStatus();
}

}  // namespace touchstone::cli
