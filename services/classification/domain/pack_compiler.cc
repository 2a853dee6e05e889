#include "services/classification/domain/pack_compiler.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/clock/proto_time.h"
#include "common/ids/hash.h"
#include "common/text/nearest.h"
#include "services/classification/domain/limits.h"

namespace touchstone::classification {
namespace {

using File = PackProblem::File;

constexpr size_t kRuleIdBytesMax = 64;

uint64_t FingerprintOf(absl::string_view what, const google::protobuf::MessageLite& message) {
  return ids::StableHash64(absl::StrCat(what, "\n", message.SerializeAsString()));
}

bool IsRuleId(absl::string_view id) {
  return !id.empty() && id.size() <= kRuleIdBytesMax && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-' || c == '.';
  });
}

// Collects the problems of one file of one source.
class Reporter {
 public:
  Reporter(size_t source, File file, std::vector<PackProblem>& problems) : source_(source), file_(file), problems_(problems) {}

  void Add(absl::string_view path, absl::string_view message) {
    problems_.push_back({source_, file_, std::string(path), std::nullopt, std::string(message)});
  }

  // A condition; where there is none, or it can never hold, that is a problem.
  Condition Compiled(absl::string_view text, Sees sees, absl::string_view path) {
    if (text.empty()) {
      Add(path, "is required");
      return Condition();
    }
    std::vector<cel::CompileError> errors;
    std::optional<Condition> condition = Condition::Compile(text, sees, errors);
    for (const cel::CompileError& error : errors) {
      problems_.push_back({source_, file_, std::string(path), error.offset, error.message});
    }
    if (!condition) return Condition();
    if (condition->types() && condition->types()->empty()) Add(path, "can never hold: it asks for two types at once");
    return *std::move(condition);
  }

  By Read(absl::string_view by, absl::string_view path, By unset, const std::vector<std::pair<std::string, By>>& known) {
    if (by.empty()) return unset;
    const absl::string_view word = absl::StripPrefix(by, "touchpoint.");
    std::vector<std::string> words;
    for (const auto& [name, value] : known) {
      if (name == word) return value;
      words.push_back(name);
    }
    Add(path, absl::StrCat("is none of ", absl::StrJoin(words, ", "), text::DidYouMean(word, words)));
    return unset;
  }

  absl::Duration Span(const google::protobuf::Duration& span, absl::string_view path) {
    const absl::Duration read = clock::DurationFrom(span);
    if (read <= absl::ZeroDuration()) Add(path, "is required, and more than 0");
    if (read > kWindowMax) Add(path, absl::StrCat("is more than ", absl::FormatDuration(kWindowMax)));
    return read;
  }

 private:
  const size_t source_;
  const File file_;
  std::vector<PackProblem>& problems_;
};

const std::vector<std::pair<std::string, By>>& GroupWords() {
  static const auto& words = *new std::vector<std::pair<std::string, By>>{
      {"topic", By::kTopic}, {"strand", By::kStrand}, {"channel", By::kChannel}, {"type", By::kType}, {"none", By::kNone}};
  return words;
}

// One moment rule, read field by field.
class MomentRuleReader {
 public:
  MomentRuleReader(const pack::v1::MomentRule& source, const pack::v1::PackFile& pack, std::string path, Reporter& report)
      : source_(source), pack_(pack), path_(std::move(path)), report_(report) {}

  MomentRule Read() {
    MomentRule rule;
    rule.pack = pack_.pack();
    rule.pack_version = pack_.version();
    rule.id = source_.id();
    rule.fingerprint = FingerprintOf("rule", source_);
    ReadVerdict(rule);
    rule.echo = source_.echo();
    rule.when = report_.Compiled(source_.when(), Sees::kAll, At("when"));
    if (source_.has_if_()) ReadConditions(source_.if_(), rule);
    if (source_.has_strike()) rule.strike = Strike(source_.strike());
    ReadSays(rule);
    return rule;
  }

 private:
  std::string At(absl::string_view field) const { return absl::StrCat(path_, ".", field); }

