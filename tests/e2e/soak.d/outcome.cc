#include "tests/e2e/soak.d/outcome.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/ids/hash.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"
#include "touchstone/events/v1/inboxes.pb.h"
#include "touchstone/events/v1/outreach.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::e2e {
namespace {

namespace events = touchstone::events::v1;

constexpr char kSource[] = "e2e";
constexpr int kReadMax = 20'000;
constexpr int kIdleRoundsMax = 600;
constexpr absl::Duration kWait = absl::Milliseconds(100);

bool IsOpen(const events::Escalation& escalation) {
  return escalation.status() != events::ESCALATION_STATUS_RESOLVED && escalation.status() != events::ESCALATION_STATUS_CANCELLED;
}

// `12-3` is touchpoint 3 of customer 12. Step -1: it is none.
KillTraffic::Place PlaceOfId(absl::string_view id) {
  const size_t dash = id.find('-');
  KillTraffic::Place place{0, -1};
  if (dash == absl::string_view::npos || !absl::SimpleAtoi(id.substr(0, dash), &place.number) ||
      !absl::SimpleAtoi(id.substr(dash + 1), &place.step))
    place.step = -1;
  return place;
}

Outcome::Moment MomentOf(const events::MomentOfTruth& moment) {
  Outcome::Moment kept;
  kept.plain.rule = moment.rule();
  kept.plain.time = moment.occur_time().seconds() * classification::naive::kSecond + moment.occur_time().nanos();
  kept.plain.trigger = absl::StrCat(moment.trigger().source(), "/", moment.trigger().id());
  kept.plain.stage = static_cast<classification::naive::Stage>(moment.stage());
  kept.hash = ids::StableHash64(moment.SerializeAsString());
  const KillTraffic::Place place = PlaceOfId(moment.trigger().id());
  if (moment.trigger().source() == kSource && place.step >= 0) kept.customer = place.number;
  return kept;
}

bool AllRead(const std::vector<int64_t>& cursor, const std::vector<int64_t>& ends) {
  return std::equal(cursor.begin(), cursor.end(), ends.begin(), ends.end(), [](int64_t at, int64_t end) { return at >= end; });
}

template <typename Message>
bool Parsed(const std::string& value, Message& message, Findings& findings) {
  if (message.ParseFromString(value)) return true;
  findings.Add("unreadable record", message.GetTypeName());
  return false;
}

}  // namespace

absl::Status Outcome::ReadAll(eventlog::EventLog& log) {
  for (const eventlog::TopicSpec& topic : log.topics().topics()) {
    // Changelogs are the tasks' own; what they amount to is seen in the rest.
    if (!absl::EndsWith(topic.name, ".state")) RETURN_IF_ERROR(ReadTopic(log, topic.name));
  }
  CheckAtTheEnd();
  return absl::OkStatus();
}

absl::Status Outcome::ReadTopic(eventlog::EventLog& log, const std::string& topic) {
  ids_.clear();
  ASSIGN_OR_RETURN(const std::vector<int64_t> ends, log.EndOffsets(topic));
  ASSIGN_OR_RETURN(const auto tail, log.OpenTail(topic, {.from = eventlog::TailStart::From::kBegin}));
  for (int idle = 0; !AllRead(tail->next_offsets(), ends);) {
    const uint64_t seen = log.tail_changes().version();
    ASSIGN_OR_RETURN(const std::vector<eventlog::TailRecord> records, tail->Read(kReadMax));
    for (const eventlog::TailRecord& record : records) Take(topic, record);
    if (!records.empty()) {
      idle = 0;
      continue;
    }
    if (AllRead(tail->next_offsets(), ends)) break;
    if (++idle == kIdleRoundsMax) return absl::UnavailableError(absl::StrCat(topic, " cannot be read to its end"));
    log.tail_changes().WaitPast(seen, kWait);
  }
  return absl::OkStatus();
}

