#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/stream/unit_of_work.h"
#include "services/classification/domain/pack.h"
#include "services/classification/journey_processor.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"
#include "touchstone/events/v1/dead_letter.pb.h"
#include "touchstone/events/v1/journey.pb.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::classification {

// Runs the journey task by hand, in one thread, over state in a map and with a clock that the caller moves: for tests, and for
// whoever wants to see what a pack makes of some touchpoints. Timers fire as the clock passes them.
class JourneyDriver : private stream::UnitOfWork {
 public:
  explicit JourneyDriver(std::shared_ptr<const Pack> pack);

  // Moves the clock on, firing timers on the way. Never back.
  void AdvanceTo(absl::Time now);

  // What a record does at the present time. A touchpoint's key is its first name's.
  void Arrive(const events::v1::Touchpoint& touchpoint);
  void EndImport(absl::string_view import_id);
  void Refold(absl::string_view name);

  // The same state under other rules, as after a restart.
  void Restart(std::shared_ptr<const Pack> pack);

  absl::Time now() const override { return now_; }
  const eventlog::StateView& state() const { return *this; }
  // Everything told so far, in order.
  std::vector<events::v1::JourneyEvent> events() const;
  // Reason of each dead letter.
  const std::vector<std::string>& dead_letters() const { return dead_letters_; }
  // The last told of a name.
  events::v1::JourneyDigest DigestOf(absl::string_view name) const;

  // As they are in the state.
  state::v1::Head HeadOf(absl::string_view name) const;
  // In order of time, then id.
  std::vector<events::v1::MomentOfTruth> MomentsOf(absl::string_view name) const;
  // What applying found, changed and withdrawn in order leaves; the same order.
  std::vector<events::v1::MomentOfTruth> MomentsTold(absl::string_view name) const;

  // Writes to the state since the last call.
  int TakePutCount() { return std::exchange(put_count_, 0); }

 private:
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const override;
  int partition() const override { return 0; }
  void Put(absl::string_view key, std::string value) override;
  void Delete(absl::string_view key) override;
  void SetTimer(absl::string_view key, absl::Time due) override;
  void Emit(absl::string_view topic, absl::string_view key, std::string value) override;
  void EmitLatest(absl::string_view topic, absl::string_view key, std::string value) override;
  std::string NextRecordId() const override;
  void DeadLetter(absl::string_view reason, absl::string_view message) override;

  void Feed(absl::string_view topic, absl::string_view key, const google::protobuf::MessageLite& message);

  std::unique_ptr<JourneyProcessor> processor_;
  absl::Time now_ = absl::UnixEpoch();
  std::map<std::string, std::string> values_;
  std::map<std::string, absl::Time> timers_;
  std::map<std::pair<absl::Time, std::string>, bool> due_;
  // Serialized, as they were written.
  std::vector<std::string> events_;
  std::vector<std::string> dead_letters_;
  std::map<std::string, std::string> digests_;
  int64_t offset_ = 0;
  int put_count_ = 0;
};

}  // namespace touchstone::classification
