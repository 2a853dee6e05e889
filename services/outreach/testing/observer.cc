#include "services/outreach/testing/observer.h"

#include <map>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "touchstone/events/v1/inboxes.pb.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

// What an address has said, as gate.v1 has it up to some record.
struct Wishes {
  std::map<int, int> consents;
  bool suppressed = false;
  std::string zone;
  bool has_quiet_hours = false;
  int quiet_from = 0;
  int quiet_to = 0;
};

struct Sent {
  events::OutreachRequest request;
  absl::Time time;
};

class Observer {
 public:
  Observer(const PlannerPolicy& planner, const GatePolicy& gate) : planner_(planner), gate_(gate) {}

  void See(const std::vector<Written>& written) {
    std::vector<const Written*> inbox;
    for (const Written& each : written) {
      if (each.topic == "gate.v1") inbox.push_back(&each);
    }
    size_t applied = 0;
    for (const Written& each : written) {
      // A request that record N of the inbox wrote stands after it; what N itself said counts already.
      for (; applied < each.gate_position; ++applied) Apply(*inbox[applied]);
      if (each.topic == "outreach-requests.v1") SeeRequest(each);
      if (each.topic == "outreach.v1") SeeOutreach(each);
    }
  }

  std::vector<std::string> violations;

 private:
  void Apply(const Written& written) {
    events::GateMessage message;
    message.ParseFromString(written.record.value);
    Wishes& wishes = wishes_[written.record.key];
    if (message.has_report()) return ApplyReport(message.report(), wishes);
    if (!message.has_preferences()) return;
    const events::ChangePreferences& change = message.preferences();
    // A repeat changes nothing, for a day.
    const auto [first, is_new] =
        request_times_.emplace(written.record.key + "/" + change.request_id(), written.record.append_time);
    if (!is_new && written.record.append_time < first->second + absl::Hours(24)) return;
    first->second = written.record.append_time;
    for (const std::string& field : change.fields()) {
      if (field == "consents") {
        for (const auto& consent : change.preferences().consents()) wishes.consents[consent.outreach_class()] = consent.state();
      }
      if (field == "time_zone") wishes.zone = change.preferences().time_zone();
      if (field == "suppressed") wishes.suppressed = change.preferences().suppressed();
      if (field == "quiet_hours") {
        wishes.has_quiet_hours = change.preferences().has_quiet_hours();
        wishes.quiet_from = change.preferences().quiet_hours().from_minute();
        wishes.quiet_to = change.preferences().quiet_hours().to_minute();
      }
    }
  }

  void ApplyReport(const events::DeliveryReport& report, Wishes& wishes) {
    const auto sent = sent_.find(report.send_key());
    if (sent == sent_.end() || !report_ids_.insert(report.send_key() + "/" + report.report_id()).second) return;
    Objection objection;
    if (report.status() == events::DELIVERY_STATUS_UNSUBSCRIBED) {
      objection = gate_.on_unsubscribed;
    } else if (report.status() == events::DELIVERY_STATUS_COMPLAINED) {
      objection = gate_.on_complained;
    } else {
      return;
    }
    if (objection == Objection::kSuppress) {
      wishes.suppressed = true;
    } else {
      wishes.consents[sent->second.request.outreach_class()] = events::CONSENT_STATE_WITHDRAWN;
    }
  }

  void SeeRequest(const Written& written) {
    Sent sent;
    sent.request.ParseFromString(written.record.value);
    sent.time = TimeOf(sent.request.request_time());
    const std::string& key = sent.request.send_key();
    const Wishes& wishes = wishes_[written.record.key];
    const auto consent = wishes.consents.find(sent.request.outreach_class());
    if (wishes.suppressed) Wrong(sent, "to a suppressed address");
    if (consent != wishes.consents.end() && consent->second == events::CONSENT_STATE_WITHDRAWN) Wrong(sent, "after a withdrawal");
    if (consent == wishes.consents.end() && sent.request.outreach_class() == events::OUTREACH_CLASS_MARKETING) {
      Wrong(sent, "without the consent that it needs");
    }
    if (sent.time >= TimeOf(sent.request.expire_time())) Wrong(sent, "past its expiry");
    CheckQuiet(sent, wishes);
    if (!sent_.emplace(key, sent).second) Wrong(sent, "twice");
    CheckCap(by_address_[written.record.key], gate_.address_cap, sent, "passes the address's cap");
    CheckCap(by_subject_[sent.request.subject()], planner_.subject_cap, sent, "passes the subject's cap");
  }

