#include "common/status/errors.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "common/status/invariant.h"
#include "common/text/utf8.h"
#include "google/rpc/error_details.pb.h"

namespace touchstone::status {
namespace {

template <typename Detail>
std::string TypeUrl() {
  return absl::StrCat("type.googleapis.com/", Detail::descriptor()->full_name());
}

// Deterministic, because ErrorInfo holds a map: equal errors are equal bytes.
absl::Cord Serialized(const google::protobuf::Message& detail) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    detail.SerializeToCodedStream(&coded);
  }
  return absl::Cord(std::move(bytes));
}

template <typename Detail>
void SetDetail(const Detail& detail, absl::Status& status) {
  status.SetPayload(TypeUrl<Detail>(), Serialized(detail));
}

template <typename Detail>
std::optional<Detail> GetDetail(const absl::Status& status) {
  const absl::optional<absl::Cord> bytes = status.GetPayload(TypeUrl<Detail>());
  Detail detail;
  if (!bytes.has_value() || !detail.ParseFromString(std::string(*bytes))) return std::nullopt;
  return detail;
}

std::string Bounded(absl::string_view text, size_t max_bytes) {
  const std::string valid = text::ReplaceInvalidUtf8(text);
  if (valid.size() <= max_bytes) return valid;
  return absl::StrCat(text::Utf8Prefix(valid, max_bytes - 3), "...");
}

bool IsUpperSnake(absl::string_view reason) {
  return !reason.empty() && absl::ascii_isupper(reason[0]) && std::all_of(reason.begin(), reason.end(), [](char c) {
    return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
  });
}

}  // namespace

void FieldErrors::Add(absl::string_view path, absl::string_view description) {
  ++count_;
  if (violations_.size() == kFieldViolationsMax) return;
  violations_.push_back({Bounded(path, kPathBytesMax), Bounded(description, kDescriptionBytesMax)});
}

absl::Status FieldErrors::ToStatus() const {
  if (empty()) return absl::OkStatus();
  std::string message;
  google::rpc::BadRequest detail;
  for (size_t i = 0; i < violations_.size(); ++i) {
    const FieldViolation& violation = violations_[i];
    google::rpc::BadRequest::FieldViolation& field = *detail.add_field_violations();
    field.set_field(violation.path);
    field.set_description(violation.description);
    if (i >= kViolationsInMessageMax) continue;
    absl::StrAppend(&message, i == 0 ? "" : "; ", violation.path, violation.path.empty() ? "" : ": ", violation.description);
  }
  if (count_ > kViolationsInMessageMax) absl::StrAppend(&message, "; and ", count_ - kViolationsInMessageMax, " more");
  absl::Status status = absl::InvalidArgumentError(message);
  SetDetail(detail, status);
  return status;
}

absl::Status InvalidField(absl::string_view path, absl::string_view description) {
  FieldErrors errors;
  errors.Add(path, description);
  return errors.ToStatus();
}

absl::Status WithReason(absl::Status status, absl::string_view reason, absl::string_view domain,
                        const std::map<std::string, std::string>& metadata) {
  INVARIANT(IsUpperSnake(reason), absl::StrCat("the reason of an error is UPPER_SNAKE, not '", reason, "'"));
  if (status.ok()) return status;
  google::rpc::ErrorInfo detail;
  detail.set_reason(std::string(reason));
  detail.set_domain(std::string(domain));
  for (const auto& [key, value] : metadata) (*detail.mutable_metadata())[key] = Bounded(value, kDescriptionBytesMax);
  SetDetail(detail, status);
  return status;
}

absl::Status WithRetry(absl::Status status, absl::Duration delay) {
  if (status.ok()) return status;
  // A protobuf Duration ends at 10,000 years; nobody waits longer than a day to try again.
  delay = std::clamp(delay, absl::ZeroDuration(), absl::Hours(24));
  google::rpc::RetryInfo detail;
  detail.mutable_retry_delay()->set_seconds(absl::IDivDuration(delay, absl::Seconds(1), &delay));
  detail.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(delay)));
  SetDetail(detail, status);
  return status;
}

absl::Status Annotated(const absl::Status& status, absl::string_view prefix) {
  if (status.ok()) return status;
  absl::Status annotated(status.code(), absl::StrCat(prefix, ": ", status.message()));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& bytes) { annotated.SetPayload(url, bytes); });
  return annotated;
}

std::optional<Reason> ReasonOf(const absl::Status& status) {
  const auto detail = GetDetail<google::rpc::ErrorInfo>(status);
  if (!detail.has_value()) return std::nullopt;
  Reason reason = {detail->reason(), detail->domain(), {}};
  reason.metadata.insert(detail->metadata().begin(), detail->metadata().end());
  return reason;
}

std::optional<absl::Duration> RetryDelayOf(const absl::Status& status) {
  const auto detail = GetDetail<google::rpc::RetryInfo>(status);
  if (!detail.has_value()) return std::nullopt;
  return absl::Seconds(detail->retry_delay().seconds()) + absl::Nanoseconds(detail->retry_delay().nanos());
}

std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status) {
  std::vector<FieldViolation> violations;
  const auto detail = GetDetail<google::rpc::BadRequest>(status);
  if (!detail.has_value()) return violations;
  for (const auto& violation : detail->field_violations()) violations.push_back({violation.field(), violation.description()});
  return violations;
}

}  // namespace touchstone::status
