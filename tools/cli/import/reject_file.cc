#include "tools/cli/import/reject_file.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace touchstone::cli {
namespace {

std::string Quoted(absl::string_view text) { return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\""); }

}  // namespace

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
