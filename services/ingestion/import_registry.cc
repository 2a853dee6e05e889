#include "services/ingestion/import_registry.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/ids/id.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"

namespace touchstone::ingestion {
namespace {

constexpr int kReadAtOnce = 1000;

}  // namespace

absl::StatusOr<std::shared_ptr<ImportRegistry>> ImportRegistry::Open(eventlog::EventLog& log) {
  ASSIGN_OR_RETURN(std::unique_ptr<eventlog::Tail> tail, log.OpenTail(topics::kControl, {eventlog::TailStart::From::kBegin, {}}));
  return std::shared_ptr<ImportRegistry>(new ImportRegistry(log, std::move(tail)));
}

void ImportRegistry::Begin(const events::v1::ImportBegun& wanted, Done done) {
  absl::Status refused;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_.has_value()) {
      refused = *closed_;
    } else if (waiting_.size() >= kWaitingMax) {
      refused = status::WithRetry(absl::ResourceExhaustedError("too many imports begin at once"), absl::Seconds(1));
    } else {
      waiting_.push_back(std::make_shared<Waiting>(Waiting{wanted, std::move(done)}));
    }
  }
  if (!refused.ok()) return std::move(done)(refused);
  // What wakes the pump.
  log_.tail_changes().Raise();
}

absl::StatusOr<bool> ImportRegistry::CatchUp() {
  ASSIGN_OR_RETURN(const std::vector<eventlog::TailRecord> records, tail_->Read(kReadAtOnce));
  for (const eventlog::TailRecord& record : records) {
    events::v1::ControlRecord control;
    if (!control.ParseFromString(record.record.value) || !control.has_import_begun()) continue;
    begun_.try_emplace(control.import_begun().import_id(), control.import_begun());
  }
  return records.size() < kReadAtOnce;
}

bool ImportRegistry::Pump(absl::Duration now) {
  if (const std::optional<absl::Status> closed = Closed()) {
    // Also those that came back after Close had failed the others.
    FailAll(*closed);
    return false;
  }
  absl::StatusOr<bool> current = CatchUp();
  if (!current.ok()) {
    FailAll(current.status());
    return true;
  }
  if (*current) AnswerWhoMay();
  return true;
}

void ImportRegistry::AnswerWhoMay() {
  std::deque<std::shared_ptr<Waiting>> waiting = TakeWaiting();
  std::deque<std::shared_ptr<Waiting>> still_waiting;
  for (std::shared_ptr<Waiting>& one : waiting) {
    auto begun = begun_.find(one->wanted.import_id());
    if (begun != begun_.end()) {
      std::move(one->done)(begun->second);
      continue;
    }
    if (!one->stated) State(one);
    still_waiting.push_back(std::move(one));
  }
  std::deque<std::shared_ptr<Waiting>> failed;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (auto one = still_waiting.rbegin(); one != still_waiting.rend(); ++one) {
      std::deque<std::shared_ptr<Waiting>>& to = (*one)->failed.ok() ? waiting_ : failed;
      to.push_front(std::move(*one));
    }
  }
  for (std::shared_ptr<Waiting>& one : failed) std::move(one->done)(one->failed);
}

void ImportRegistry::State(std::shared_ptr<Waiting> waiting) {
  waiting->stated = true;
  events::v1::ControlRecord control;
  *control.mutable_import_begun() = waiting->wanted;
  const std::string& id = waiting->wanted.import_id();
  // Each statement has a key of its own: compaction must not replace the first by a later one.
  const std::string record_id = ids::DerivedId("import", {id, waiting->wanted.SerializeAsString()});
  log_.Append(
      {{topics::kControl, absl::StrCat("import-begun/", record_id), record_id, control.SerializeAsString(), std::nullopt}},
      [this, waiting](absl::StatusOr<std::vector<eventlog::Position>> positions) {
        std::lock_guard<std::mutex> lock(mutex_);
        if (!positions.ok()) waiting->failed = positions.status();
      });
}

std::deque<std::shared_ptr<ImportRegistry::Waiting>> ImportRegistry::TakeWaiting() {
  std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(waiting_, {});
}

void ImportRegistry::FailAll(const absl::Status& why) {
  std::deque<std::shared_ptr<Waiting>> waiting = TakeWaiting();
  for (std::shared_ptr<Waiting>& one : waiting) std::move(one->done)(why);
}

std::optional<absl::Status> ImportRegistry::Closed() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return closed_;
}

void ImportRegistry::Close(const absl::Status& why) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = why;
  }
  FailAll(why);
}

}  // namespace touchstone::ingestion
