#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/config/source_map.h"
#include "google/protobuf/duration.pb.h"
#include "touchstone/outreach/policy/v1/outreach_policy.pb.h"

namespace touchstone::outreach {

// One pack's outreach.yaml, read, with where everything stands, and what is wrong with it so far. One thread.
class PolicySource {
 public:
  PolicySource(const std::string& file_name, const std::string& text);

  const policy::v1::OutreachPolicyFile& file() const { return file_; }

  // Something is wrong with the value at the path, or at a byte of it.
  void Wrong(const std::string& path, absl::string_view message);
  void WrongInside(const std::string& path, size_t offset, absl::string_view message);

  // The span that stands at the path; complains where it is not within (0, max].
  absl::Duration Span(const std::string& path, const google::protobuf::Duration& span, absl::Duration max);
  // Complains unless it is words of [a-z0-9.-], 1 to 64 bytes.
  void CheckId(const std::string& path, const std::string& id);

  std::vector<std::string> TakeErrors() { return std::move(errors_); }

 private:
  policy::v1::OutreachPolicyFile file_;
  config::SourceMap sources_;
  std::vector<std::string> errors_;
};

}  // namespace touchstone::outreach
