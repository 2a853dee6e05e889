#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/record.h"
#include "common/stream/overlay.h"
#include "common/stream/timers.h"
#include "common/stream/unit_of_work.h"

namespace touchstone::stream {

// The unit of work of one record or timer: writes to the overlay's present layer and collects outputs.
class RecordWork : public UnitOfWork {
 public:
  // The id of the n-th output.
  using MakeId = std::function<std::string(int index)>;

  struct Output {
    eventlog::OutRecord record;
    // Replaces an earlier output of the commit to the same topic and key.
    bool latest_only = false;
  };

  // `record` is what is being processed; null for a timer. All outlive the object.
  RecordWork(absl::Time now, int partition, absl::string_view task_kind, absl::string_view topic, const eventlog::Record* record,
             MakeId make_id, Overlay& overlay, Timers& timers)
      : now_(now),
        partition_(partition),
        task_kind_(task_kind),
        topic_(topic),
        record_(record),
        make_id_(std::move(make_id)),
        overlay_(overlay),
        timers_(timers) {}

  absl::Time now() const override { return now_; }
  int partition() const override { return partition_; }
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override { return overlay_.Get(key); }
  absl::Status Scan(absl::string_view begin, absl::string_view end, Visit visit) const override {
    return overlay_.Scan(begin, end, visit);
  }
  void Put(absl::string_view key, std::string value) override;
  void Delete(absl::string_view key) override;
  void SetTimer(absl::string_view key, absl::Time due) override;
  using UnitOfWork::Emit;
  void Emit(absl::string_view topic, absl::string_view key, std::string value) override;
  void EmitLatest(absl::string_view topic, absl::string_view key, std::string value) override;
  std::string NextRecordId() const override { return make_id_(static_cast<int>(outputs_.size())); }
  void DeadLetter(absl::string_view reason, absl::string_view message) override;

  std::vector<Output>& outputs() { return outputs_; }
  int dead_letter_count() const { return dead_letter_count_; }
  // The first error of a timer's state, which calls that cannot fail had to swallow.
  const absl::Status& status() const { return status_; }

 private:
  const absl::Time now_;
  const int partition_;
  const absl::string_view task_kind_;
  const absl::string_view topic_;
  const eventlog::Record* const record_;
  const MakeId make_id_;
  Overlay& overlay_;
  Timers& timers_;
  std::vector<Output> outputs_;
  int dead_letter_count_ = 0;
  absl::Status status_;
};

}  // namespace touchstone::stream
