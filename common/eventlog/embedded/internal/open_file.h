#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace touchstone::eventlog::embedded {

// A file of the machine, closed when this goes. What is open stays readable when the file is deleted.
class OpenFile {
 public:
  // NOT_FOUND: it is not there; FAILED_PRECONDITION: anything else.
  static absl::StatusOr<OpenFile> ToRead(const std::string& path);
  // A new one, for this user alone.
  static absl::StatusOr<OpenFile> ToWrite(const std::string& path);

  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&& other) = delete;
  ~OpenFile();

  absl::StatusOr<int64_t> Size() const;
  // Hands over the first `size` bytes, or those that there are, part by part.
  absl::Status Read(int64_t size, absl::FunctionRef<absl::Status(absl::string_view part)> use) const;
  absl::Status Write(absl::string_view bytes) const;
  absl::Status Sync() const;

 private:
  OpenFile(std::string path, int file) : path_(std::move(path)), file_(file) {}
  absl::Status Failed(absl::string_view doing) const;

  std::string path_;
  int file_;
};

}  // namespace touchstone::eventlog::embedded
