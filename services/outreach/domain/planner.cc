#include "services/outreach/domain/planner.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/clock/proto_time.h"
#include "common/ids/id.h"
#include "services/outreach/domain/delivery.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;
using state::v1::PlannedOutreach;
using state::v1::SubjectHead;

void Drop(events::Outreach& outreach, absl::string_view reason) {
  outreach.set_status(events::OUTREACH_STATUS_DROPPED);
  outreach.set_reason(std::string(reason));
  outreach.clear_hold_until_time();
}

void RecordEntry(const Play& play, absl::Time now, SubjectPlans& plans) {
  if (!play.reentry.not_within.has_value()) return;
  auto& entries = *plans.mutable_head().mutable_entries();
  auto at =
      std::find_if(entries.begin(), entries.end(), [&](const state::v1::PlayEntry& entry) { return entry.play() == play.id; });
  state::v1::PlayEntry& entry = at == entries.end() ? *entries.Add() : *at;
  entry.set_play(play.id);
  *entry.mutable_enter_time() = clock::ToProto(now);
}

// A play that was taken back before anything was sent has not been entered.
void UnrecordEntry(const Play& play, const google::protobuf::Timestamp& enter_time, SubjectPlans& plans) {
  const auto is_it = [&](const state::v1::PlayEntry& entry) {
    return entry.play() == play.id && clock::TimeFrom(entry.enter_time()) == clock::TimeFrom(enter_time);
  };
  const auto& entries = plans.head().entries();
  if (std::none_of(entries.begin(), entries.end(), is_it)) return;
  auto& changed = *plans.mutable_head().mutable_entries();
  changed.erase(std::remove_if(changed.begin(), changed.end(), is_it), changed.end());
}

// A moment that comes back finds its outreach as it was; one that was dropped only because the moment had gone, and that the
// gate has never seen, starts again under the same id.
bool MayStartAgain(const PlannedOutreach& planned) {
  return planned.moment_gone() && planned.outreach().status() == events::OUTREACH_STATUS_DROPPED &&
         planned.outreach().address_key().empty();
}

void ForgetSend(absl::string_view letters, SubjectPlans& plans) {
  auto& sends = *plans.mutable_head().mutable_sends();
  sends.erase(
      std::remove_if(sends.begin(), sends.end(), [&](const state::v1::SubjectSend& send) { return send.letters() == letters; }),
      sends.end());
}

void CountSend(absl::string_view letters, absl::Time request_time, SubjectPlans& plans) {
  for (state::v1::SubjectSend& send : *plans.mutable_head().mutable_sends()) {
    if (send.letters() == letters) *send.mutable_request_time() = clock::ToProto(request_time);
  }
}

events::GateMessage Recall(const events::Outreach& outreach, absl::string_view why) {
  events::GateMessage message;
  message.set_address_key(outreach.address_key());
  message.mutable_recall()->set_send_key(outreach.send_key());
  message.mutable_recall()->set_reason(std::string(why));
  return message;
}

// Where the day skips that minute (daylight saving), the end of the gap; where it has it twice, the first.
absl::Time MinuteOf(absl::CivilDay day, int minute, absl::TimeZone zone) {
  const absl::TimeZone::TimeInfo info = zone.At(absl::CivilMinute(day) + minute);
  return info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
}

const SendStep* FindStep(const Play* play, absl::string_view id) {
  if (play == nullptr) return nullptr;
  for (const SendStep& step : play->steps) {
    if (step.id == id) return &step;
  }
  return nullptr;
}

}  // namespace

std::string OutreachLetters(absl::string_view play, absl::string_view moment_id, absl::string_view step) {
  return ids::DerivedId("", {"outreach", play, moment_id, step}).substr(1);
}

std::string OutreachId(absl::string_view subject, absl::string_view letters) { return absl::StrCat(subject, "~", letters); }

