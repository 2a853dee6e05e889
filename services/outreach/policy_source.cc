#include "services/outreach/policy_source.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/config/yaml.h"

namespace touchstone::outreach {
namespace {

constexpr size_t kIdBytesMax = 64;

}  // namespace

PolicySource::PolicySource(const std::string& file_name, const std::string& text) {
  const absl::Status parsed = config::ParseYaml(file_name, text, &file_, &sources_);
  if (parsed.ok()) return;
  file_.Clear();
  errors_.emplace_back(parsed.message());
}

void PolicySource::Wrong(const std::string& path, absl::string_view message) {
  errors_.push_back(sources_.At(path, message).Render());
}

void PolicySource::WrongInside(const std::string& path, size_t offset, absl::string_view message) {
  errors_.push_back(sources_.Inside(path, offset, message).Render());
}

absl::Duration PolicySource::Span(const std::string& path, const google::protobuf::Duration& span, absl::Duration max) {
  const absl::Duration duration = clock::DurationFrom(span);
  if (duration <= absl::ZeroDuration() || duration > max) {
    Wrong(path, absl::StrCat("must be longer than nothing and at most ", max / absl::Hours(24), "d"));
  }
  return duration;
}

void PolicySource::CheckId(const std::string& path, const std::string& id) {
  const bool is_id = std::all_of(id.begin(), id.end(),
                                 [](char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-' || c == '.'; });
  if (id.empty() || id.size() > kIdBytesMax || !is_id) Wrong(path, "must be 1 to 64 of a-z, 0-9, '-' and '.'");
}

}  // namespace touchstone::outreach
