#include "tools/cli/file_text.h"

#include <fstream>

#include "absl/strings/str_cat.h"

namespace touchstone::cli {

absl::StatusOr<std::string> ReadFileText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open())
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be opened: is it there, and may you read it?"));
  std::string text(kFileTextBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !in.eof())
    return absl::InvalidArgumentError(absl::StrCat(path, ": is no file of at most ", kFileTextBytesMax, " bytes"));
  text.resize(static_cast<size_t>(in.gcount()));
  return text;
}

}  // namespace touchstone::cli
