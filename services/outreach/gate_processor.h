#pragma once

#include <memory>

#include "common/stream/processor.h"
#include "services/outreach/domain/gate.h"

namespace touchstone::outreach {

inline constexpr char kGateKind[] = "gate";

// How long the answer to a request id is kept: a repeat within it gets the same one.
inline constexpr absl::Duration kKeepOutcome = absl::Hours(24);

// By address: reads its inbox; writes requests to senders, preferences, and answers to the planner.
class GateProcessor : public stream::Processor {
 public:
  // `policy` outlives it.
  explicit GateProcessor(const GatePolicy& policy) : gate_(policy) {}

  absl::Status OnRecord(absl::string_view topic, const eventlog::Record& record, stream::UnitOfWork& work) override;
  absl::Status OnTimer(absl::string_view key, absl::Time due, stream::UnitOfWork& work) override;

 private:
  const Gate gate_;
};

stream::TaskDefinition GateTask(std::shared_ptr<const GatePolicy> policy);

}  // namespace touchstone::outreach
