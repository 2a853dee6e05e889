#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/eventlog/event_log.h"

namespace touchstone::eventlog {

// A log seen through: passes everything on to another. For those who change or count one thing of a log.
class ForwardingLog : public EventLog {
 public:
  // `log` outlives it.
  explicit ForwardingLog(EventLog& log) : log_(log) {}

  const TopicCatalog& topics() const override { return log_.topics(); }
  void Append(std::vector<OutRecord> records, AppendDone done) override { log_.Append(std::move(records), std::move(done)); }
  absl::StatusOr<std::unique_ptr<Member>> Join(const TaskKind& kind, const MemberOptions& options) override {
    return log_.Join(kind, options);
  }
  absl::StatusOr<std::unique_ptr<Tail>> OpenTail(absl::string_view topic, const TailStart& start) override {
    return log_.OpenTail(topic, start);
  }
  absl::StatusOr<std::vector<int64_t>> EndOffsets(absl::string_view topic) override { return log_.EndOffsets(topic); }
  absl::StatusOr<std::vector<std::vector<int64_t>>> HighWatermarks(const std::vector<std::string>& topics) override {
    return log_.HighWatermarks(topics);
  }
  void WhenDurable(CommitPoint point, absl::AnyInvocable<void(absl::Status)> done) override {
    log_.WhenDurable(point, std::move(done));
  }
  ChangeSignal& changes() override { return log_.changes(); }
  ChangeSignal& tail_changes() override { return log_.tail_changes(); }
  absl::Status Intake() const override { return log_.Intake(); }
  void Close() override { log_.Close(); }
  absl::string_view name() const override { return log_.name(); }

 private:
  EventLog& log_;
};

}  // namespace touchstone::eventlog
