#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/event_log.h"
#include "common/rpc/stream_pump.h"
#include "touchstone/events/v1/inboxes.pb.h"

namespace touchstone::ingestion {

// Which imports have begun, as `control.v1` tells: of several statements about one import the first in the log holds, so all
// ingesters give the same answer. Thread-safe; the pump drives it.
class ImportRegistry : public rpc::Pumped {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<events::v1::ImportBegun>)>;
  // Asked at once and not yet answered; more are refused.
  static constexpr size_t kWaitingMax = 256;

  // `log` outlives the registry.
  static absl::StatusOr<std::shared_ptr<ImportRegistry>> Open(eventlog::EventLog& log);

  // States that the import begins, unless it has begun; `done` gets the statement that holds, from any thread, or an
  // error: RESOURCE_EXHAUSTED with RetryInfo where too many wait; what Close said, after it; the log's. Does not block.
  void Begin(const events::v1::ImportBegun& wanted, Done done);

  bool Pump(absl::Duration now) override;
  void Close(const absl::Status& why) override;

 private:
  struct Waiting {
    events::v1::ImportBegun wanted;
    Done done;
    bool stated = false;
    // Of an append that failed.
    absl::Status failed;
  };

  ImportRegistry(eventlog::EventLog& log, std::unique_ptr<eventlog::Tail> tail) : log_(log), tail_(std::move(tail)) {}

  // Reads on; true once everything durable has been read.
  absl::StatusOr<bool> CatchUp();
  void AnswerWhoMay();
  void State(std::shared_ptr<Waiting> waiting);
  std::deque<std::shared_ptr<Waiting>> TakeWaiting();
  void FailAll(const absl::Status& why);
  std::optional<absl::Status> Closed() const;

  eventlog::EventLog& log_;
  // Of the pump's thread alone.
  const std::unique_ptr<eventlog::Tail> tail_;
  std::map<std::string, events::v1::ImportBegun> begun_;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::deque<std::shared_ptr<Waiting>> waiting_;
  std::optional<absl::Status> closed_;
};

}  // namespace touchstone::ingestion
