#pragma once

#include <cstdint>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace touchstone::cli {

// What an import could not take, as CSV: file, line, reason. Written when there is a first one; an older file is replaced then.
class RejectFile {
 public:
  explicit RejectFile(std::string path) : path_(std::move(path)) {}

  // INVALID_ARGUMENT where the file could not be written: before an import begins. Leaves no file behind.
  absl::Status CheckWritable() const;

  void Add(absl::string_view file, int64_t line, absl::string_view reason);

  int64_t count() const { return count_; }
  const std::string& path() const { return path_; }
  // DATA_LOSS where the file could not be written.
  absl::Status Close();

 private:
  const std::string path_;
  std::ofstream out_;
  int64_t count_ = 0;
};

}  // namespace touchstone::cli