absl::Time AfterWaits(const std::vector<Wait>& waits, absl::Time from, absl::TimeZone zone) {
  for (const Wait& wait : waits) {
    from += wait.span;
    if (!wait.until_minute_of_day.has_value()) continue;
    const absl::CivilDay day = absl::ToCivilDay(from, zone);
    const absl::Time today = MinuteOf(day, *wait.until_minute_of_day, zone);
    from = today >= from ? today : MinuteOf(day + 1, *wait.until_minute_of_day, zone);
  }
  return from;
}

void Planner::OnJourneyEvent(const events::JourneyEvent& event, absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const {
  // Where nothing is planned and nothing begins, nobody asks how the journey stands.
  if (event.has_journey() && !plans.head().active().empty()) plans.HearOf(event.journey());
  switch (event.fact_case()) {
    case events::JourneyEvent::kMomentFound:
      return EnterAll(event.moment_found().moment(), event.journey(), now, plans, facts);
    case events::JourneyEvent::kMomentChanged:
      MomentChanged(event.moment_changed().moment(), event.journey(), plans, facts);
      return EnterAll(event.moment_changed().moment(), event.journey(), now, plans, facts);
    case events::JourneyEvent::kMomentWithdrawn:
      for (const Play& play : policy_.plays) {
        TakeBack(play, event.moment_withdrawn().moment().id(), "the moment was withdrawn", plans, facts);
      }
      return;
    case events::JourneyEvent::kMomentMovedOut:
      for (const Play& play : policy_.plays) {
        TakeBack(play, event.moment_moved_out().moment().id(), "the moment moved to another journey", plans, facts);
      }
      return;
    default:
      return;  // The digest is all a play needs of it.
  }
}

void Planner::OnEscalation(const events::Escalation& escalation, absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const {
  const bool closed =
      escalation.status() == events::ESCALATION_STATUS_RESOLVED || escalation.status() == events::ESCALATION_STATUS_CANCELLED;
  const auto is_it = [&](const state::v1::OpenEscalation& open) { return open.id() == escalation.id(); };
  const auto& known = plans.head().open_escalations();
  const bool is_known = std::any_of(known.begin(), known.end(), is_it);
  if (!closed && !is_known) {
    // One customer has one; more are a fault elsewhere, which must not make this head grow.
    auto& all = *plans.mutable_head().mutable_open_escalations();
    if (all.size() == kOpenEscalationsMax) all.erase(all.begin());
    state::v1::OpenEscalation& open = *all.Add();
    open.set_id(escalation.id());
    *open.mutable_open_time() = clock::ToProto(now);
    return;
  }
  if (!closed || !is_known) return;
  auto& open = *plans.mutable_head().mutable_open_escalations();
  open.erase(std::remove_if(open.begin(), open.end(), is_it), open.end());
  if (open.empty()) AttemptHeld(now, plans, facts);
}

void Planner::OnWake(absl::string_view letters, absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const {
  const Planned* planned = plans.Find(letters);
  if (planned == nullptr || !planned->has_wake_time() || clock::TimeFrom(planned->wake_time()) > now) return;
  if (IsDecided(planned->outreach().status())) return Forget(letters, now, plans);
  Attempt(letters, now, plans, facts);
}

void Planner::Forget(absl::string_view letters, absl::Time now, SubjectPlans& plans) const {
  plans.Forget(letters);
  // With it goes what the head need not know any more.
  auto& entries = *plans.mutable_head().mutable_entries();
  const auto is_over = [&](const state::v1::PlayEntry& entry) {
    const Play* play = policy_.Find(entry.play());
    return play == nullptr ||
           clock::TimeFrom(entry.enter_time()) + play->reentry.not_within.value_or(absl::ZeroDuration()) <= now;
  };
  entries.erase(std::remove_if(entries.begin(), entries.end(), is_over), entries.end());
}

void Planner::OnAnswer(const events::GateAnswer& answer, absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const {
  const std::string letters = answer.outreach_id().substr(answer.outreach_id().rfind('~') + 1);
  if (plans.Find(letters) == nullptr) return;  // Forgotten: the answer is older than all we keep.
  if (answer.has_report()) return TakeReport(answer.report(), letters, plans, facts);
  TakeDecision(answer, letters, now, plans, facts);
}

void Planner::EnterAll(const events::MomentOfTruth& moment, const events::JourneyDigest& journey, absl::Time now,
                       SubjectPlans& plans, PlannerFacts& facts) const {
  for (const Play& play : policy_.plays) {
    if (IsHistory(play, moment, now) || !play.matches(moment, journey)) continue;
    plans.HearOf(journey);
    Enter(play, moment, now, plans, facts);
  }
}

void Planner::Enter(const Play& play, const events::MomentOfTruth& moment, absl::Time now, SubjectPlans& plans,
                    PlannerFacts& facts) const {
  const SendStep& step = play.steps.front();
  const std::string letters = OutreachLetters(play.id, moment.id(), step.id);
  const Planned* known = plans.Find(letters);
  if (known != nullptr && !MayStartAgain(*known)) return;
  const CheckList list = CheckEntry(play, moment, plans.head(), now);
  const absl::Time due = AfterWaits(step.waits, now, policy_.zone);
  events::Outreach& outreach = Describe(play, step, moment, due, now, plans);
  *outreach.mutable_checks() = list.checks();
  plans.Change(letters).set_standing_checks(outreach.checks_size());
  if (!list.passed()) return Drop(outreach, list.reason());
  RecordEntry(play, now, plans);
  Begin(letters, due, now, plans, facts);
}

void Planner::MomentChanged(const events::MomentOfTruth& moment, const events::JourneyDigest& journey, SubjectPlans& plans,
                            PlannerFacts& facts) const {
  for (const Play& play : policy_.plays) {
    if (!play.matches(moment, journey)) {
      TakeBack(play, moment.id(), "the moment changed and no longer calls for it", plans, facts);
      continue;
    }
    for (const SendStep& step : play.steps) {
      const std::string letters = OutreachLetters(play.id, moment.id(), step.id);
      const Planned* planned = plans.Find(letters);
      if (planned == nullptr || IsDecided(planned->outreach().status())) continue;
      *plans.Change(letters).mutable_outreach()->mutable_moment() = moment;
    }
  }
}

void Planner::TakeBack(const Play& play, absl::string_view moment_id, absl::string_view why, SubjectPlans& plans,
                       PlannerFacts& facts) const {
  for (const SendStep& step : play.steps) {
    const std::string letters = OutreachLetters(play.id, moment_id, step.id);
    const Planned* known = plans.Find(letters);
    if (known == nullptr || known->moment_gone() || known->outreach().status() == events::OUTREACH_STATUS_DROPPED) continue;
    Planned& planned = plans.Change(letters);
    events::Outreach& outreach = *planned.mutable_outreach();
    planned.set_moment_gone(true);
    if (!planned.at_gate()) {
      Drop(outreach, why);
      if (&step == &play.steps.front()) UnrecordEntry(play, outreach.create_time(), plans);
      continue;
    }
    // The gate, or the sender, may be faster: it stays what it is until the gate says otherwise.
    if (IsDecided(outreach.status())) outreach.set_reason(absl::StrCat("requested; then ", why));
    facts.to_gate.push_back(Recall(outreach, why));
  }
}

events::Outreach& Planner::Describe(const Play& play, const SendStep& step, const events::MomentOfTruth& moment, absl::Time due,
                                    absl::Time now, SubjectPlans& plans) const {
  const std::string letters = OutreachLetters(play.id, moment.id(), step.id);
  Planned& planned = plans.Change(letters);
  planned.set_moment_gone(false);
  events::Outreach& outreach = *planned.mutable_outreach();
  outreach.set_id(OutreachId(plans.subject(), letters));
  outreach.set_send_key(outreach.id());
  outreach.set_subject(plans.subject());
  outreach.set_play(play.id);
  outreach.set_step(step.id);
  outreach.set_outreach_class(play.outreach_class);
  *outreach.mutable_moment() = moment;
  *outreach.mutable_create_time() = clock::ToProto(now);
  *outreach.mutable_expire_time() = clock::ToProto(due + step.expire_after);
  outreach.clear_checks();
  planned.clear_standing_checks();
  return outreach;
}

void Planner::Begin(absl::string_view letters, absl::Time due, absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const {
  Planned& planned = plans.Change(letters);
  events::Outreach& outreach = *planned.mutable_outreach();
  outreach.set_status(events::OUTREACH_STATUS_WAITING);
  outreach.set_reason("the play waits");
  *outreach.mutable_hold_until_time() = clock::ToProto(due);
  *planned.mutable_wake_time() = clock::ToProto(due);
  if (due <= now) Attempt(letters, now, plans, facts);
}

void Planner::Attempt(absl::string_view letters, absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const {
  const events::Outreach& known = plans.Find(letters)->outreach();
  const Play* play = policy_.Find(known.play());
  const SendStep* step = FindStep(play, known.step());
  if (step == nullptr) return Drop(*plans.Change(letters).mutable_outreach(), "no pack has this step of the play any more");
  const absl::Time expire_time = clock::TimeFrom(known.expire_time());
  const SendCheck check = CheckSend(*play, *step, policy_.subject_cap, plans.head(), expire_time, now);
  const CheckList& list = check.list;
  const absl::Time wake = std::min(list.hold_until(), expire_time);
  const bool stands_as_before = list.result() == events::CHECK_RESULT_HELD && known.status() == events::OUTREACH_STATUS_HELD &&
                                known.reason() == list.reason() && clock::TimeFrom(known.hold_until_time()) == wake;
  if (stands_as_before) return;
  Planned& planned = plans.Change(letters);
  events::Outreach& outreach = *planned.mutable_outreach();
  ReplaceChecks(list.checks(), planned.standing_checks(), *outreach.mutable_checks());
  outreach.set_reason(list.reason());
  if (list.passed()) return Intend(*play, *step, *check.contact_point, letters, plans, facts);
  if (list.result() == events::CHECK_RESULT_DROPPED) return Drop(outreach, list.reason());
  outreach.set_status(events::OUTREACH_STATUS_HELD);
  *outreach.mutable_hold_until_time() = clock::ToProto(wake);
  *planned.mutable_wake_time() = clock::ToProto(wake);
}

void Planner::Intend(const Play& play, const SendStep& step, const events::ContactPoint& contact_point, absl::string_view letters,
                     SubjectPlans& plans, PlannerFacts& facts) const {
  Planned& planned = plans.Change(letters);
  events::Outreach& outreach = *planned.mutable_outreach();
  outreach.set_status(events::OUTREACH_STATUS_INTENDED);
  outreach.set_channel(contact_point.channel());
  outreach.set_address_key(contact_point.address_key());
  outreach.clear_hold_until_time();
  planned.set_standing_checks(outreach.checks_size());
  planned.set_at_gate(true);
  planned.clear_wake_time();

  const TemplateValues values = ValuesOf(outreach.moment(), plans.head().journey(), policy_.zone);
  const MessageVariant& variant = step.message.For(plans.head().journey().language());
  events::GateMessage message;
  message.set_address_key(contact_point.address_key());
  events::Intent& intent = *message.mutable_intent();
  events::OutreachRequest& request = *intent.mutable_request();
  request.set_send_key(outreach.send_key());
  request.set_outreach_id(outreach.id());
  request.set_subject(outreach.subject());
  request.set_outreach_class(outreach.outreach_class());
  *request.mutable_contact_point() = contact_point;
  request.set_template_(step.message.id);
  request.set_language(variant.language);
  request.set_title(variant.title.Render(values));
  request.set_body(variant.body.Render(values));
  *request.mutable_expire_time() = outreach.expire_time();
  request.set_moment_id(outreach.moment().id());
  request.set_cause_depth(outreach.moment().cause_depth() + 1);
  *intent.mutable_quiet_hours() = policy_.quiet_hours;
  intent.mutable_candidate_time_zones()->Assign(policy_.candidate_time_zones.begin(), policy_.candidate_time_zones.end());
  intent.set_consent_required(play.consent_required);
  intent.set_play(play.id);
  facts.to_gate.push_back(std::move(message));

  if (!policy_.subject_cap.Covers(play.outreach_class)) return;
  state::v1::SubjectSend& send = *plans.mutable_head().add_sends();
  send.set_letters(std::string(letters));
  send.set_outreach_class(play.outreach_class);
}

void Planner::AttemptHeld(absl::Time now, SubjectPlans& plans, PlannerFacts& facts) const {
  for (const std::string& letters : plans.Active()) {
    const Planned* planned = plans.Find(letters);
    if (planned == nullptr || planned->at_gate() || planned->outreach().status() != events::OUTREACH_STATUS_HELD) continue;
    Attempt(letters, now, plans, facts);
  }
}

void Planner::TakeDecision(const events::GateAnswer& answer, absl::string_view letters, absl::Time now, SubjectPlans& plans,
                           PlannerFacts& facts) const {
  if (IsDecided(plans.Find(letters)->outreach().status())) return;  // A repeat.
  Planned& planned = plans.Change(letters);
  events::Outreach& outreach = *planned.mutable_outreach();
  ReplaceChecks(answer.checks(), planned.standing_checks(), *outreach.mutable_checks());
  outreach.set_reason(answer.reason());
  outreach.set_status(answer.status());
  outreach.clear_hold_until_time();
  if (answer.status() == events::OUTREACH_STATUS_HELD) {
    *outreach.mutable_hold_until_time() = answer.hold_until_time();
    return;
  }
  if (answer.status() == events::OUTREACH_STATUS_REQUESTED) {
    const absl::Time request_time = clock::TimeFrom(answer.decide_time());
    CountSend(letters, request_time, plans);
    facts.touchpoints.push_back(RequestedTouchpoint(outreach, request_time));
    BeginNext(letters, request_time, now, plans, facts);
  } else {
    ForgetSend(letters, plans);
  }
  AttemptHeld(now, plans, facts);
}

void Planner::TakeReport(const events::DeliveryReport& report, absl::string_view letters, SubjectPlans& plans,
                         PlannerFacts& facts) const {
  events::Outreach& outreach = *plans.Change(letters).mutable_outreach();
  outreach.set_status(StatusAfter(outreach.status(), report.status()));
  *outreach.add_reports() = report;
  if (std::optional<events::Touchpoint> touchpoint = ReportTouchpoint(outreach, report))
    facts.touchpoints.push_back(*std::move(touchpoint));
}

void Planner::BeginNext(absl::string_view letters, absl::Time from, absl::Time now, SubjectPlans& plans,
                        PlannerFacts& facts) const {
  const Planned& sent = *plans.Find(letters);
  const Play* play = policy_.Find(sent.outreach().play());
  if (play == nullptr || sent.moment_gone()) return;
  const auto at = std::find_if(play->steps.begin(), play->steps.end(),
                               [&](const SendStep& step) { return step.id == sent.outreach().step(); });
  if (at == play->steps.end() || at + 1 == play->steps.end()) return;
  const SendStep& next = *(at + 1);
  const absl::Time due = AfterWaits(next.waits, from, policy_.zone);
  const events::Outreach& outreach = Describe(*play, next, sent.outreach().moment(), due, now, plans);
  Begin(OutreachLetters(play->id, outreach.moment().id(), next.id), due, now, plans, facts);
}

}  // namespace touchstone::outreach
