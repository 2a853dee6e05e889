#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/classification/domain/judge.h"
#include "services/classification/domain/pack.h"
#include "services/classification/domain/scene.h"
#include "services/classification/domain/strike_ledger.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"
#include "touchstone/events/v1/journey.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::classification {

// What a fold concludes on its way, in order.
struct Conclusions {
  std::vector<state::v1::MomentEntry> moments;
  std::vector<events::v1::StrikeCrossing> crossings;
};

// Asked by whoever explains: the clauses of one rule before one touchpoint.
struct Question {
  std::string rule;
  std::string source;
  std::string id;
  // Filled when the touchpoint comes by.
  std::vector<ClauseSeen> clauses;
};

// The journey as a function of what happened: touchpoints and deadlines, told in their order (fold_point.h), become a fold
// state, moments and crossings. The same touchpoints give the same of each, whatever way the state took between them.
//
// Works on `state`, which outlives it. `name_key` is the journey's subject and the owner of its moments' ids.
class JourneyFold {
 public:
  JourneyFold(const Pack& pack, absl::string_view name_key, state::v1::FoldState& state);

  // Lets the deadlines before the touchpoint pass and folds it in. It must be newer than the state's point.
  void Touch(const events::v1::Touchpoint& touchpoint);

  // Lets the deadlines at or before `until_ns` pass.
  void PassTo(int64_t until_ns);

  // The next deadline; the largest int64 if there is none.
  int64_t NextDeadline() const;

  const Conclusions& conclusions() const { return conclusions_; }
  // The stage that the touchpoint last folded is evidence of; unspecified if of none.
  events::v1::Stage last_evidence() const { return last_evidence_; }

  // Answers `question` when its touchpoint comes by; it outlives this.
  void Ask(Question* question) { question_ = question; }

 private:
  struct Matched {
    const MomentRule* rule;
    Judgement judgement;
  };

  // Before the touchpoint is applied: what it ends, what it counts as, what it makes true.
  void EndWaits();
  void CountHits(const Candidates& candidates);
  std::vector<Matched> Match(const Candidates& candidates) const;
  std::vector<const RecoveryRule*> MatchRecoveries(const Candidates& candidates) const;
  events::v1::Stage EvidenceOf(const Candidates& candidates) const;
  void Answer() const;

  // Applying it.
  void SetDerivedFacts(int64_t now_ns);
  void MarkFirsts(const Candidates& candidates);
  void EnterStage(events::v1::Stage stage, pack::v1::StrandFacts& strand);
  void TakeFacts(pack::v1::StrandFacts& strand);
  void TakeScores();
  void Conclude(const Matched& matched);
  void Recover(const RecoveryRule& rule);

  // Deadlines.
  void FireNextWait(int64_t due_ns);
  // `topic`: the trigger's.
  void Find(const MomentRule& rule, events::v1::MomentOfTruth moment, absl::string_view topic, bool deadline);
  void Strike(const MomentRule& rule, const events::v1::MomentOfTruth& moment, absl::string_view topic);
  void Cross(int level, Hundredths hundredths, const events::v1::Strike& strike);
  void MovePointTo(int64_t deadline_ns);

  const Pack& pack_;
  const std::string name_key_;
  state::v1::FoldState& state_;
  Scene scene_;
  Conclusions conclusions_;
  events::v1::Stage last_evidence_ = events::v1::STAGE_UNSPECIFIED;
  Question* question_ = nullptr;
};

}  // namespace touchstone::classification