  void ReadVerdict(MomentRule& rule) {
    rule.kind = source_.kind();
    rule.stage = source_.stage();
    rule.polarity = source_.polarity();
    rule.severity = source_.severity();
    rule.confidence = source_.has_confidence() ? source_.confidence() : 1.0;
    rule.question = source_.question();
    if (rule.kind == events::v1::MOMENT_KIND_UNSPECIFIED) report_.Add(At("kind"), "is required");
    if (rule.polarity == events::v1::POLARITY_UNSPECIFIED) report_.Add(At("polarity"), "is required");
    if (rule.severity < 0 || rule.severity > 100) report_.Add(At("severity"), "is not from 0 to 100");
    if (!(rule.confidence > 0 && rule.confidence <= 1)) report_.Add(At("confidence"), "is not above 0 and at most 1");
    if (source_.has_strike() && rule.polarity != events::v1::POLARITY_DISAPPOINTMENT) {
      report_.Add(At("strike"), "only a DISAPPOINTMENT is a strike");
    }
  }

  void ReadSays(MomentRule& rule) {
    if (source_.says().empty()) {
      report_.Add(At("says"), "is required");
      return;
    }
    absl::StatusOr<SaysTemplate> says = SaysTemplate::Parse(source_.says(), rule.count.has_value());
    if (says.ok()) {
      rule.says = *std::move(says);
    } else {
      report_.Add(At("says"), says.status().message());
    }
  }

  void ReadConditions(const pack::v1::Conditions& conditions, MomentRule& rule) {
    if (conditions.has_count()) rule.count = Count(conditions.count());
    if (conditions.has_first()) rule.first = First(conditions.first());
    if (conditions.has_absence()) rule.absence = Absence(conditions.absence());
    for (int i = 0; i < conditions.stage_size(); ++i) {
      const auto stage = static_cast<events::v1::Stage>(conditions.stage(i));
      if (stage == events::v1::STAGE_UNSPECIFIED) report_.Add(absl::StrCat(At("if.stage"), "[", i, "]"), "names no stage");
      rule.stages.push_back(stage);
    }
    if (conditions.has_strikes()) {
      rule.strikes_at_least = conditions.strikes().at_least();
      if (rule.strikes_at_least < 1 || rule.strikes_at_least > 100)
        report_.Add(At("if.strikes.at_least"), "is not from 1 to 100");
    }
  }

  CountClause Count(const pack::v1::CountCondition& source) {
    CountClause count;
    count.fingerprint = FingerprintOf(absl::StrCat("count ", pack_.pack(), " ", source_.id(), " ", source_.echo()), source);
    count.of = report_.Compiled(source.of(), Sees::kTouchpoint, At("if.count.of"));
    count.by = report_.Read(source.by(), At("if.count.by"), By::kNone, GroupWords());
    count.within = report_.Span(source.within(), At("if.count.within"));
    count.at_least = source.at_least();
    count.once = source.once();
    if (count.at_least < 1 || count.at_least > kCountAtLeastMax) {
      report_.Add(At("if.count.at_least"), absl::StrCat("is not from 1 to ", kCountAtLeastMax));
    }
    return count;
  }

  FirstClause First(const pack::v1::FirstCondition& source) {
    FirstClause first;
    first.fingerprint = FingerprintOf(absl::StrCat("first ", pack_.pack(), " ", source_.id(), " ", source_.echo()), source);
    first.of = report_.Compiled(source.of(), Sees::kTouchpoint, At("if.first.of"));
    first.by = report_.Read(source.by(), At("if.first.by"), By::kNone, GroupWords());
    return first;
  }

  AbsenceClause Absence(const pack::v1::AbsenceCondition& source) {
    AbsenceClause absence;
    absence.by = report_.Read(source.by(), At("if.absence.by"), By::kStrand, {{"strand", By::kStrand}, {"none", By::kNone}});
    const bool until_promise = source.until() == "promise";
    if (!source.until().empty() && !until_promise) report_.Add(At("if.absence.until"), "is not 'promise'");
    if (source.has_for_() == !source.until().empty()) {
      report_.Add(At("if.absence"), "needs either 'for: DURATION' or 'until: promise'");
    } else if (source.has_for_()) {
      absence.wait = report_.Span(source.for_(), At("if.absence.for"));
    }
    if (!source.no().empty() || !until_promise) {
      absence.no = report_.Compiled(source.no(), Sees::kTouchpoint, At("if.absence.no"));
    }
    return absence;
  }

