#include "services/outreach/domain/planner_checks.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/clock/proto_time.h"
#include "services/outreach/domain/delivery.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;
using state::v1::SubjectHead;

void CheckReentry(const Play& play, const SubjectHead& head, absl::Time now, CheckList& list) {
  if (!play.reentry.not_within.has_value()) return list.Passed("REENTRY", "each moment may start it");
  for (const state::v1::PlayEntry& entry : head.entries()) {
    if (entry.play() != play.id) continue;
    const absl::Time again = clock::TimeFrom(entry.enter_time()) + *play.reentry.not_within;
    const std::string saw = absl::StrCat("started at ", InUtc(clock::TimeFrom(entry.enter_time())));
    if (now < again)
      return list.Drop("REENTRY", absl::StrCat(saw, ", not again within ", absl::FormatDuration(*play.reentry.not_within)));
    return list.Passed("REENTRY", saw);
  }
  list.Passed("REENTRY", "not started before");
}

bool CheckEscalations(const Play& play, const SubjectHead& head, CheckList& list) {
  const bool waits_for_people =
      play.outreach_class == events::OUTREACH_CLASS_MARKETING || play.outreach_class == events::OUTREACH_CLASS_FEEDBACK;
  if (head.open_escalations().empty()) {
    list.Passed("OPEN_ESCALATION", "none open");
    return true;
  }
  const std::string saw = absl::StrCat(head.open_escalations(0).id(), " is open");
  if (waits_for_people) {
    list.Hold("OPEN_ESCALATION", absl::StrCat(saw, ": until it closes"), absl::InfiniteFuture());
    return false;
  }
  list.Passed("OPEN_ESCALATION", absl::StrCat(saw, ", which does not hold this class"));
  return true;
}

bool CheckStrikes(const Play& play, const SubjectHead& head, CheckList& list) {
  const int hundredths = head.journey().strike_hundredths();
  const std::string saw = absl::StrCat(hundredths, " hundredths of a strike");
  if (play.outreach_class == events::OUTREACH_CLASS_MARKETING && hundredths > kStrikeHundredthsForMarketingMax) {
    list.Drop("STRIKES", absl::StrCat(saw, ": no marketing from 200 on"));
    return false;
  }
  list.Passed("STRIKES", saw);
  return true;
}

const events::ContactPoint* FirstReachable(const SendStep& step, const SubjectHead& head, CheckList& list) {
  std::vector<std::string> tried;
  for (const events::Channel channel : step.channels) {
    tried.push_back(events::Channel_Name(channel));
    for (const events::ContactPoint& point : head.journey().contact_points()) {
      if (point.channel() != channel || point.address_key().empty() || point.address().empty()) continue;
      list.Passed("CONTACT_POINT", events::Channel_Name(channel));
      return &point;
    }
  }
  list.Drop("CONTACT_POINT", absl::StrCat("the journey states none of ", absl::StrJoin(tried, ", ")));
  return nullptr;
}

bool CheckSubjectCap(const RollingCap& cap, events::OutreachClass outreach_class, const SubjectHead& head, absl::Time now,
                     CheckList& list) {
  if (!cap.Covers(outreach_class)) {
    list.Passed("SUBJECT_CAP", "does not cover this class");
    return true;
  }
  std::vector<absl::Time> requested;
  int undecided = 0;
  for (const state::v1::SubjectSend& send : head.sends()) {
    if (!send.has_request_time()) {
      ++undecided;
    } else {
      requested.push_back(clock::TimeFrom(send.request_time()));
    }
  }
  const CapAnswer answer = Ask(cap, std::move(requested), undecided, now);
  if (answer.count < cap.at_most) {
    list.Passed("SUBJECT_CAP", Words(cap, answer));
    return true;
  }
  const std::string until =
      answer.free_at == absl::InfiniteFuture() ? "until the gate has decided" : absl::StrCat("until ", InUtc(answer.free_at));
  list.Hold("SUBJECT_CAP", absl::StrCat(Words(cap, answer), ": ", until), answer.free_at);
  return false;
}

}  // namespace

bool IsHistory(const Play& play, const events::MomentOfTruth& moment, absl::Time now) {
  return now - clock::TimeFrom(moment.occur_time()) > play.act_within;
}

CheckList CheckEntry(const Play& play, const events::MomentOfTruth& moment, const SubjectHead& head, absl::Time now) {
  CheckList list;
  list.Passed("FRESHNESS", absl::StrCat("it was at ", InUtc(clock::TimeFrom(moment.occur_time())), ", now it is ", InUtc(now),
                                        ", news for ", absl::FormatDuration(play.act_within)));
  const int depth = moment.cause_depth() + 1;
  if (depth > kCauseDepthMax) {
    list.Drop("CAUSE_DEPTH", absl::StrCat("the moment follows ", moment.cause_depth(), " causes of our own"));
    return list;
  }
  list.Passed("CAUSE_DEPTH", absl::StrCat(depth, " of ", kCauseDepthMax));
  CheckReentry(play, head, now, list);
  if (!list.passed()) return list;
  const std::string active = absl::StrCat(head.active_size(), " of ", kActiveMax);
  if (head.active_size() >= kActiveMax) {
    list.Drop("ACTIVE_LIMIT", active);
  } else {
    list.Passed("ACTIVE_LIMIT", active);
  }
  return list;
}

SendCheck CheckSend(const Play& play, const SendStep& step, const RollingCap& subject_cap, const SubjectHead& head,
                    absl::Time expire_time, absl::Time now) {
  SendCheck check;
  if (now >= expire_time) {
    check.list.Drop("EXPIRY", absl::StrCat("it was to be sent before ", InUtc(expire_time)));
    return check;
  }
  check.list.Passed("EXPIRY", absl::StrCat("until ", InUtc(expire_time)));
  if (!CheckEscalations(play, head, check.list)) return check;
  if (!CheckStrikes(play, head, check.list)) return check;
  check.contact_point = FirstReachable(step, head, check.list);
  if (check.contact_point == nullptr) return check;
  CheckSubjectCap(subject_cap, play.outreach_class, head, now, check.list);
  return check;
}

}  // namespace touchstone::outreach