void Outcome::Take(const std::string& topic, const eventlog::TailRecord& record) {
  const std::string& value = record.record.value;
  ++record_count_;
  arrivals_[{topic, record.partition}].emplace_back(record.record.offset, record.record.append_time);
  if (IsOfATask(topic, value)) CheckOnce(topic, record.record.id);
  if (topic == topics::kTouchpoints) TakeTouchpoint(value);
  if (topic == topics::kJourneyEvents) TakeJourneyEvent(value);
  if (topic == topics::kEscalations) TakeEscalation(value);
  if (topic == topics::kOffers) TakeNotice(value);
  if (topic == topics::kDeadLetters) findings_.Add("dead letter", record.record.id);
  events::JourneyDigest digest;
  if (topic == topics::kJourneys && Parsed(value, digest, findings_))
    digest_counts_[digest.subject()] = digest.touchpoint_count();
  events::Outreach outreach;
  if (topic == topics::kOutreach && Parsed(value, outreach, findings_) && IsCertain(outreach.subject()))
    outreach_ids_.insert(outreach.id());
  events::OutreachRequest request;
  if (topic == topics::kOutreachRequests && Parsed(value, request, findings_)) {
    if (!requested_.insert(request.send_key()).second) findings_.Add("sent twice", request.send_key());
    if (CustomerOf(request.subject()) % kStoryCount == kCartLeft) send_keys_.insert(request.send_key());
  }
}

bool Outcome::IsOfATask(const std::string& topic, const std::string& value) {
  if (topic == topics::kControl) return false;
  if (topic == topics::kTouchpoints) {
    events::Touchpoint touchpoint;
    return touchpoint.ParseFromString(value) && touchpoint.source() != kSource;
  }
  if (topic == topics::kGate) {
    events::GateMessage message;
    return message.ParseFromString(value) && !message.has_report() && !message.has_preferences();
  }
  return true;
}

void Outcome::CheckOnce(const std::string& topic, const std::string& id) {
  const std::pair<uint64_t, uint64_t> hash(ids::StableHash64(id), ids::StableHash64(absl::StrCat(id, "'")));
  if (id.empty()) findings_.Add("record without an id", topic);
  if (!ids_.insert(hash).second) findings_.Add("record twice", absl::StrCat(topic, ": ", id));
}

void Outcome::TakeTouchpoint(const std::string& value) {
  events::Touchpoint touchpoint;
  if (!Parsed(value, touchpoint, findings_)) return;
  if (touchpoint.source() != kSource) {
    ++own_touchpoints_[touchpoint.names(0).key()];
    return;
  }
  const KillTraffic::Place place = PlaceOfId(touchpoint.id());
  const size_t number = static_cast<size_t>(place.number);
  if (place.step < 0 || place.step >= kTouchpointsPerCustomer || number >= next_steps_.size())
    return findings_.Add("touchpoint that nobody sent", touchpoint.id());
  ++copies_[number * kTouchpointsPerCustomer + static_cast<size_t>(place.step)];
  // A copy of what lies there already is a client's repeat.
  if (place.step > next_steps_[number]) findings_.Add("out of order", touchpoint.id());
  if (place.step >= next_steps_[number]) next_steps_[number] = static_cast<uint8_t>(place.step + 1);
}

void Outcome::TakeJourneyEvent(const std::string& value) {
  events::JourneyEvent event;
  if (!Parsed(value, event, findings_)) return;
  if (event.has_moment_found()) {
    const events::MomentOfTruth& moment = event.moment_found().moment();
    if (!moments_.emplace(moment.id(), MomentOf(moment)).second) findings_.Add("moment found twice", moment.id());
  } else if (event.has_moment_changed()) {
    const events::MomentOfTruth& moment = event.moment_changed().moment();
    const auto known = moments_.find(moment.id());
    if (known == moments_.end()) return findings_.Add("moment changed that was not there", moment.id());
    known->second = MomentOf(moment);
  } else if (event.has_moment_withdrawn()) {
    const std::string& id = event.moment_withdrawn().moment().id();
    if (moments_.erase(id) == 0) findings_.Add("moment withdrawn that was not there", id);
  }
}

void Outcome::TakeEscalation(const std::string& value) {
  events::Escalation escalation;
  if (!Parsed(value, escalation, findings_)) return;
  const std::string& id = escalation.id();
  if (IsCertain(escalation.subject())) escalation_ids_.insert(id);
  Case& known = cases_[id];
  if (escalation.version() != known.version + 1) findings_.Add("escalation skips a version", id);
  if (known.version > 0 && !known.open && IsOpen(escalation)) findings_.Add("escalation opened again", id);
  known = {escalation.version(), IsOpen(escalation)};
  std::string& open = open_of_[escalation.subject()];
  if (known.open) {
    if (!open.empty() && open != id) findings_.Add("two open escalations", escalation.subject());
    open = id;
  } else if (open == id) {
    open.clear();
  }
}

