#include "services/outreach/policy_loader.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/calendar/quiet_hours.h"
#include "common/calendar/time_of_day.h"
#include "common/calendar/zone.h"
#include "common/config/file_text.h"
#include "common/config/yaml.h"
#include "common/status/macros.h"
#include "services/outreach/play_compiler.h"
#include "services/outreach/policy_source.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;
namespace text = touchstone::outreach::policy::v1;

constexpr size_t kErrorsMax = 20;
constexpr int kZonesMax = 32;
constexpr int kCapMax = 1000;
constexpr absl::Duration kDay = absl::Hours(24);

// Letters, digits and hyphens: as ingestion takes the language of a touchpoint, with which it is compared.
bool IsLanguage(absl::string_view tag) {
  return std::all_of(tag.begin(), tag.end(),
                     [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-'; });
}

// Settings of all packs as they come, later ones over earlier ones.
class Settings {
 public:
  Settings() : gate(std::make_shared<GatePolicy>()), planner(std::make_shared<PlannerPolicy>()) {}

  void Take(PolicySource& source) {
    const text::OutreachPolicyFile& file = source.file();
    if (file.has_act_within()) defaults.act_within = source.Span("act_within", file.act_within(), 30 * kDay);
    if (file.has_quiet_hours()) TakeQuietHours(source);
    if (!file.time_zones().empty()) TakeZones(source);
    if (file.has_subject_cap()) planner->subject_cap = Cap(source, "subject_cap", file.subject_cap());
    if (file.has_address_cap()) gate->address_cap = Cap(source, "address_cap", file.address_cap());
    if (!file.consent_required().empty()) {
      defaults.consent_required.clear();
      for (const int each : file.consent_required()) defaults.consent_required.insert(static_cast<events::OutreachClass>(each));
    }
    if (file.on_unsubscribed() != text::OBJECTION_POLICY_UNSPECIFIED) gate->on_unsubscribed = ObjectionOf(file.on_unsubscribed());
    if (file.on_complained() != text::OBJECTION_POLICY_UNSPECIFIED) gate->on_complained = ObjectionOf(file.on_complained());
    for (int i = 0; i < file.templates_size(); ++i) TakeTemplate(source, i);
  }

  PlayDefaults defaults;
  std::shared_ptr<GatePolicy> gate;
  std::shared_ptr<PlannerPolicy> planner;

 private:
  static Objection ObjectionOf(text::ObjectionPolicy stated) {
    return stated == text::OBJECTION_POLICY_SUPPRESS ? Objection::kSuppress : Objection::kWithdrawClass;
  }

  void TakeQuietHours(PolicySource& source) {
    const text::QuietHoursPolicy& stated = source.file().quiet_hours();
    const absl::StatusOr<int> from = calendar::ParseTimeOfDay(stated.from());
    const absl::StatusOr<int> to = calendar::ParseTimeOfDay(stated.to());
    if (!from.ok()) source.Wrong("quiet_hours.from", from.status().message());
    if (!to.ok()) source.Wrong("quiet_hours.to", to.status().message());
    if (!from.ok() || !to.ok()) return;
    planner->quiet_hours.set_from_minute(*from);
    planner->quiet_hours.set_to_minute(*to);
  }

  void TakeZones(PolicySource& source) {
    const auto& stated = source.file().time_zones();
    if (stated.size() > kZonesMax) source.Wrong("time_zones", absl::StrCat("are more than ", kZonesMax));
    planner->candidate_time_zones.assign(stated.begin(), stated.end());
    for (int i = 0; i < stated.size(); ++i) {
      const absl::StatusOr<absl::TimeZone> zone = calendar::LoadZone(stated[i]);
      if (!zone.ok()) source.Wrong(absl::StrCat("time_zones[", i, "]"), zone.status().message());
      if (zone.ok() && i == 0) planner->zone = *zone;
    }
  }

  static RollingCap Cap(PolicySource& source, const std::string& path, const text::CapPolicy& stated) {
    RollingCap cap;
    cap.at_most = stated.at_most();
    if (cap.at_most < 1 || cap.at_most > kCapMax) source.Wrong(path + ".at_most", absl::StrCat("must be 1 to ", kCapMax));
    cap.within = source.Span(path + ".within", stated.within(), 90 * kDay);
    for (const int each : stated.classes()) cap.classes.push_back(static_cast<events::OutreachClass>(each));
    if (cap.classes.empty()) source.Wrong(path, "has no classes: `classes: [feedback, marketing]`");
    return cap;
  }

  void TakeTemplate(PolicySource& source, int index) {
    const text::TemplatePolicy& stated = source.file().templates(index);
    const std::string path = absl::StrCat("templates[", index, "]");
    source.CheckId(path + ".id", stated.id());
    MessageTemplate message{stated.id(), {}};
    const std::map<std::string, std::string> otherwise(stated.defaults().begin(), stated.defaults().end());
    for (const auto& [name, value] : otherwise) {
      const absl::StatusOr<TemplateName> known = TemplateName::Parse(name);
      if (!known.ok()) source.Wrong(absl::StrCat(path, ".defaults[", name, "]"), known.status().message());
    }
    for (int i = 0; i < stated.variants_size(); ++i) {
      const std::string at = absl::StrCat(path, ".variants[", i, "]");
      const text::VariantPolicy& variant = stated.variants(i);
      if (variant.language().empty()) source.Wrong(at, "has no language");
      if (!IsLanguage(variant.language())) source.Wrong(at + ".language", "is no BCP 47 tag, as in pt-BR");
      if (variant.body().empty()) source.Wrong(at, "has no body");
      message.variants.push_back({variant.language(), Words(source, at + ".title", variant.title(), otherwise),
                                  Words(source, at + ".body", variant.body(), otherwise)});
    }
    if (message.variants.empty()) source.Wrong(path, "has no variants");
    if (!defaults.templates.emplace(stated.id(), std::move(message)).second) {
      source.Wrong(path + ".id", "is the id of another template, here or in another pack");
    }
  }

  static Wording Words(PolicySource& source, const std::string& path, const std::string& words,
                       const std::map<std::string, std::string>& otherwise) {
    std::variant<Wording, WordingError> parsed = Wording::Parse(words, otherwise);
    if (Wording* wording = std::get_if<Wording>(&parsed)) return std::move(*wording);
    const WordingError& error = std::get<WordingError>(parsed);
    source.WrongInside(path, error.offset, error.message);
    return Wording();
  }
};

// Whether there is a time in summer and winter at which nobody is asleep: else what waits for it waits for ever.
absl::Status CheckSomebodyMayBeWrittenTo(const PlannerPolicy& planner) {
  if (planner.candidate_time_zones.empty()) {
    return absl::InvalidArgumentError("no pack states time_zones: where may customers live? `time_zones: [Europe/Berlin]`");
  }
  const calendar::QuietHours quiet{planner.quiet_hours.from_minute(), planner.quiet_hours.to_minute()};
  std::vector<absl::TimeZone> zones;
  for (const std::string& name : planner.candidate_time_zones) {
    ASSIGN_OR_RETURN(const absl::TimeZone zone, calendar::LoadZone(name));
    zones.push_back(zone);
  }
  for (const int month : {1, 7}) {
    const absl::Time time = absl::FromCivil(absl::CivilDay(2026, month, 1), absl::UTCTimeZone());
    if (calendar::NextNotQuiet(time, zones, quiet) == absl::InfiniteFuture()) {
      return absl::InvalidArgumentError(
          "at every time of day it is quiet in one of time_zones: fewer zones, or shorter quiet_hours");
    }
  }
  return absl::OkStatus();
}

absl::Status ErrorsOf(std::vector<PolicySource>& sources) {
  std::vector<std::string> errors;
  for (PolicySource& source : sources) {
    for (std::string& error : source.TakeErrors()) errors.push_back(std::move(error));
  }
  if (errors.size() > kErrorsMax) errors.resize(kErrorsMax);
  return errors.empty() ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
}

}  // namespace

absl::StatusOr<OutreachPolicy> CompileOutreachPolicy(const std::vector<PolicyText>& texts,
                                                     const std::vector<std::string>& rules) {
  std::vector<PolicySource> sources;
  Settings settings;
  settings.defaults.rules = rules;
  for (const PolicyText& each : texts) settings.Take(sources.emplace_back(each.file_name, each.text));
  ASSIGN_OR_RETURN(PlayCompiler compiler, PlayCompiler::Make(settings.defaults));
  for (PolicySource& source : sources) {
    std::vector<Play> plays;
    for (int i = 0; i < source.file().plays_size(); ++i) plays.push_back(compiler.Compile(source, i));
    std::vector<Play>& all = settings.planner->plays;
    all.insert(all.begin(), std::make_move_iterator(plays.begin()), std::make_move_iterator(plays.end()));
  }
  RETURN_IF_ERROR(ErrorsOf(sources));
  RETURN_IF_ERROR(CheckSomebodyMayBeWrittenTo(*settings.planner));
  return OutreachPolicy{std::move(settings.planner), std::move(settings.gate)};
}

absl::StatusOr<OutreachPolicy> LoadOutreachPolicy(const std::vector<std::string>& pack_folders,
                                                  const std::vector<std::string>& rules) {
  std::vector<PolicyText> texts;
  for (const std::string& folder : pack_folders) {
    const std::string file_name = absl::StrCat(folder, "/outreach.yaml");
    absl::StatusOr<std::string> content = config::ReadFileText(file_name, config::kYamlBytesMax);
    if (absl::IsNotFound(content.status())) continue;
    RETURN_IF_ERROR(content.status());
    texts.push_back({file_name, *std::move(content)});
  }
  if (texts.empty()) {
    return absl::NotFoundError(absl::StrCat("no outreach.yaml in ", absl::StrJoin(pack_folders, ", "),
                                            ": without a policy no moment is answered; add one, or the pack core"));
  }
  return CompileOutreachPolicy(texts, rules);
}

}  // namespace touchstone::outreach
