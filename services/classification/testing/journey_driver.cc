#include "services/classification/testing/journey_driver.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/status/invariant.h"
#include "common/stream/topics.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/journey_keys.h"
#include "services/classification/journey_store.h"
#include "touchstone/events/v1/inboxes.pb.h"

namespace touchstone::classification {
namespace {

void Expect(const absl::Status& status) { INVARIANT(status.ok(), status.ToString()); }

void Sort(std::vector<events::v1::MomentOfTruth>& moments) {
  std::sort(moments.begin(), moments.end(), [](const auto& a, const auto& b) {
    const auto a_place = std::make_pair(Nanos(a.occur_time()), a.id());
    return a_place < std::make_pair(Nanos(b.occur_time()), b.id());
  });
}

}  // namespace

JourneyDriver::JourneyDriver(std::shared_ptr<const Pack> pack) { Restart(std::move(pack)); }

void JourneyDriver::Restart(std::shared_ptr<const Pack> pack) {
  processor_ = std::make_unique<JourneyProcessor>(std::move(pack));
}

void JourneyDriver::AdvanceTo(absl::Time now) {
  while (!due_.empty() && due_.begin()->first.first <= now) {
    const auto [due, key] = due_.begin()->first;
    due_.erase(due_.begin());
    timers_.erase(key);
    now_ = std::max(now_, due);
    Expect(processor_->OnTimer(key, due, *this));
  }
  now_ = std::max(now_, now);
}

void JourneyDriver::Arrive(const events::v1::Touchpoint& touchpoint) {
  Feed(topics::kTouchpoints, touchpoint.names(0).key(), touchpoint);
}

void JourneyDriver::EndImport(absl::string_view import_id) {
  events::v1::ControlRecord control;
  control.mutable_import_ended()->set_import_id(std::string(import_id));
  Feed(topics::kControl, import_id, control);
}

void JourneyDriver::Refold(absl::string_view name) {
  events::v1::NameMessage message;
  message.set_name_key(std::string(name));
  message.mutable_refold();
  Feed(topics::kNames, name, message);
}

void JourneyDriver::Feed(absl::string_view topic, absl::string_view key, const google::protobuf::MessageLite& message) {
  AdvanceTo(now_);
  eventlog::Record record;
  record.offset = offset_++;
  record.append_time = now_;
  record.key = std::string(key);
  record.value = message.SerializeAsString();
  Expect(processor_->OnRecord(topic, record, *this));
  AdvanceTo(now_);
}

std::vector<events::v1::JourneyEvent> JourneyDriver::events() const {
  std::vector<events::v1::JourneyEvent> events(events_.size());
  for (size_t i = 0; i < events_.size(); ++i) INVARIANT(events[i].ParseFromString(events_[i]), "not a JourneyEvent");
  return events;
}

events::v1::JourneyDigest JourneyDriver::DigestOf(absl::string_view name) const {
  events::v1::JourneyDigest digest;
  INVARIANT(digest.ParseFromString(digests_.at(std::string(name))), "not a digest");
  return digest;
}

state::v1::Head JourneyDriver::HeadOf(absl::string_view name) const {
  absl::StatusOr<std::optional<state::v1::Head>> head = ReadHead(*this, name);
  Expect(head.status());
  return head->has_value() ? **head : state::v1::Head();
}

std::vector<events::v1::MomentOfTruth> JourneyDriver::MomentsOf(absl::string_view name) const {
  absl::StatusOr<std::vector<state::v1::MomentEntry>> entries = ReadMoments(*this, name);
  Expect(entries.status());
  std::vector<events::v1::MomentOfTruth> moments;
  for (const state::v1::MomentEntry& entry : *entries) moments.push_back(entry.moment());
  Sort(moments);
  return moments;
}

std::vector<events::v1::MomentOfTruth> JourneyDriver::MomentsTold(absl::string_view name) const {
  std::map<std::string, events::v1::MomentOfTruth> by_id;
  for (const events::v1::JourneyEvent& event : events()) {
    if (event.subject() != name) continue;
    if (event.has_moment_found()) {
      const events::v1::MomentOfTruth& moment = event.moment_found().moment();
      INVARIANT(by_id.emplace(moment.id(), moment).second, "a moment is found twice");
    } else if (event.has_moment_changed()) {
      const auto known = by_id.find(event.moment_changed().moment().id());
      INVARIANT(known != by_id.end(), "a moment is changed that was not found");
      known->second = event.moment_changed().moment();
    } else if (event.has_moment_withdrawn()) {
      INVARIANT(by_id.erase(event.moment_withdrawn().moment().id()) == 1, "a moment is withdrawn that was not found");
    }
  }
  std::vector<events::v1::MomentOfTruth> moments;
  for (auto& [id, moment] : by_id) moments.push_back(std::move(moment));
  Sort(moments);
  return moments;
}

absl::StatusOr<std::optional<std::string>> JourneyDriver::Get(absl::string_view key) const {
  const auto it = values_.find(std::string(key));
  return it == values_.end() ? std::nullopt : std::optional<std::string>(it->second);
}

absl::Status JourneyDriver::Scan(absl::string_view begin, absl::string_view end, Visit visit) const {
  const auto last = end.empty() ? values_.end() : values_.lower_bound(std::string(end));
  for (auto it = values_.lower_bound(std::string(begin)); it != last; ++it) {
    if (!visit(it->first, it->second)) break;
  }
  return absl::OkStatus();
}

void JourneyDriver::Put(absl::string_view key, std::string value) {
  ++put_count_;
  values_[std::string(key)] = std::move(value);
}

void JourneyDriver::Delete(absl::string_view key) { values_.erase(std::string(key)); }

void JourneyDriver::SetTimer(absl::string_view key, absl::Time due) {
  const std::string name(key);
  const auto known = timers_.find(name);
  if (known != timers_.end()) {
    due_.erase({known->second, name});
    timers_.erase(known);
  }
  if (due == absl::InfiniteFuture()) return;
  timers_[name] = due;
  due_[{due, name}] = true;
}

void JourneyDriver::Emit(absl::string_view topic, absl::string_view key, std::string value) {
  INVARIANT(topic == topics::kJourneyEvents, "the journey task writes its events, and digests as the latest");
  events_.push_back(std::move(value));
}

void JourneyDriver::EmitLatest(absl::string_view topic, absl::string_view key, std::string value) {
  INVARIANT(topic == topics::kJourneys, "the journey task writes digests as the latest");
  digests_[std::string(key)] = std::move(value);
}

std::string JourneyDriver::NextRecordId() const { return absl::StrCat("record-", events_.size()); }

void JourneyDriver::DeadLetter(absl::string_view reason, absl::string_view message) { dead_letters_.emplace_back(reason); }

}  // namespace touchstone::classification
