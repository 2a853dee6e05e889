#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/classification/domain/condition.h"
#include "services/classification/domain/says.h"
#include "touchstone/classification/pack/v1/pack.pb.h"
#include "touchstone/events/v1/moment.pb.h"

namespace touchstone::classification {

// What must be equal to the trigger's.
enum class By { kNone, kTopic, kStrand, kChannel, kType };

struct CountClause {
  // Names the clause in a fold state: other words, other fingerprint.
  uint64_t fingerprint = 0;
  Condition of;
  By by = By::kNone;
  absl::Duration within;
  int at_least = 1;
  bool once = false;
};

struct FirstClause {
  uint64_t fingerprint = 0;
  Condition of;
  By by = By::kNone;
};

struct AbsenceClause {
  // Nothing: what the pack's promises say keeps the trigger's promise.
  std::optional<Condition> no;
  // kStrand or kNone.
  By by = By::kStrand;
  // Zero: until the time that the trigger promises.
  absl::Duration wait;
};

struct StrikeClause {
  int32_t weight = 0;
  By incident = By::kNone;  // kNone: the touchpoint.
  absl::Duration within;
  absl::Duration lifetime;
};

// A rule that finds moments.
struct MomentRule {
  std::string pack;
  int pack_version = 0;
  std::string id;
  uint64_t fingerprint = 0;
  events::v1::MomentKind kind = events::v1::MOMENT_KIND_UNSPECIFIED;
  events::v1::Stage stage = events::v1::STAGE_UNSPECIFIED;
  events::v1::Polarity polarity = events::v1::POLARITY_UNSPECIFIED;
  int severity = 0;
  double confidence = 1;
  std::string question;
  bool echo = false;
  Condition when;
  std::optional<CountClause> count;
  std::optional<FirstClause> first;
  std::optional<AbsenceClause> absence;
  std::vector<events::v1::Stage> stages;
  // 0: not asked.
  int strikes_at_least = 0;
  std::optional<StrikeClause> strike;
  SaysTemplate says;
  // As its author wrote it, and where: `moments.yaml:41`.
  std::string text;
  std::string location;
};

struct StageRule {
  events::v1::Stage stage = events::v1::STAGE_UNSPECIFIED;
  Condition when;
  bool echo = false;
};

struct RecoveryRule {
  std::string pack;
  std::string id;
  Condition when;
  int32_t credit = 0;
  bool echo = false;
};

struct PromiseRule {
  std::string what;
  Condition kept_by;
};

// What may concern a touchpoint of one type, in the pack's order. Pointers into the pack.
struct Candidates {
  std::vector<const MomentRule*> moments;
  // Rules by the clause that must see the touchpoint, whether or not it triggers them.
  std::vector<const MomentRule*> counts;
  std::vector<const MomentRule*> firsts;
  std::vector<const StageRule*> stages;
  std::vector<const RecoveryRule*> recoveries;
  std::vector<const PromiseRule*> promises;
};

// The rules of one version of a pack, checked and compiled (pack_compiler.h). Immutable, any thread.
class Pack {
 public:
  Pack(std::string name, int version, std::vector<events::v1::CorrelationKind> strands, std::vector<MomentRule> moments,
       std::vector<StageRule> stages, std::vector<RecoveryRule> recoveries, std::vector<PromiseRule> promises,
       uint64_t fingerprint);
  Pack(const Pack&) = delete;
  Pack& operator=(const Pack&) = delete;

  absl::string_view name() const { return name_; }
  int version() const { return version_; }
  // Changes with anything that could change a journey.
  uint64_t fingerprint() const { return fingerprint_; }
  // The kinds that make strands, in order.
  const std::vector<events::v1::CorrelationKind>& strands() const { return strands_; }
  const std::vector<MomentRule>& moments() const { return moments_; }
  const std::vector<RecoveryRule>& recoveries() const { return recoveries_; }

  const Candidates& For(absl::string_view touchpoint_type) const;
  // Null if the pack has none.
  const MomentRule* FindMoment(absl::string_view id) const;
  const MomentRule* FindMoment(uint64_t fingerprint) const;
  const PromiseRule* FindPromise(absl::string_view what) const;

  // The strand of a touchpoint; null where it carries no correlation that makes one.
  const events::v1::Correlation* StrandOf(const events::v1::Touchpoint& touchpoint) const;

 private:
  Candidates CandidatesOf(absl::string_view type) const;

  const std::string name_;
  const int version_;
  const std::vector<events::v1::CorrelationKind> strands_;
  const std::vector<MomentRule> moments_;
  const std::vector<StageRule> stages_;
  const std::vector<RecoveryRule> recoveries_;
  const std::vector<PromiseRule> promises_;
  const uint64_t fingerprint_;
  // By the types that conditions name; any other type meets `others_`.
  absl::flat_hash_map<std::string, Candidates> by_type_;
  Candidates others_;
  absl::flat_hash_map<uint64_t, const MomentRule*> by_fingerprint_;
};

}  // namespace touchstone::classification