void Outcome::TakeNotice(const std::string& value) {
  events::DesktopNotice notice;
  if (!Parsed(value, notice, findings_) || !notice.has_offer()) return;
  int& end = offer_ends_[notice.offer().id()];
  const int status = notice.offer().status();
  if (status < events::OFFER_STATUS_ACCEPTED) return;
  if (end != 0) findings_.Add("offer ended twice", notice.offer().id());
  end = status;
}

void Outcome::CheckAtTheEnd() {
  for (const auto& [id, known] : cases_) {
    if (known.open) findings_.Add("escalation stranded", id);
  }
  for (const auto& [id, end] : offer_ends_) {
    if (end == 0) findings_.Add("offer without an end", id);
  }
  for (const auto& [subject, count] : digest_counts_) {
    const auto own = own_touchpoints_.find(subject);
    const int64_t known = kTouchpointsPerCustomer + (own == own_touchpoints_.end() ? 0 : own->second);
    if (count != known) findings_.Add("journey counts wrongly", absl::StrCat(subject, " has ", count, ", not ", known));
  }
  if (digest_counts_.size() != next_steps_.size())
    findings_.Add("journeys missing", absl::StrCat(digest_counts_.size(), " of ", next_steps_.size(), " are there"));
}

int Outcome::CustomerOf(absl::string_view subject) const {
  const std::string before = absl::StrCat("customer:", CustomerName(0));
  absl::string_view number = subject;
  int customer = -1;
  if (!absl::ConsumePrefix(&number, absl::string_view(before).substr(0, before.size() - 1)) ||
      !absl::SimpleAtoi(number, &customer))
    return -1;
  return customer;
}

bool Outcome::IsCertain(absl::string_view subject) const { return CustomerOf(subject) % kStoryCount != kToldLate; }

namespace {

void CompareKeys(absl::string_view what, const std::set<std::string>& expected, const std::set<std::string>& actual,
                 Findings& findings) {
  for (const std::string& key : expected) {
    if (!actual.contains(key)) findings.Add(absl::StrCat(what, " missing"), key);
  }
  for (const std::string& key : actual) {
    if (!expected.contains(key)) findings.Add(absl::StrCat(what, " too many"), key);
  }
}

std::string TextOf(const classification::naive::Moment& moment) {
  return absl::StrCat(moment.rule, " by ", moment.trigger, " at ", absl::FormatTime(absl::FromUnixNanos(moment.time)),
                      " in stage ", moment.stage);
}

}  // namespace

void CompareOutcomes(const Outcome& expected, const Outcome& actual, Findings& findings) {
  for (const auto& [id, moment] : expected.moments()) {
    const auto found = actual.moments().find(id);
    if (found == actual.moments().end()) {
      findings.Add("moment missing", absl::StrCat(id, ": ", TextOf(moment.plain)));
    } else if (found->second.hash != moment.hash) {
      findings.Add("moment differs", absl::StrCat(id, ": ", TextOf(found->second.plain), ", not ", TextOf(moment.plain)));
    }
  }
  for (const auto& [id, moment] : actual.moments()) {
    if (!expected.moments().contains(id)) findings.Add("moment too many", absl::StrCat(id, ": ", TextOf(moment.plain)));
  }
  CompareKeys("escalation", expected.escalation_ids(), actual.escalation_ids(), findings);
  CompareKeys("outreach", expected.outreach_ids(), actual.outreach_ids(), findings);
  CompareKeys("send", expected.send_keys(), actual.send_keys(), findings);
}

void CompareWithSent(const Outcome& actual, const std::vector<uint8_t>& times_sent, Findings& findings) {
  for (size_t i = 0; i < times_sent.size(); ++i) {
    const std::string id = absl::StrCat(i / kTouchpointsPerCustomer, "-", i % kTouchpointsPerCustomer);
    if (actual.copies()[i] == 0) findings.Add("touchpoint missing", id);
    if (actual.copies()[i] > times_sent[i])
      findings.Add("touchpoint too often", absl::StrCat(id, " lies there ", actual.copies()[i], " times, sent ", times_sent[i]));
  }
}

}  // namespace touchstone::e2e
