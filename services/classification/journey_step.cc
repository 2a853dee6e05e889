#include "services/classification/journey_step.h"

#include <algorithm>
#include <limits>

#include "common/clock/proto_time.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"
#include "services/classification/domain/corrections.h"
#include "services/classification/domain/digest.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/limits.h"
#include "services/classification/domain/moment_builder.h"
#include "services/classification/domain/strike_ledger.h"
#include "services/classification/domain/wire_field.h"
#include "services/classification/journey_keys.h"
#include "services/classification/journey_store.h"

namespace touchstone::classification {
namespace {

using events::v1::JourneyEvent;
using events::v1::Touchpoint;
using state::v1::MomentEntry;

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
constexpr int64_t kAlways = std::numeric_limits<int64_t>::min();

JourneyEvent FactOf(const MomentEntry* before, const MomentEntry* after) {
  JourneyEvent event;
  if (before == nullptr) {
    *event.mutable_moment_found()->mutable_moment() = after->moment();
  } else if (after == nullptr) {
    *event.mutable_moment_withdrawn()->mutable_moment() = before->moment();
  } else {
    *event.mutable_moment_changed()->mutable_moment() = after->moment();
    *event.mutable_moment_changed()->mutable_before() = before->moment();
  }
  return event;
}

const MomentEntry* FindMoment(const std::vector<MomentEntry>& moments, absl::string_view id) {
  const auto found =
      std::find_if(moments.begin(), moments.end(), [&](const MomentEntry& entry) { return entry.moment().id() == id; });
  return found == moments.end() ? nullptr : &*found;
}

bool InOrder(const Touchpoint* a, const Touchpoint* b) { return IsBefore(PointOf(*a), PointOf(*b)); }

}  // namespace

absl::Status JourneyStep::Take(const Touchpoint* arrived, bool anew) {
  now_ns_ = Nanos(work_.now());
  const events::v1::Stage stage_before = head_.fold().journey().stage();
  if (arrived != nullptr && arrived->import_id().empty() && head_.fold().has_point() &&
      !IsAfter(*arrived, head_.fold().point())) {
    late_evidence_ = arrived;
  }
  RETURN_IF_ERROR(TakeDue(arrived));
  const bool late = !due_.empty() && head_.fold().has_point() && !IsAfter(*due_.front(), head_.fold().point());
  if (anew || late || head_.pack_fingerprint() != pack_.fingerprint()) {
    RETURN_IF_ERROR(FoldAnew());
  } else {
    FoldOn();
  }
  RETURN_IF_ERROR(DropOldest());
  SetTimer();
  work_.PutMessage(keys::Head(name_), head_);
  Tell(stage_before);
  return absl::OkStatus();
}

// `arrived`, unless it is ahead of the clock, and what the clock has caught up with.
absl::Status JourneyStep::TakeDue(const Touchpoint* arrived) {
  if (arrived != nullptr) {
    const int64_t time_ns = Nanos(arrived->occur_time());
    if (time_ns <= now_ns_) {
      due_.push_back(arrived);
    } else if (head_.next_ahead_ns() == 0 || time_ns < head_.next_ahead_ns()) {
      head_.set_next_ahead_ns(time_ns);
    }
  }
  if (head_.next_ahead_ns() == 0 || head_.next_ahead_ns() > now_ns_) return absl::OkStatus();
  return TakeAhead(arrived);
}

absl::Status JourneyStep::TakeAhead(const Touchpoint* arrived) {
  const int64_t from_ns = head_.next_ahead_ns();
  head_.clear_next_ahead_ns();
  RETURN_IF_ERROR(ReadTouchpoints(work_, name_, from_ns, kNever, [&](absl::string_view, const Touchpoint& touchpoint) {
    const int64_t time_ns = Nanos(touchpoint.occur_time());
    if (time_ns > now_ns_) {
      head_.set_next_ahead_ns(time_ns);
      return false;
    }
    // `arrived` is kept already, and so is found here again.
    const bool known = arrived != nullptr && arrived->id() == touchpoint.id() && arrived->source() == touchpoint.source();
    if (!known) due_.push_back(&ahead_.emplace_back(touchpoint));
    return true;
  }));
  std::sort(due_.begin(), due_.end(), InOrder);
  return absl::OkStatus();
}

void JourneyStep::FoldOn() {
  JourneyFold fold(pack_, name_, *head_.mutable_fold());
  for (const Touchpoint* touchpoint : due_) fold.Touch(*touchpoint);
  PassDeadlines(fold);
  for (const MomentEntry& entry : fold.conclusions().moments) {
    Store(nullptr, &entry);
    AddLastMoment(entry.moment(), head_);
  }
  for (const events::v1::StrikeCrossing& crossing : fold.conclusions().crossings) {
    TellCrossing(crossing, FindMoment(fold.conclusions().moments, crossing.strike().moment_id()));
  }
}

absl::Status JourneyStep::FoldAnew() {
  ASSIGN_OR_RETURN(state::v1::FoldState folded, ReadBase(work_, name_));
  JourneyFold fold(pack_, name_, folded);
  RETURN_IF_ERROR(ReadTouchpoints(work_, name_, kAlways, now_ns_, [&](absl::string_view, const Touchpoint& touchpoint) {
    fold.Touch(touchpoint);
    return true;
  }));
  PassDeadlines(fold);

  ASSIGN_OR_RETURN(std::vector<MomentEntry> known, ReadMoments(work_, name_));
  // What was concluded before anything that is kept stands as it is.
  const auto frozen = std::partition(known.begin(), known.end(), [&](const MomentEntry& entry) {
    return !head_.has_base_point() || IsBefore(head_.base_point(), PointOf(entry));
  });
  const absl::Span<const MomentEntry> before = absl::MakeConstSpan(known.data(), frozen - known.begin());
  const std::vector<MomentEntry>& after = fold.conclusions().moments;
  for (const Correction& correction : CorrectionsBetween(before, after)) Store(correction.before, correction.after);
  head_.clear_last_moments();
  for (auto entry = frozen; entry != known.end(); ++entry) AddLastMoment(entry->moment(), head_);
  for (const MomentEntry& entry : after) AddLastMoment(entry.moment(), head_);
  for (const events::v1::StrikeCrossing& crossing : NewCrossings(*head_.mutable_fold(), folded, now_ns_)) {
    const std::string& moment_id = crossing.strike().moment_id();
    const MomentEntry* by = FindMoment(after, moment_id);
    TellCrossing(crossing, by != nullptr ? by : FindMoment(known, moment_id));
  }
  *head_.mutable_fold() = std::move(folded);
  head_.set_pack_fingerprint(pack_.fingerprint());
  return absl::OkStatus();
}

void JourneyStep::PassDeadlines(JourneyFold& fold) const {
  if (head_.imports().empty()) head_.set_passed_ns(now_ns_);
  fold.PassTo(head_.passed_ns());
}

void JourneyStep::Store(const MomentEntry* before, const MomentEntry* after) {
  const std::string key = keys::Moment(name_, (after != nullptr ? after : before)->moment().id());
  if (after != nullptr) {
    work_.PutMessage(key, *after);
  } else {
    work_.Delete(key);
  }
  facts_.push_back(FactOf(before, after));
}

void JourneyStep::TellCrossing(const events::v1::StrikeCrossing& crossing, const MomentEntry* by) {
  events::v1::StrikeCrossing& told = *facts_.emplace_back().mutable_strike_crossing();
  told = crossing;
  if (by != nullptr) *told.mutable_moment() = by->moment();
  if (late_evidence_ != nullptr) *told.mutable_late_evidence() = RefOf(*late_evidence_);
}

// What is beyond the cap or the age is folded into the base, in chunks, so that the base is seldom written.
absl::Status JourneyStep::DropOldest() {
  const int64_t newest_ns = Nanos(head_.fold().journey().last_time());
  const bool many = head_.kept_count() >= kKeptTouchpointsMax;
  const bool old = newest_ns - head_.oldest_ns() > Nanos(kKeptAge + kKeptAgeSlack);
  if (!many && !old) return absl::OkStatus();
  ASSIGN_OR_RETURN(state::v1::FoldState base, ReadBase(work_, name_));
  JourneyFold fold(pack_, name_, base);
  std::vector<Touchpoint> dropped;
  RETURN_IF_ERROR(ReadTouchpoints(work_, name_, kAlways, now_ns_, [&](absl::string_view, const Touchpoint& touchpoint) {
    const int64_t time_ns = Nanos(touchpoint.occur_time());
    head_.set_oldest_ns(time_ns);
    const bool goes = (many && dropped.size() < kDropChunk) || newest_ns - time_ns > Nanos(kKeptAge);
    if (!goes) return false;
    fold.Touch(touchpoint);
    dropped.push_back(touchpoint);
    return true;
  }));
  for (const Touchpoint& touchpoint : dropped) DropTouchpoint(name_, touchpoint, work_);
  head_.set_kept_count(head_.kept_count() - static_cast<int64_t>(dropped.size()));
  *head_.mutable_base_point() = base.point();
  work_.PutMessage(keys::Base(name_), base);
  return ForgetFrozenMoments(base.point());
}

absl::Status JourneyStep::ForgetFrozenMoments(const state::v1::FoldPoint& base_point) {
  ASSIGN_OR_RETURN(std::vector<MomentEntry> moments, ReadMoments(work_, name_));
  std::vector<std::pair<int64_t, std::string>> frozen;
  for (const MomentEntry& entry : moments) {
    if (!IsBefore(base_point, PointOf(entry))) frozen.emplace_back(Nanos(entry.moment().occur_time()), entry.moment().id());
  }
  std::sort(frozen.begin(), frozen.end());
  const int forgotten = static_cast<int>(frozen.size()) - kFrozenMomentsMax;
  for (int i = 0; i < forgotten; ++i) work_.Delete(keys::Moment(name_, frozen[i].second));
  return absl::OkStatus();
}

void JourneyStep::SetTimer() {
  int64_t next_ns = StrikeLedger(*head_.mutable_fold()).NextChange(now_ns_);
  if (head_.next_ahead_ns() != 0) next_ns = std::min(next_ns, head_.next_ahead_ns());
  if (head_.imports().empty()) {
    next_ns = std::min(next_ns, JourneyFold(pack_, name_, *head_.mutable_fold()).NextDeadline());
  }
  if (next_ns == kNever) next_ns = 0;
  if (next_ns == head_.timer_ns()) return;
  head_.set_timer_ns(next_ns);
  // Timers are kept to the microsecond: not one of them may fire before what it is for.
  work_.SetTimer(keys::Head(name_), next_ns == 0 ? absl::InfiniteFuture() : TimeOf(next_ns) + absl::Microseconds(1));
}

void JourneyStep::Tell(events::v1::Stage stage_before) {
  const state::v1::FoldState& fold = head_.fold();
  if (fold.journey().stage() != stage_before && !fold.stages().empty()) {
    events::v1::StageChanged& changed = *facts_.emplace_back().mutable_stage_changed();
    changed.set_from_stage(stage_before);
    changed.set_to_stage(fold.journey().stage());
    *changed.mutable_evidence() = fold.stages().rbegin()->evidence();
    *changed.mutable_occur_time() = changed.evidence().occur_time();
  }
  std::string digest = SerializedDigestOf(head_, name_, now_ns_);
  for (JourneyEvent& fact : facts_) Emit(fact, digest);
  work_.EmitLatest(topics::kJourneys, name_, std::move(digest));
}

void JourneyStep::Emit(JourneyEvent& event, const std::string& digest) {
  event.set_id(work_.NextRecordId());
  event.set_subject(std::string(name_));
  *event.mutable_conclude_time() = clock::ToProto(work_.now());
  std::string bytes = event.SerializeAsString();
  AppendField(JourneyEvent::kJourneyFieldNumber, digest, bytes);
  work_.Emit(topics::kJourneyEvents, name_, std::move(bytes));
}

}  // namespace touchstone::classification
