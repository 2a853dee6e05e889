#include "services/routing/desktop_hub.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;

namespace {

constexpr int kReadAtOnce = 256;

eventlog::OutRecord RecordOf(const std::string& pool, const std::string& id, const events::DispatchMessage& message) {
  return {.topic = topics::kDispatch, .key = pool, .id = id, .value = message.SerializeAsString()};
}

}  // namespace

absl::StatusOr<std::shared_ptr<DesktopHub>> DesktopHub::Open(eventlog::EventLog& log, rpc::StreamPump& pump,
                                                             DesktopHubOptions options) {
  ASSIGN_OR_RETURN(std::unique_ptr<eventlog::Tail> tail,
                   log.OpenTail(topics::kOffers, {.from = eventlog::TailStart::From::kEnd}));
  std::shared_ptr<DesktopHub> hub(new DesktopHub(log, pump, std::move(options), std::move(tail)));
  RETURN_IF_ERROR(pump.Add(hub));
  return hub;
}

DesktopHub::DesktopHub(eventlog::EventLog& log, rpc::StreamPump& pump, DesktopHubOptions options,
                       std::unique_ptr<eventlog::Tail> tail)
    : log_(log), pump_(pump), options_(std::move(options)), tail_(std::move(tail)) {}

void DesktopHub::Join(const std::string& agent_id, DesktopListener* listener) { listeners_[agent_id].insert(listener); }

void DesktopHub::Leave(const std::string& agent_id, DesktopListener* listener) {
  auto found = listeners_.find(agent_id);
  if (found == listeners_.end()) return;
  found->second.erase(listener);
  if (found->second.empty()) listeners_.erase(found);
}

void DesktopHub::Append(const events::DesktopSignal& signal, absl::AnyInvocable<void(absl::StatusOr<int64_t>)> done) {
  events::DispatchMessage message;
  message.set_pool(options_.pool);
  *message.mutable_signal() = signal;
  std::vector<eventlog::OutRecord> records;
  records.push_back(RecordOf(options_.pool, signal.signal_id(), message));
  log_.Append(std::move(records), [done = std::move(done)](absl::StatusOr<std::vector<eventlog::Position>> positions) mutable {
    if (!positions.ok()) return std::move(done)(positions.status());
    std::move(done)(positions->front().offset);
  });
}

bool DesktopHub::Pump(absl::Duration now) {
  RenewLease(now);
  if (ReadSome()) pump_.Wake(this);
  return true;
}

bool DesktopHub::ReadSome() {
  // An error passes: the tail's cursor has not moved, and the next turn reads on from there.
  const absl::StatusOr<std::vector<eventlog::TailRecord>> records = tail_->Read(kReadAtOnce);
  if (!records.ok()) return false;
  for (const eventlog::TailRecord& each : *records) {
    events::DesktopNotice notice;
    if (!notice.ParseFromString(each.record.value)) continue;  // Of a version that this one cannot read.
    auto found = listeners_.find(notice.agent_id());
    if (found == listeners_.end()) continue;
    // A copy: who is told may leave.
    const std::set<DesktopListener*> listeners = found->second;
    for (DesktopListener* listener : listeners) {
      listener->OnNotice(notice);
      pump_.Wake(listener);
    }
  }
  return static_cast<int>(records->size()) == kReadAtOnce;
}

void DesktopHub::RenewLease(absl::Duration now) {
  if (listeners_.empty() || now < next_lease_) return;
  next_lease_ = now + options_.lease_every;
  events::DispatchMessage message;
  message.set_pool(options_.pool);
  events::InstanceLease& lease = *message.mutable_lease();
  lease.set_instance(options_.instance);
  lease.set_complete(true);
  for (const auto& [agent_id, listeners] : listeners_) {
    for (const DesktopListener* listener : listeners) {
      if (listener->held_session() == 0) {
        lease.set_complete(false);
      } else {
        lease.add_session_ids(listener->held_session());
      }
    }
  }
  std::vector<eventlog::OutRecord> records;
  records.push_back(RecordOf(options_.pool, absl::StrCat("lease-", options_.instance, "-", ++lease_count_), message));
  // Lost, it is renewed before it lapses: a lease outlives two renewals.
  log_.Append(std::move(records), [](const absl::StatusOr<std::vector<eventlog::Position>>&) {});
}

}  // namespace touchstone::routing
