#include "tests/e2e/soak.d/tally.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace touchstone::e2e {
namespace {

using Kind = Disturbance::Kind;

constexpr const char* kServices[] = {"ingestion", "classification", "routing", "outreach"};

std::string NameOfFault(Api api, AnswerFault::Kind kind) {
  return absl::StrCat(kind == AnswerFault::Kind::kCut ? "cut " : "delayed ", NameOf(api));
}

std::string Joined(const std::map<std::string, int>& counts) {
  if (counts.empty()) return "none";
  return absl::StrJoin(counts, ", ",
                       [](std::string* out, const auto& count) { absl::StrAppend(out, count.first, " ", count.second); });
}

int Sum(const std::map<std::string, int>& counts) {
  int sum = 0;
  for (const auto& [name, count] : counts) sum += count;
  return sum;
}

// The first record of the partition that a task at `position` has before it, and when it came.
std::optional<absl::Time> WaitsSince(const Outcome& outcome, const std::string& topic, int partition, int64_t position) {
  const auto arrivals = outcome.arrivals().find({topic, partition});
  if (arrivals == outcome.arrivals().end()) return std::nullopt;
  const auto next = std::partition_point(arrivals->second.begin(), arrivals->second.end(),
                                         [&](const auto& arrival) { return arrival.first < position; });
  if (next == arrivals->second.end()) return std::nullopt;
  return next->second;
}

// Since when a task at these positions had something to do; control.v1, which tells every task something, aside.
std::optional<absl::Time> WorkSince(const Outcome& outcome, const TaskCommits& task, int partition,
                                    const std::vector<int64_t>& at) {
  std::optional<absl::Time> since;
  for (size_t i = 0; i < task.inputs.size(); ++i) {
    if (task.inputs[i] == "control.v1") continue;
    const auto waits = WaitsSince(outcome, task.inputs[i], partition, i < at.size() ? at[i] : 0);
    if (waits.has_value() && (!since.has_value() || *waits < *since)) since = waits;
  }
  return since;
}

std::string Line(const std::string& what, const std::string& value) { return absl::StrFormat("  %-34s %s\n", what, value); }

std::string Spread(std::vector<absl::Duration> spans) {
  if (spans.empty()) return "none";
  std::sort(spans.begin(), spans.end());
  return absl::StrFormat("median %.1f s, max %.1f s (%d)", absl::ToDoubleSeconds(spans[spans.size() / 2]),
                         absl::ToDoubleSeconds(spans.back()), spans.size());
}

std::vector<absl::Duration> RecoveriesOf(const Tally& tally, Kind kind) {
  const auto found = tally.recoveries.find(kind);
  return found == tally.recoveries.end() ? std::vector<absl::Duration>() : found->second;
}

}  // namespace

std::map<std::string, int> FaultPoints(const Tally& tally, bool cluster) {
  std::map<std::string, int> points;
  for (const char* service : kServices) {
    for (int number = 1; number <= Fleet::kInstancesOfAService; ++number) {
      const std::string name = absl::StrCat(service, "-", number);
      const auto kills = tally.kills.find(name);
      points[absl::StrCat("kill ", name)] = kills == tally.kills.end() ? 0 : kills->second;
    }
    int& zombies = points[absl::StrCat("zombie ", service)];
    for (const auto& [name, count] : tally.zombies) zombies += name.rfind(service, 0) == 0 ? count : 0;
  }
  for (const Api api : kFaultyApis) {
    for (const AnswerFault::Kind kind : {AnswerFault::Kind::kCut, AnswerFault::Kind::kDelay}) {
      const auto hit = tally.answers.find({api, kind});
      points[NameOfFault(api, kind)] = hit == tally.answers.end() ? 0 : hit->second;
    }
  }
  if (cluster) {
    for (const char* role : {"coordinator", "leader"}) {
      const auto kills = tally.broker_kills.find(role);
      points[absl::StrCat("kill ", role)] = kills == tally.broker_kills.end() ? 0 : kills->second;
    }
  }
  return points;
}

