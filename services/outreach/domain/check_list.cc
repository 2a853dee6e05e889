#include "services/outreach/domain/check_list.h"

#include "absl/strings/str_cat.h"

namespace touchstone::outreach {

void CheckList::Add(absl::string_view check, events::v1::CheckResult result, absl::string_view saw) {
  events::v1::OutreachCheck& added = *checks_.Add();
  added.set_check(std::string(check));
  added.set_result(result);
  added.set_saw(std::string(saw));
  result_ = result;
  if (result != events::v1::CHECK_RESULT_PASSED) reason_ = absl::StrCat(check, ": ", saw);
}

void CheckList::Passed(absl::string_view check, absl::string_view saw) { Add(check, events::v1::CHECK_RESULT_PASSED, saw); }

void CheckList::Hold(absl::string_view check, absl::string_view saw, absl::Time until) {
  Add(check, events::v1::CHECK_RESULT_HELD, saw);
  hold_until_ = until;
}

void CheckList::Drop(absl::string_view check, absl::string_view saw) { Add(check, events::v1::CHECK_RESULT_DROPPED, saw); }

std::string InUtc(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone()); }

void ReplaceChecks(const google::protobuf::RepeatedPtrField<events::v1::OutreachCheck>& latest, int standing,
                   google::protobuf::RepeatedPtrField<events::v1::OutreachCheck>& checks) {
  if (checks.size() > standing) checks.DeleteSubrange(standing, checks.size() - standing);
  checks.MergeFrom(latest);
}

}  // namespace touchstone::outreach
