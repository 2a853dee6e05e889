#include "services/outreach/domain/subject_plans.h"

#include <algorithm>
#include <utility>

#include "common/clock/proto_time.h"

namespace touchstone::outreach {

SubjectPlans::SubjectPlans(absl::string_view subject, state::v1::SubjectHead head, Load load)
    : subject_(subject), head_(std::move(head)), journey_was_kept_(head_.has_journey()), load_(std::move(load)) {}

void SubjectPlans::HearOf(const events::v1::JourneyDigest& journey) {
  journey_heard_ = true;
  *head_.mutable_journey() = journey;
  head_.mutable_journey()->clear_last_moments();
  head_.mutable_journey()->clear_last_touchpoints();
}

state::v1::SubjectHead& SubjectPlans::mutable_head() {
  head_changed_ = true;
  return head_;
}

const state::v1::PlannedOutreach* SubjectPlans::Find(absl::string_view letters) {
  auto [at, is_new] = outreaches_.try_emplace(std::string(letters));
  if (is_new) {
    absl::StatusOr<std::optional<state::v1::PlannedOutreach>> loaded = load_(letters);
    if (loaded.ok()) {
      at->second = *std::move(loaded);
    } else {
      status_.Update(loaded.status());
    }
  }
  return at->second.has_value() ? &*at->second : nullptr;
}

state::v1::PlannedOutreach& SubjectPlans::Change(absl::string_view letters) {
  Find(letters);
  std::optional<state::v1::PlannedOutreach>& planned = outreaches_.find(std::string(letters))->second;
  if (!planned.has_value()) planned.emplace();
  if (std::find(changed_.begin(), changed_.end(), letters) == changed_.end()) changed_.emplace_back(letters);
  return *planned;
}

std::vector<std::string> SubjectPlans::Active() const { return {head_.active().begin(), head_.active().end()}; }

void SubjectPlans::Forget(absl::string_view letters) { forgotten_.emplace_back(letters); }

void SubjectPlans::Finish(absl::Time now, const RollingCap& cap) {
  for (const std::string& letters : changed_) {
    state::v1::PlannedOutreach& planned = *outreaches_.at(letters);
    events::v1::Outreach& outreach = *planned.mutable_outreach();
    outreach.set_version(outreach.version() + 1);
    *outreach.mutable_update_time() = clock::ToProto(now);
    if (IsDecided(outreach.status())) *planned.mutable_wake_time() = clock::ToProto(now + kKeepDecided);
    auto& active = *head_.mutable_active();
    const auto at = std::find(active.begin(), active.end(), letters);
    const bool decided = IsDecided(outreach.status());
    if (decided && at != active.end()) {
      mutable_head();
      active.erase(at);
    } else if (!decided && at == active.end()) {
      *mutable_head().add_active() = letters;
    }
  }
  if (head_.active().empty()) {
    if (journey_was_kept_) head_changed_ = true;
    head_.clear_journey();
  } else if (journey_heard_) {
    head_changed_ = true;
  }
  if (!head_changed_) return;
  auto& sends = *head_.mutable_sends();
  sends.erase(std::remove_if(sends.begin(), sends.end(),
                             [&](const state::v1::SubjectSend& send) {
                               return send.has_request_time() && clock::TimeFrom(send.request_time()) + cap.within <= now;
                             }),
              sends.end());
}

bool IsDecided(events::v1::OutreachStatus status) {
  return status != events::v1::OUTREACH_STATUS_WAITING && status != events::v1::OUTREACH_STATUS_HELD &&
         status != events::v1::OUTREACH_STATUS_INTENDED;
}

}  // namespace touchstone::outreach