Gap LongestGap(const std::map<TaskName, TaskCommits>& commits, const Outcome& outcome, Findings& findings) {
  Gap longest{absl::ZeroDuration(), {"", 0}, absl::InfinitePast()};
  for (const auto& [name, task] : commits) {
    for (size_t i = 0; i + 1 < task.commits.size(); ++i) {
      const TaskCommits::Commit& commit = task.commits[i];
      const auto since = WorkSince(outcome, task, name.second, commit.positions);
      if (!since.has_value()) continue;
      const absl::Time begun = std::max(*since, commit.seen);
      const absl::Duration span = task.commits[i + 1].seen - begun;
      if (span > longest.span) longest = {span, name, begun};
    }
    if (task.commits.empty()) continue;
    const auto left = WorkSince(outcome, task, name.second, task.commits.back().positions);
    if (left.has_value()) findings.Add("input never processed", absl::StrCat(name.first, "/", name.second));
  }
  return longest;
}

std::string TableOf(const Tally& tally, const Gap& gap, const Outcome& outcome, const Findings& findings, bool cluster) {
  int64_t found = 0, copies = 0;
  for (const uint8_t count : outcome.copies()) {
    found += count > 0;
    copies += count;
  }
  const auto points = FaultPoints(tally, cluster);
  const auto hit = std::count_if(points.begin(), points.end(), [](const auto& point) { return point.second > 0; });
  std::map<std::string, int> answers;
  for (const auto& [fault, count] : tally.answers) answers[NameOfFault(fault.first, fault.second)] = count;
  const int64_t doubled = findings.CountOf("touchpoint too often") + findings.CountOf("record twice") +
                          findings.CountOf("moment found twice") + findings.CountOf("sent twice");
  std::string table;
  absl::StrAppend(
      &table,
      Line("fed", absl::StrFormat("%d in %.0f s (%d streams broken)", tally.fed, absl::ToDoubleSeconds(tally.fed_within),
                                  tally.broken_streams)),
      Line("found", absl::StrFormat("%d (and %d copies that clients sent again)", found, copies - found)),
      Line("missing", absl::StrCat(findings.CountOf("touchpoint missing"))), Line("double", absl::StrCat(doubled)),
      Line("out of order", absl::StrCat(findings.CountOf("out of order"))),
      Line("records read", absl::StrCat(outcome.record_count())),
      Line("moments, escalations, outreaches",
           absl::StrCat(outcome.moments().size(), ", ", outcome.escalation_ids().size(), ", ", outcome.outreach_ids().size())),
      Line("offers, sends, reported",
           absl::StrCat(outcome.offer_count(), ", ", outcome.request_count(), ", ", tally.sends_reported)),
      Line("kills of processes", absl::StrCat(Sum(tally.kills), ": ", Joined(tally.kills))),
      Line("zombies", absl::StrCat(Sum(tally.zombies), ": ", Joined(tally.zombies))));
  if (cluster)
    absl::StrAppend(&table, Line("kills of brokers", absl::StrCat(Sum(tally.broker_kills), ": ", Joined(tally.broker_kills))));
  absl::StrAppend(&table, Line("answers", absl::StrCat(Sum(answers), ": ", Joined(answers))),
                  Line("ended by themselves", Joined(tally.fallen)),
                  Line("fault points hit", absl::StrCat(hit, " of ", points.size())),
                  Line("kill to first commit, restarted", Spread(RecoveriesOf(tally, Kind::kRestart))),
                  Line("kill to first commit, taken over", Spread(RecoveriesOf(tally, Kind::kTakeover))),
                  Line("stop to first commit, taken over", Spread(RecoveriesOf(tally, Kind::kZombie))));
  if (cluster) {
    absl::StrAppend(&table, Line("kill to first commit, coordinator", Spread(RecoveriesOf(tally, Kind::kCoordinator))),
                    Line("kill to first commit, leader", Spread(RecoveriesOf(tally, Kind::kLeader))));
  }
  absl::StrAppend(&table, Line("longest gap of a partition",
                               absl::StrFormat("%.1f s (%s/%d, from %s)", absl::ToDoubleSeconds(gap.span), gap.task.first,
                                               gap.task.second, absl::FormatTime("%H:%M:%E3S", gap.begun, absl::UTCTimeZone()))));
  return table;
}

}  // namespace touchstone::e2e
