#include "services/routing/policy_loader.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/cel/cel.h"
#include "common/cel/compared_texts.h"
#include "common/clock/proto_time.h"
#include "common/config/file_text.h"
#include "common/config/yaml.h"
#include "common/status/macros.h"
#include "common/text/nearest.h"
#include "touchstone/routing/policy/v1/routing_policy.pb.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;
namespace text = touchstone::routing::policy::v1;

namespace {

constexpr int kMomentVariable = 0;
constexpr int kJourneyVariable = 1;
constexpr size_t kSkillBytesMax = 64;
constexpr size_t kNextStepBytesMax = 256;
constexpr size_t kPoolBytesMax = 64;
constexpr size_t kErrorsMax = 20;

absl::StatusOr<cel::Environment> MakeEnvironment() {
  return cel::Environment::Builder()
      .Container("touchstone.events.v1")
      .Variable("moment", cel::Type::Message(events::MomentOfTruth::descriptor()))
      .Variable("journey", cel::Type::Message(events::JourneyDigest::descriptor()))
      .EnumsOf(events::JourneyDigest::descriptor()->file())
      .Build();
}

// One pack's file: reads it, checks it, adds it to a policy.
class PolicyFile {
 public:
  PolicyFile(const cel::Environment& environment, const std::vector<std::string>& moment_rules, const PolicyText& source)
      : environment_(environment), moment_rules_(moment_rules), source_(source) {}

  // What is wrong with it; empty if nothing is.
  std::vector<std::string> AddTo(RoutingPolicy& policy) {
    const absl::Status parsed = config::ParseYaml(source_.file_name, source_.text, &file_, &sources_);
    if (!parsed.ok()) return {std::string(parsed.message())};
    AddCalls(policy);
    AddCrossings(policy);
    if (file_.pool().size() > kPoolBytesMax) Error("pool", "is longer than 64 bytes");
    if (!file_.pool().empty()) policy.pool = file_.pool();
    Set("act_within", file_.has_act_within(), file_.act_within(), policy.act_within);
    Set("remind_after", file_.has_remind_after(), file_.remind_after(), policy.remind_after);
    Set("remind_every_max", file_.has_remind_every_max(), file_.remind_every_max(), policy.remind_every_max);
    Set("keep_closed", file_.has_keep_closed(), file_.keep_closed(), policy.keep_closed);
    AddOffers(policy);
    AddSessions(policy);
    return std::move(errors_);
  }

 private:
  void Error(const std::string& path, absl::string_view message) { errors_.push_back(sources_.At(path, message).Render()); }

  void Set(const std::string& path, bool stated, const google::protobuf::Duration& value, absl::Duration& into) {
    if (!stated) return;
    into = clock::DurationFrom(value);
    if (into <= absl::ZeroDuration()) Error(path, "must be longer than nothing");
  }

  void CheckTexts(const std::string& path, const google::protobuf::RepeatedPtrField<std::string>& texts, int count_max,
                  size_t bytes_max) {
    if (texts.size() > count_max) Error(path, absl::StrCat("holds ", texts.size(), ", at most ", count_max, " are taken"));
    for (int i = 0; i < texts.size(); ++i) {
      if (texts[i].empty() || texts[i].size() > bytes_max) {
        Error(absl::StrCat(path, "[", i, "]"), absl::StrCat("must have 1 to ", bytes_max, " bytes"));
      }
    }
  }

  template <typename Rule>
  void CheckRule(const std::string& path, const Rule& rule) {
    if (rule.id().empty()) Error(path, "id: is required");
    if (!rule.id().empty() && !ids_.insert(rule.id()).second) Error(path + ".id", "is there twice");
    CheckTexts(path + ".skills", rule.skills(), kSkillsMax, kSkillBytesMax);
    CheckTexts(path + ".next_steps", rule.next_steps(), kNextStepsMax, kNextStepBytesMax);
  }

  void AddCalls(RoutingPolicy& policy) {
    std::vector<CallRule> rules;
    for (int i = 0; i < file_.calls_size(); ++i) {
      const text::CallRuleText& rule = file_.calls(i);
      const std::string path = absl::StrCat("calls[", i, "]");
      CheckRule(path, rule);
      if (rule.severity_min() < 0 || rule.severity_min() > 100) Error(path + ".severity_min", "must be 0 to 100");
      std::vector<cel::CompileError> compile_errors;
      absl::StatusOr<cel::Program> program = cel::CompileCondition(environment_, rule.when(), &compile_errors);
      if (rule.when().empty()) Error(path, "when: is required");
      for (const cel::CompileError& each : compile_errors) {
        if (!rule.when().empty()) errors_.push_back(sources_.Inside(path + ".when", each.offset, each.message).Render());
      }
      if (!program.ok()) continue;
      CheckMomentRules(path + ".when", *program);
      rules.push_back({.id = rule.id(),
                       .when = ConditionOf(*std::move(program)),
                       .severity_min = rule.severity_min(),
                       .skills = {rule.skills().begin(), rule.skills().end()},
                       .next_steps = {rule.next_steps().begin(), rule.next_steps().end()}});
    }
    policy.calls.insert(policy.calls.begin(), rules.begin(), rules.end());
  }