  StrikeClause Strike(const pack::v1::StrikeRule& source) {
    StrikeClause strike;
    strike.weight = source.weight();
    if (strike.weight < 1 || strike.weight > kStrikeWeightMax) {
      report_.Add(At("strike.weight"), absl::StrCat("is not from 1 to ", kStrikeWeightMax));
    }
    strike.incident = report_.Read(source.incident(), At("strike.incident"), By::kNone,
                                   {{"strand", By::kStrand}, {"topic", By::kTopic}, {"touchpoint", By::kNone}});
    strike.within = source.has_within() ? report_.Span(source.within(), At("strike.within")) : kIncidentWithin;
    strike.lifetime = source.has_lifetime() ? report_.Span(source.lifetime(), At("strike.lifetime")) : kStrikeLifetime;
    return strike;
  }

  const pack::v1::MomentRule& source_;
  const pack::v1::PackFile& pack_;
  const std::string path_;
  Reporter& report_;
};

// The pack of a whole chain. A rule of a later pack takes the place of an earlier one of its id.
class PackCompiler {
 public:
  PackCompiler(absl::Span<const PackSource> chain, std::vector<PackProblem>& problems) : chain_(chain), problems_(problems) {}

  std::unique_ptr<const Pack> Compile() {
    for (size_t i = 0; i < chain_.size(); ++i) {
      ReadPackFile(i);
      ReadStages(i);
      ReadMoments(i);
      ReadRecoveries(i);
    }
    if (moments_.size() > kRulesMax) {
      Reporter(chain_.size() - 1, File::kMoments, problems_).Add("moments", absl::StrCat("are more than ", kRulesMax));
    }
    if (!problems_.empty()) return nullptr;
    // Stages are asked in order: those of the pack at hand come before those it extends.
    std::vector<StageRule> stages;
    for (auto part = stages_.rbegin(); part != stages_.rend(); ++part)
      std::move(part->begin(), part->end(), std::back_inserter(stages));
    const pack::v1::PackFile& top = chain_.back().pack;
    return std::make_unique<const Pack>(top.pack(), top.version(), std::move(strands_), std::move(moments_), std::move(stages),
                                        std::move(recoveries_), std::move(promises_), Fingerprint());
  }

 private:
  uint64_t Fingerprint() const {
    std::string all;
    for (const PackSource& source : chain_) {
      pack::v1::PackFile rules = source.pack;
      rules.clear_version();
      absl::StrAppend(&all, rules.SerializeAsString(), "\n", source.stages.SerializeAsString(), "\n",
                      source.moments.SerializeAsString(), "\n");
    }
    return ids::StableHash64(all);
  }

  void ReadPackFile(size_t index) {
    Reporter report(index, File::kPack, problems_);
    const pack::v1::PackFile& file = chain_[index].pack;
    if (!IsRuleId(file.pack())) report.Add("pack", "is required: letters a to z, digits, '-' and '.'");
    if (file.version() < 1) report.Add("version", "is required, and 1 or more");
    for (int i = 0; i < file.without_size(); ++i) Drop(file.without(i), absl::StrCat("without[", i, "]"), report);
    if (file.strands_size() > 0) strands_.clear();
    for (int i = 0; i < file.strands_size(); ++i) strands_.push_back(static_cast<events::v1::CorrelationKind>(file.strands(i)));
    for (int i = 0; i < file.promises_size(); ++i) {
      const std::string path = absl::StrCat("promises[", i, "]");
      const pack::v1::PromiseRule& source = file.promises(i);
      if (source.what().empty()) report.Add(path + ".what", "is required");
      PromiseRule promise{source.what(), report.Compiled(source.kept_by(), Sees::kTouchpoint, path + ".kept_by")};
      Replace(promises_, std::move(promise), [&](const PromiseRule& known) { return known.what == source.what(); });
    }
  }

