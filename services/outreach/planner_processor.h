#pragma once

#include <memory>

#include "common/stream/message_arena.h"
#include "common/stream/processor.h"
#include "services/outreach/domain/planner.h"

namespace touchstone::outreach {

inline constexpr char kPlannerKind[] = "planner";

// By subject: reads journey events, escalations and the gate's answers; writes intents, each change of an outreach, and what
// the journey hears of it.
class PlannerProcessor : public stream::Processor {
 public:
  // `policy` outlives it.
  explicit PlannerProcessor(const PlannerPolicy& policy) : planner_(policy), policy_(policy) {}

  absl::Status OnRecord(absl::string_view topic, const eventlog::Record& record, stream::UnitOfWork& work) override;
  absl::Status OnTimer(absl::string_view key, absl::Time due, stream::UnitOfWork& work) override;

 private:
  const Planner planner_;
  const PlannerPolicy& policy_;
  stream::MessageArena arena_;
};

stream::TaskDefinition PlannerTask(std::shared_ptr<const PlannerPolicy> policy);

}  // namespace touchstone::outreach