  void CheckMomentRules(const std::string& path, const cel::Program& condition) {
    if (moment_rules_.empty()) return;
    for (const cel::ComparedText& rule : cel::ComparedTexts(condition, "moment.rule")) {
      if (std::find(moment_rules_.begin(), moment_rules_.end(), rule.text) != moment_rules_.end()) continue;
      const std::string why =
          absl::StrCat("no pack has a rule '", rule.text, "'", touchstone::text::DidYouMean(rule.text, moment_rules_));
      errors_.push_back(sources_.Inside(path, rule.offset, why).Render());
    }
  }

  std::function<bool(const events::MomentOfTruth&, const events::JourneyDigest&)> ConditionOf(cel::Program program) const {
    return [environment = environment_, program = std::move(program)](const events::MomentOfTruth& moment,
                                                                      const events::JourneyDigest& journey) {
      cel::Activation activation(environment);
      activation.Bind(kMomentVariable, moment);
      activation.Bind(kJourneyVariable, journey);
      return program.EvaluateBool(activation).value_or(false);
    };
  }

  void AddCrossings(RoutingPolicy& policy) {
    std::vector<CrossingRule> rules;
    std::set<int> strikes;
    for (int i = 0; i < file_.crossings_size(); ++i) {
      const text::CrossingRuleText& rule = file_.crossings(i);
      const std::string path = absl::StrCat("crossings[", i, "]");
      CheckRule(path, rule);
      if (rule.strikes() < 1 || rule.strikes() > 3) Error(path + ".strikes", "must be 1, 2 or 3");
      if (!strikes.insert(rule.strikes()).second) Error(path + ".strikes", "has a rule already: this one is never reached");
      if (rule.severity() < 1 || rule.severity() > 100) Error(path + ".severity", "must be 1 to 100");
      rules.push_back({.id = rule.id(),
                       .strikes = rule.strikes(),
                       .severity = rule.severity(),
                       .skills = {rule.skills().begin(), rule.skills().end()},
                       .next_steps = {rule.next_steps().begin(), rule.next_steps().end()}});
    }
    policy.crossings.insert(policy.crossings.begin(), rules.begin(), rules.end());
  }

  void AddOffers(RoutingPolicy& policy) {
    const text::OfferSettings& offers = file_.offers();
    Set("offers.deliver_within", offers.has_deliver_within(), offers.deliver_within(), policy.deliver_within);
    Set("offers.answer_within", offers.has_answer_within(), offers.answer_within(), policy.answer_within);
    Set("offers.rest", offers.has_rest(), offers.rest(), policy.rest_after_offer);
    Set("offers.cool_down", offers.has_cool_down(), offers.cool_down(), policy.cool_down);
    if (offers.misses_max() < 0) Error("offers.misses_max", "must not be negative");
    if (offers.misses_max() > 0) policy.misses_max = offers.misses_max();
    if (policy.answer_within <= policy.deliver_within) Error("offers", "answer_within must be longer than deliver_within");
  }

  void AddSessions(RoutingPolicy& policy) {
    const text::SessionSettings& sessions = file_.sessions();
    Set("sessions.grace", sessions.has_grace(), sessions.grace(), policy.grace);
    Set("sessions.lease", sessions.has_lease(), sessions.lease(), policy.lease);
    if (policy.lease <= 2 * kRenewLeaseEvery) {
      Error("sessions.lease", absl::StrCat("must be longer than ", absl::FormatDuration(2 * kRenewLeaseEvery),
                                           ": an instance renews it every ", absl::FormatDuration(kRenewLeaseEvery)));
    }
    if (sessions.orphan_raise() < 0 || sessions.orphan_raise() > 100) Error("sessions.orphan_raise", "must be 0 to 100");
    if (sessions.has_orphan_raise()) policy.orphan_raise = sessions.orphan_raise();
  }

  const cel::Environment& environment_;
  // Empty: not known.
  const std::vector<std::string>& moment_rules_;
  const PolicyText& source_;
  text::RoutingPolicyFile file_;
  config::SourceMap sources_;
  std::set<std::string> ids_;
  std::vector<std::string> errors_;
};

}  // namespace

absl::StatusOr<RoutingPolicy> CompileRoutingPolicy(const std::vector<PolicyText>& texts, const std::vector<std::string>& rules) {
  ASSIGN_OR_RETURN(const cel::Environment environment, MakeEnvironment());
  RoutingPolicy policy;
  std::vector<std::string> errors;
  for (const PolicyText& each : texts) {
    for (std::string& error : PolicyFile(environment, rules, each).AddTo(policy)) errors.push_back(std::move(error));
  }
  if (errors.size() > kErrorsMax) errors.resize(kErrorsMax);
  if (!errors.empty()) return absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
  return policy;
}

absl::StatusOr<RoutingPolicy> LoadRoutingPolicy(const std::vector<std::string>& pack_folders,
                                                const std::vector<std::string>& rules) {
  std::vector<PolicyText> texts;
  for (const std::string& folder : pack_folders) {
    const std::string file_name = absl::StrCat(folder, "/routing.yaml");
    absl::StatusOr<std::string> content = config::ReadFileText(file_name, config::kYamlBytesMax);
    if (absl::IsNotFound(content.status())) continue;
    RETURN_IF_ERROR(content.status());
    texts.push_back({.file_name = file_name, .text = *std::move(content)});
  }
  if (texts.empty()) {
    return absl::NotFoundError(absl::StrCat("no routing.yaml in ", absl::StrJoin(pack_folders, ", "),
                                            ": without a policy no moment calls for a person; add one, or the pack core"));
  }
  return CompileRoutingPolicy(texts, rules);
}

}  // namespace touchstone::routing