  void CheckQuiet(const Sent& sent, const Wishes& wishes) {
    const int from = wishes.has_quiet_hours ? wishes.quiet_from : planner_.quiet_hours.from_minute();
    const int to = wishes.has_quiet_hours ? wishes.quiet_to : planner_.quiet_hours.to_minute();
    std::vector<std::string> zones = planner_.candidate_time_zones;
    if (!wishes.zone.empty()) zones = {wishes.zone};
    for (const std::string& name : zones) {
      absl::TimeZone zone;
      absl::LoadTimeZone(name, &zone);
      const absl::CivilMinute local = absl::ToCivilMinute(sent.time, zone);
      // Round the clock from `from`: quiet for as long as the hours last.
      const int since = (local.hour() * 60 + local.minute() - from + 1440) % 1440;
      if (since < (to - from + 1440) % 1440) Wrong(sent, absl::StrCat("in quiet hours of ", name));
    }
  }

  void CheckCap(std::vector<Sent>& before, const RollingCap& cap, const Sent& sent, absl::string_view what) {
    const std::set<int> classes(cap.classes.begin(), cap.classes.end());
    if (cap.at_most == 0 || classes.count(sent.request.outreach_class()) == 0) return;
    before.push_back(sent);
    int count = 0;
    for (const Sent& each : before) count += each.time > sent.time - cap.within;
    if (count > cap.at_most) Wrong(sent, what);
  }

  void SeeOutreach(const Written& written) {
    events::Outreach outreach;
    outreach.ParseFromString(written.record.value);
    const auto step = std::make_tuple(outreach.subject(), outreach.play(), outreach.moment().id(), outreach.step());
    const auto [at, is_new] = key_of_step_.emplace(step, outreach.send_key());
    if (!is_new && at->second != outreach.send_key()) violations.push_back("two send keys for one step: " + outreach.send_key());
  }

  void Wrong(const Sent& sent, absl::string_view what) {
    violations.push_back(absl::StrCat(sent.request.template_(), " of ", sent.request.moment_id(), " was requested ", what, " at ",
                                      absl::FormatTime(sent.time, absl::UTCTimeZone())));
  }

  const PlannerPolicy& planner_;
  const GatePolicy& gate_;
  std::map<std::string, Wishes> wishes_;
  std::map<std::string, absl::Time> request_times_;
  std::set<std::string> report_ids_;
  std::map<std::string, Sent> sent_;
  std::map<std::string, std::vector<Sent>> by_address_;
  std::map<std::string, std::vector<Sent>> by_subject_;
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::string> key_of_step_;
};

}  // namespace

std::vector<std::string> Violations(const PlannerPolicy& planner, const GatePolicy& gate, const std::vector<Written>& written) {
  Observer observer(planner, gate);
  observer.See(written);
  return observer.violations;
}

std::vector<std::string> Unfinished(const std::vector<Written>& written) {
  std::map<std::string, events::Outreach> last;
  for (const Written& each : written) {
    if (each.topic != "outreach.v1") continue;
    events::Outreach outreach;
    outreach.ParseFromString(each.record.value);
    last[outreach.id()] = outreach;
  }
  std::vector<std::string> unfinished;
  for (const auto& [id, outreach] : last) {
    if (outreach.status() == events::OUTREACH_STATUS_WAITING || outreach.status() == events::OUTREACH_STATUS_HELD ||
        outreach.status() == events::OUTREACH_STATUS_INTENDED) {
      unfinished.push_back(
          absl::StrCat(outreach.play(), "/", outreach.step(), " stays ", events::OutreachStatus_Name(outreach.status())));
    }
  }
  return unfinished;
}

}  // namespace touchstone::outreach
