#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/stream/message_arena.h"
#include "common/stream/processor.h"
#include "services/classification/domain/pack.h"
#include "services/classification/head_cache.h"

namespace touchstone::classification {

inline constexpr char kJourneyTask[] = "journey";

// The task kind `journey`: names and their journeys, judged by a pack.
stream::TaskDefinition JourneyTask(std::shared_ptr<const Pack> pack);

// Keeps what each name's touchpoints were and what they amount to: load, decide, store, tell, wake me then.
class JourneyProcessor : public stream::Processor {
 public:
  explicit JourneyProcessor(std::shared_ptr<const Pack> pack) : pack_(std::move(pack)) {}

  absl::Status OnRecord(absl::string_view topic, const eventlog::Record& record, stream::UnitOfWork& work) override;
  absl::Status OnTimer(absl::string_view key, absl::Time due, stream::UnitOfWork& work) override;

 private:
  absl::Status OnTouchpoint(const eventlog::Record& record, stream::UnitOfWork& work);
  absl::Status OnNameMessage(const eventlog::Record& record, stream::UnitOfWork& work);
  absl::Status OnControl(const eventlog::Record& record, stream::UnitOfWork& work);
  absl::Status OnNameTimer(absl::string_view name, stream::UnitOfWork& work);
  // Of the names that an import touched.
  absl::Status OnImportEnd(absl::string_view key, stream::UnitOfWork& work);

  const std::shared_ptr<const Pack> pack_;
  HeadCache heads_;
  stream::MessageArena arena_;
};

}  // namespace touchstone::classification
