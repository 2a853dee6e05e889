#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "touchstone/events/v1/outreach.pb.h"

namespace touchstone::outreach {

// The checks before a send, in order, with what each saw. The first that does not pass decides: whoever asks stops there.
class CheckList {
 public:
  void Passed(absl::string_view check, absl::string_view saw);
  void Hold(absl::string_view check, absl::string_view saw, absl::Time until);
  void Drop(absl::string_view check, absl::string_view saw);

  events::v1::CheckResult result() const { return result_; }
  bool passed() const { return result_ == events::v1::CHECK_RESULT_PASSED; }
  // What did not pass, in words; empty if all did.
  const std::string& reason() const { return reason_; }
  // Meant only for what is held; InfiniteFuture where it waits for an event.
  absl::Time hold_until() const { return hold_until_; }
  const google::protobuf::RepeatedPtrField<events::v1::OutreachCheck>& checks() const { return checks_; }

 private:
  void Add(absl::string_view check, events::v1::CheckResult result, absl::string_view saw);

  google::protobuf::RepeatedPtrField<events::v1::OutreachCheck> checks_;
  events::v1::CheckResult result_ = events::v1::CHECK_RESULT_PASSED;
  std::string reason_;
  absl::Time hold_until_ = absl::InfiniteFuture();
};

// A time as checks tell it: `2026-11-22T07:25:00Z`.
std::string InUtc(absl::Time time);

// Writes `latest` behind the first `standing` of `checks`, in place of what an earlier attempt saw there: what stands last is
// what decided.
void ReplaceChecks(const google::protobuf::RepeatedPtrField<events::v1::OutreachCheck>& latest, int standing,
                   google::protobuf::RepeatedPtrField<events::v1::OutreachCheck>& checks);

}  // namespace touchstone::outreach
