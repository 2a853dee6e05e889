#include "common/peers/peer_reader.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "common/status/errors.h"

namespace touchstone::peers {
namespace {

using stream::TaskAsk;

// Who has a task as far as is known, and who has it as was learned then.
constexpr int kHopsMax = 2;
constexpr char kThreadName[] = "peers-ends";

bool Has(const absl::Status& status, absl::string_view wanted) {
  const std::optional<status::Reason> reason = status::ReasonOf(status);
  return reason.has_value() && reason->reason == wanted;
}

bool IsElsewhere(const absl::Status& status) { return Has(status, stream::kTaskElsewhere); }

absl::Status NobodyHasIt(const TaskAsk& ask, absl::string_view why) {
  return status::WithRetry(absl::UnavailableError(absl::StrCat("task ", ask.kind, "/", ask.partition, " moves house: ", why)),
                           absl::Seconds(1));
}

}  // namespace

// Waits at several tasks; ends when all have answered.
class PeerReader::Settling : public std::enable_shared_from_this<Settling> {
 public:
  explicit Settling(absl::AnyInvocable<void(absl::Status)> done) : done_(std::move(done)) {}

  void Begin(PeerReader& reader, std::vector<TaskAsk> asks) {
    waiting_ = asks.size() + 1;
    for (TaskAsk& ask : asks) {
      reader.AskOwner(std::move(ask), 0,
                      [self = shared_from_this()](const absl::StatusOr<std::string>& passed) { self->End(passed.status()); });
    }
    End(absl::OkStatus());
  }

 private:
  // A task that stands still is waited for by nobody: what is wrong with it is told elsewhere. One that moves house, or cannot be
  // reached, may have done what is waited for, and is asked again by who repeats the call.
  void End(const absl::Status& status) {
    absl::Status result;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!status.ok() && !Has(status, stream::kTaskStandsStill) && status_.ok()) status_ = status;
      if (--waiting_ > 0) return;
      result = status_;
    }
    done_(std::move(result));
  }

  absl::AnyInvocable<void(absl::Status)> done_;
  std::mutex mutex_;
  // Guarded by mutex_.
  size_t waiting_ = 0;
  absl::Status status_;
};

PeerReader::PeerReader(stream::TaskReader& local, std::vector<eventlog::TaskKind> kinds, const OwnerTable& owners,
                       eventlog::EventLog& log, const clock::Clock& clock, std::string instance)
    : local_(local),
      kinds_(std::move(kinds)),
      owners_(owners),
      log_(log),
      instance_(std::move(instance)),
      calls_(clock),
      asking_ends_(kThreadName) {
  for (const eventlog::TaskKind& kind : kinds_) kind_names_.insert(kind.name);
}

// Before the thread of questions ends: who is answered may have one more, and is refused.
PeerReader::~PeerReader() { calls_.Close(); }

std::string PeerReader::OwnerOf(absl::string_view kind, int partition) const {
  const std::optional<Owner> owner = owners_.Find(kind, partition);
  return owner.has_value() ? owner->instance : "";
}

void PeerReader::Ask(TaskAsk ask, Done done) {
  if (!WaitsForOthers(ask)) return AskOwner(std::move(ask), 0, std::move(done));
  TaskAsk wait{.kind = ask.kind,
               .partition = PartitionOfWrite(ask),
               .after = std::exchange(ask.after, std::nullopt),
               .deadline = ask.deadline,
               .query = stream::kWaitQuery,
               .waits_for_no_more = true};
  AskOwner(std::move(wait), 0, [this, ask = std::move(ask), done = std::move(done)](absl::StatusOr<std::string> passed) mutable {
    if (!passed.ok()) return done(passed.status());
    const std::string kind = ask.kind;
    const absl::Time deadline = ask.deadline;
    Settle(kind, deadline, [this, ask = std::move(ask), done = std::move(done)](const absl::Status& settled) mutable {
      settled.ok() ? AskOwner(std::move(ask), 0, std::move(done)) : done(settled);
    });
  });
}

bool PeerReader::WaitsForOthers(const TaskAsk& ask) const {
  return ask.after.has_value() && !ask.waits_for_no_more && owners_.OthersHave(kind_names_, instance_);
}

int PeerReader::PartitionOfWrite(const TaskAsk& ask) const {
  for (const eventlog::TaskKind& kind : kinds_) {
    if (kind.name != ask.kind) continue;
    if (std::find(kind.inputs.begin(), kind.inputs.end(), ask.after->topic) != kind.inputs.end()) return ask.after->partition;
  }
  // What is broadcast every task reads for itself; and no token of ours the task refuses.
  return ask.partition;
}

void PeerReader::AskOwner(TaskAsk ask, int asked_before, Done done) {
  const std::optional<Owner> owner = owners_.Find(ask.kind, ask.partition);
  const bool here = !owner.has_value() || owner->instance == instance_;
  auto again = [this, here, owner, ask, asked_before, done = std::move(done)](absl::StatusOr<std::string> answer) mutable {
    if (!IsElsewhere(answer.status())) return done(std::move(answer));
    const std::optional<Owner> now = owners_.Find(ask.kind, ask.partition);
    // Who was asked has it no more: another may, if that is known by now; else it is on its way here.
    const bool learned = now != owner || !here;
    if (asked_before + 1 >= kHopsMax || !learned) return done(NobodyHasIt(ask, answer.status().message()));
    if (now != owner) return AskOwner(std::move(ask), asked_before + 1, std::move(done));
    local_.Ask(ask, [ask, done = std::move(done)](absl::StatusOr<std::string> local) mutable {
      IsElsewhere(local.status()) ? done(NobodyHasIt(ask, local.status().message())) : done(std::move(local));
    });
  };
  here ? local_.Ask(std::move(ask), std::move(again)) : calls_.Ask(*owner, ask, std::move(again));
}

void PeerReader::Settle(const std::string& kind, absl::Time deadline, absl::AnyInvocable<void(absl::Status)> done) {
  if (kinds_.size() == 1) return done(absl::OkStatus());
  asking_ends_.Add([this, kind, deadline, done = std::move(done)](const absl::Status& go) mutable {
    if (!go.ok()) return done(go);
    std::vector<TaskAsk> asks;
    for (const eventlog::TaskKind& other : kinds_) {
      if (other.name == kind) continue;
      const absl::StatusOr<std::vector<std::vector<int64_t>>> ends = log_.HighWatermarks(other.inputs);
      if (!ends.ok()) return done(ends.status());
      for (size_t i = 0; i < other.inputs.size(); ++i) {
        for (size_t partition = 0; partition < (*ends)[i].size(); ++partition) {
          const int64_t end = (*ends)[i][partition];
          if (end == 0) continue;
          asks.push_back({.kind = other.name,
                          .partition = static_cast<int>(partition),
                          .after = eventlog::Position{other.inputs[i], static_cast<int32_t>(partition), end - 1},
                          .deadline = deadline,
                          .query = stream::kWaitQuery,
                          .waits_for_no_more = true});
        }
      }
    }
    std::make_shared<Settling>(std::move(done))->Begin(*this, std::move(asks));
  });
}

}  // namespace touchstone::peers
