#include "services/outreach/domain/report_check.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "common/ids/id.h"
#include "common/status/errors.h"
#include "common/text/utf8.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;

constexpr size_t kReportIdBytesMax = 128;
constexpr size_t kSendKeyBytesMax = 512;
constexpr size_t kDetailBytesMax = 256;
constexpr absl::Duration kAheadMax = absl::Hours(24);

}  // namespace

absl::Status CheckReport(const events::DeliveryReport& report, absl::Time now) {
  status::FieldErrors errors;
  if (report.report_id().empty() || report.report_id().size() > kReportIdBytesMax) {
    errors.Add("report.report_id", absl::StrCat("must have 1 to ", kReportIdBytesMax, " bytes"));
  } else if (text::HasControlCharacter(report.report_id())) {
    errors.Add("report.report_id", "has a control character");
  }
  if (const auto owner = ids::OwnerOf(report.send_key()); !owner.ok()) {
    errors.Add("report.send_key", std::string(owner.status().message()));
  } else if (report.send_key().size() > kSendKeyBytesMax) {
    errors.Add("report.send_key", absl::StrCat("has more than ", kSendKeyBytesMax, " bytes"));
  }
  if (report.status() == events::DELIVERY_STATUS_UNSPECIFIED || !events::DeliveryStatus_IsValid(report.status())) {
    errors.Add("report.status", "is required, and one of those that are declared");
  }
  if (!report.has_occur_time()) {
    errors.Add("report.occur_time", "is required");
  } else if (const auto time = clock::CheckedTimeFrom(report.occur_time()); !time.ok()) {
    errors.Add("report.occur_time", std::string(time.status().message()));
  } else if (*time < absl::UnixEpoch() || *time > now + kAheadMax) {
    errors.Add("report.occur_time", "must be 1970 or later and at most 24 h ahead of now");
  }
  if (report.detail().size() > kDetailBytesMax)
    errors.Add("report.detail", absl::StrCat("has more than ", kDetailBytesMax, " bytes"));
  return errors.ToStatus();
}

}  // namespace touchstone::outreach
