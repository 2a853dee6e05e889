#include "services/outreach/play_compiler.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/calendar/time_of_day.h"
#include "common/cel/compared_texts.h"
#include "common/status/macros.h"
#include "common/text/nearest.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;
namespace text = touchstone::outreach::policy::v1;

constexpr int kMomentVariable = 0;
constexpr int kJourneyVariable = 1;
constexpr int kStepsMax = 16;
constexpr absl::Duration kActWithinMax = absl::Hours(24 * 30);
constexpr absl::Duration kWaitMax = absl::Hours(24 * 90);
constexpr absl::Duration kExpiryMax = absl::Hours(24 * 30);
constexpr absl::Duration kDefaultExpiry = absl::Hours(24 * 2);
constexpr absl::Duration kReentryMax = absl::Hours(24 * 3650);

}  // namespace

absl::StatusOr<PlayCompiler> PlayCompiler::Make(PlayDefaults defaults) {
  ASSIGN_OR_RETURN(cel::Environment environment, cel::Environment::Builder()
                                                     .Container("touchstone.events.v1")
                                                     .Variable("moment", cel::Type::Message(events::MomentOfTruth::descriptor()))
                                                     .Variable("journey", cel::Type::Message(events::JourneyDigest::descriptor()))
                                                     .EnumsOf(events::JourneyDigest::descriptor()->file())
                                                     .Build());
  return PlayCompiler(std::move(environment), std::move(defaults));
}

PlayCompiler::PlayCompiler(cel::Environment environment, PlayDefaults defaults)
    : environment_(std::move(environment)), defaults_(std::move(defaults)) {}

Play PlayCompiler::Compile(PolicySource& source, int index) {
  const text::PlayPolicy& stated = source.file().plays(index);
  const std::string path = absl::StrCat("plays[", index, "]");
  Play play;
  play.id = stated.id();
  source.CheckId(path + ".id", play.id);
  if (!ids_.insert(play.id).second) source.Wrong(path + ".id", "is the id of another play, here or in another pack");
  play.outreach_class = stated.class_();
  if (play.outreach_class == events::OUTREACH_CLASS_UNSPECIFIED) {
    source.Wrong(path, "has no class: service, recovery, feedback or marketing");
  }
  play.act_within =
      stated.has_act_within() ? source.Span(path + ".act_within", stated.act_within(), kActWithinMax) : defaults_.act_within;
  const bool class_requires = defaults_.consent_required.count(play.outreach_class) > 0;
  play.consent_required = stated.has_consent_required() ? stated.consent_required() : class_requires;
  CompileCondition(source, path, stated.when(), play);
  CompileReentry(source, path + ".reentry", stated.reentry(), play);
  CompileSteps(source, path, stated, play);
  return play;
}

void PlayCompiler::CompileCondition(PolicySource& source, const std::string& path, const std::string& when, Play& play) const {
  if (when.empty()) return source.Wrong(path, "has no `when`: which moments does it answer?");
  std::vector<cel::CompileError> errors;
  absl::StatusOr<cel::Program> program = cel::CompileCondition(environment_, when, &errors);
  for (const cel::CompileError& error : errors) source.WrongInside(path + ".when", error.offset, error.message);
  if (!program.ok()) return;
  CheckRules(source, path + ".when", *program);
  play.matches = [environment = environment_, program = *std::move(program)](const events::MomentOfTruth& moment,
                                                                             const events::JourneyDigest& journey) {
    cel::Activation activation(environment);
    activation.Bind(kMomentVariable, moment);
    activation.Bind(kJourneyVariable, journey);
    return program.EvaluateBool(activation).value_or(false);
  };
}

void PlayCompiler::CheckRules(PolicySource& source, const std::string& path, const cel::Program& condition) const {
  if (defaults_.rules.empty()) return;
  for (const cel::ComparedText& rule : cel::ComparedTexts(condition, "moment.rule")) {
    if (std::find(defaults_.rules.begin(), defaults_.rules.end(), rule.text) != defaults_.rules.end()) continue;
    source.WrongInside(
        path, rule.offset,
        absl::StrCat("no pack has a rule '", rule.text, "'", touchstone::text::DidYouMean(rule.text, defaults_.rules)));
  }
}

void PlayCompiler::CompileReentry(PolicySource& source, const std::string& path, const text::ReentryPolicy& reentry,
                                  Play& play) const {
  if (reentry.never() && reentry.has_after()) return source.Wrong(path, "states both `after` and `never`");
  if (reentry.never()) play.reentry.not_within = absl::InfiniteDuration();
  if (reentry.has_after()) play.reentry.not_within = source.Span(path + ".after", reentry.after(), kReentryMax);
}

void PlayCompiler::CompileSteps(PolicySource& source, const std::string& path, const text::PlayPolicy& stated, Play& play) const {
  if (stated.steps_size() > kStepsMax) source.Wrong(path + ".steps", absl::StrCat("are more than ", kStepsMax));
  std::vector<Wait> waits;
  std::set<std::string> ids;
  for (int i = 0; i < stated.steps_size(); ++i) {
    const text::StepPolicy& step = stated.steps(i);
    const std::string step_path = absl::StrCat(path, ".steps[", i, "]");
    if (step.has_wait() == step.has_send()) {
      source.Wrong(step_path, "must either wait or send");
    } else if (step.has_wait()) {
      waits.push_back(CompileWait(source, step_path + ".wait", step.wait()));
    } else {
      SendStep send = CompileSend(source, step_path + ".send", step.send());
      if (!ids.insert(send.id).second) source.Wrong(step_path + ".send.id", "is the id of another send of this play");
      send.waits = std::exchange(waits, {});
      play.steps.push_back(std::move(send));
    }
  }
  if (play.steps.empty()) source.Wrong(path, "sends nothing: it needs a step with `send`");
  if (!play.steps.empty() && !waits.empty()) source.Wrong(path + ".steps", "end with a wait: for what?");
}

Wait PlayCompiler::CompileWait(PolicySource& source, const std::string& path, const text::WaitPolicy& wait) const {
  Wait compiled;
  if (wait.has_for_() == !wait.until().empty()) {
    source.Wrong(path, "must state either `for` (a span) or `until` (a time of day)");
  } else if (wait.has_for_()) {
    compiled.span = source.Span(path + ".for", wait.for_(), kWaitMax);
  } else if (absl::StatusOr<int> minute = calendar::ParseTimeOfDay(wait.until()); minute.ok()) {
    compiled.until_minute_of_day = *minute;
  } else {
    source.Wrong(path + ".until", minute.status().message());
  }
  return compiled;
}

SendStep PlayCompiler::CompileSend(PolicySource& source, const std::string& path, const text::SendPolicy& send) const {
  SendStep compiled;
  compiled.id = send.id();
  source.CheckId(path + ".id", compiled.id);
  for (const int channel : send.channels()) compiled.channels.push_back(static_cast<events::Channel>(channel));
  if (compiled.channels.empty()) source.Wrong(path, "has no channels: `channels: [email]`");
  compiled.expire_after =
      send.has_expire_after() ? source.Span(path + ".expire_after", send.expire_after(), kExpiryMax) : kDefaultExpiry;
  const auto found = defaults_.templates.find(send.template_());
  if (send.template_().empty()) {
    source.Wrong(path, "has no template");
  } else if (found == defaults_.templates.end()) {
    source.Wrong(path + ".template", absl::StrCat("names the template '", send.template_(), "', which no pack has"));
  } else {
    compiled.message = found->second;
  }
  return compiled;
}

}  // namespace touchstone::outreach