  void Drop(const std::string& id, absl::string_view path, Reporter& report) {
    const auto has_id = [&](const auto& rule) { return rule.id == id; };
    std::vector<std::string> known;
    for (const MomentRule& rule : moments_) known.push_back(rule.id);
    for (const RecoveryRule& rule : recoveries_) known.push_back(rule.id);
    const size_t before = moments_.size() + recoveries_.size();
    moments_.erase(std::remove_if(moments_.begin(), moments_.end(), has_id), moments_.end());
    recoveries_.erase(std::remove_if(recoveries_.begin(), recoveries_.end(), has_id), recoveries_.end());
    if (moments_.size() + recoveries_.size() == before) {
      report.Add(path, absl::StrCat("the extended pack has no rule '", id, "'", text::DidYouMean(id, known)));
    }
  }

  void ReadStages(size_t index) {
    Reporter report(index, File::kStages, problems_);
    std::vector<StageRule>& stages = stages_.emplace_back();
    for (int i = 0; i < chain_[index].stages.stages_size(); ++i) {
      const std::string path = absl::StrCat("stages[", i, "]");
      const pack::v1::StageRule& source = chain_[index].stages.stages(i);
      if (source.stage() == events::v1::STAGE_UNSPECIFIED) report.Add(path + ".stage", "is required");
      stages.push_back({source.stage(), report.Compiled(source.when(), Sees::kAll, path + ".when"), source.echo()});
    }
  }

  void ReadMoments(size_t index) {
    Reporter report(index, File::kMoments, problems_);
    const PackSource& source = chain_[index];
    for (int i = 0; i < source.moments.moments_size(); ++i) {
      const std::string path = absl::StrCat("moments[", i, "]");
      CheckId(source.moments.moments(i).id(), index, path, report);
      MomentRule rule = MomentRuleReader(source.moments.moments(i), source.pack, path, report).Read();
      const size_t at = static_cast<size_t>(i);
      if (at < source.moment_texts.size()) rule.text = source.moment_texts[at];
      if (at < source.moment_locations.size()) rule.location = source.moment_locations[at];
      Replace(moments_, std::move(rule), [&](const MomentRule& known) { return known.id == source.moments.moments(i).id(); });
    }
  }

  void ReadRecoveries(size_t index) {
    Reporter report(index, File::kMoments, problems_);
    const PackSource& source = chain_[index];
    for (int i = 0; i < source.moments.recoveries_size(); ++i) {
      const std::string path = absl::StrCat("recoveries[", i, "]");
      const pack::v1::RecoveryRule& rule = source.moments.recoveries(i);
      CheckId(rule.id(), index, path, report);
      if (rule.credit() < 1 || rule.credit() > kStrikeWeightMax) {
        report.Add(path + ".credit", absl::StrCat("is not from 1 to ", kStrikeWeightMax));
      }
      RecoveryRule recovery{source.pack.pack(), rule.id(), report.Compiled(rule.when(), Sees::kAll, path + ".when"),
                            rule.credit(), rule.echo()};
      Replace(recoveries_, std::move(recovery), [&](const RecoveryRule& known) { return known.id == rule.id(); });
    }
  }

  void CheckId(const std::string& id, size_t index, const std::string& path, Reporter& report) {
    if (!IsRuleId(id)) report.Add(path + ".id", "is required: letters a to z, digits, '-' and '.', at most 64");
    const auto [known, is_new] = first_of_id_.try_emplace(absl::StrCat(index, " ", id), path);
    if (!is_new) report.Add(path + ".id", absl::StrCat("'", id, "' is the id of ", known->second, " too"));
  }

  template <typename Rule, typename IsSame>
  static void Replace(std::vector<Rule>& rules, Rule rule, IsSame is_same) {
    const auto known = std::find_if(rules.begin(), rules.end(), is_same);
    if (known == rules.end()) {
      rules.push_back(std::move(rule));
    } else {
      *known = std::move(rule);
    }
  }

  const absl::Span<const PackSource> chain_;
  std::vector<PackProblem>& problems_;
  std::vector<events::v1::CorrelationKind> strands_;
  std::vector<PromiseRule> promises_;
  std::vector<std::vector<StageRule>> stages_;
  std::vector<MomentRule> moments_;
  std::vector<RecoveryRule> recoveries_;
  absl::flat_hash_map<std::string, std::string> first_of_id_;
};

}  // namespace

std::unique_ptr<const Pack> CompilePack(absl::Span<const PackSource> chain, std::vector<PackProblem>& problems) {
  return PackCompiler(chain, problems).Compile();
}

}  // namespace touchstone::classification
