#include "services/routing/dispatcher_processor.h"

#include <map>
#include <string>
#include <utility>

#include "common/clock/proto_time.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"
#include "services/routing/domain/dispatcher.h"
#include "services/routing/state_keys.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;
using clock::TimeFrom;
using stream::UnitOfWork;

namespace {

class DispatcherProcessor : public stream::Processor {
 public:
  explicit DispatcherProcessor(std::shared_ptr<const RoutingPolicy> policy) : policy_(std::move(policy)) {}

  absl::Status Restore(const eventlog::StateView& state) override {
    RETURN_IF_ERROR(RestorePart<state::v1::WorkState>(state, kWorkPart));
    RETURN_IF_ERROR(RestorePart<state::v1::AgentState>(state, kAgentPart));
    RETURN_IF_ERROR(RestorePart<state::v1::LeaseState>(state, kLeasePart));
    return RestorePart<state::v1::ClosedWork>(state, kClosedPart);
  }

  absl::Status OnRecord(absl::string_view topic, const eventlog::Record& record, UnitOfWork& work) override {
    events::DispatchMessage message;
    if (!message.ParseFromString(record.value)) return absl::InvalidArgumentError("not a DispatchMessage");
    Dispatcher& dispatcher = PoolOf(message.pool());
    DispatchEffects effects;
    switch (message.message_case()) {
      case events::DispatchMessage::kWork:
        dispatcher.OnWork(message.work(), work.now(), effects);
        break;
      case events::DispatchMessage::kCancel:
        dispatcher.OnCancel(message.cancel(), work.now(), effects);
        break;
      case events::DispatchMessage::kSignal:
        dispatcher.OnSignal(message.signal(), record.offset, work.now(), effects);
        break;
      case events::DispatchMessage::kLease:
        dispatcher.OnLease(message.lease(), work.now(), effects);
        break;
      case events::DispatchMessage::MESSAGE_NOT_SET:
        return absl::InvalidArgumentError("a DispatchMessage without a message");
    }
    StoreAndSend(message.pool(), dispatcher, effects, work);
    return absl::OkStatus();
  }

  absl::Status OnTimer(absl::string_view key, absl::Time due, UnitOfWork& work) override {
    const ParsedKey parsed = ParseStateKey(key);
    if (parsed.names.size() != 2) return absl::InternalError("a timer whose key is of no part of a pool");
    Dispatcher& dispatcher = PoolOf(parsed.names[0]);
    DispatchEffects effects;
    switch (parsed.part) {
      case kWorkPart:
        dispatcher.OnWorkDue(parsed.names[1], work.now(), effects);
        break;
      case kAgentPart:
        dispatcher.OnAgentDue(parsed.names[1], work.now(), effects);
        break;
      case kLeasePart:
        dispatcher.OnLeaseDue(parsed.names[1], work.now(), effects);
        break;
      case kClosedPart:
        dispatcher.OnClosedDue(parsed.names[1], work.now(), effects);
        break;
      default:
        return absl::InternalError("a timer whose key is of no part of a pool");
    }
    StoreAndSend(parsed.names[0], dispatcher, effects, work);
    return absl::OkStatus();
  }

 private:
  Dispatcher& PoolOf(const std::string& pool) { return pools_.try_emplace(pool, *policy_, pool).first->second; }

  template <typename Part>
  absl::Status RestorePart(const eventlog::StateView& state, char part) {
    absl::Status parsed = absl::OkStatus();
    const std::string prefix = PartPrefix(part);
    RETURN_IF_ERROR(state.Scan(prefix, eventlog::PrefixEnd(prefix), [&](absl::string_view key, absl::string_view value) {
      Part message;
      if (!message.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
        parsed = absl::DataLossError("a part of a pool's state does not parse");
        return false;
      }
      PoolOf(ParseStateKey(key).names.at(0)).Restore(std::move(message));
      return true;
    }));
    return parsed;
  }

  template <typename Part>
  static void Store(char part, const std::string& pool, const std::string& name, const Part* state, absl::Time due,
                    UnitOfWork& work) {
    const std::string key = StateKey(part, {pool, name});
    if (state == nullptr) {
      work.Delete(key);
      work.SetTimer(key, absl::InfiniteFuture());
    } else {
      work.PutMessage(key, *state);
      work.SetTimer(key, due);
    }
  }

  static void StoreAndSend(const std::string& pool, const Dispatcher& dispatcher, const DispatchEffects& effects,
                           UnitOfWork& work);

  const std::shared_ptr<const RoutingPolicy> policy_;
  std::map<std::string, Dispatcher> pools_;
};

void DispatcherProcessor::StoreAndSend(const std::string& pool, const Dispatcher& dispatcher, const DispatchEffects& effects,
                                       UnitOfWork& work) {
  for (const std::string& id : effects.works) {
    const PoolWork* found = dispatcher.parts().FindWork(id);
    const state::v1::WorkState* state = found == nullptr ? nullptr : &found->state;
    Store(kWorkPart, pool, id, state, state == nullptr ? absl::InfiniteFuture() : Dispatcher::DueOf(*state, work.now()), work);
  }
  for (const std::string& id : effects.agents) {
    const PoolAgent* found = dispatcher.parts().FindAgent(id);
    const state::v1::AgentState* state = found == nullptr ? nullptr : &found->state;
    Store(kAgentPart, pool, id, state, state == nullptr ? absl::InfiniteFuture() : Dispatcher::DueOf(*state), work);
  }
  for (const std::string& id : effects.leases) {
    const state::v1::LeaseState* state = dispatcher.FindLease(id);
    Store(kLeasePart, pool, id, state, state == nullptr ? absl::InfiniteFuture() : TimeFrom(state->expire_time()), work);
  }
  for (const std::string& id : effects.closed) {
    const state::v1::ClosedWork* state = dispatcher.FindClosed(id);
    Store(kClosedPart, pool, id, state, state == nullptr ? absl::InfiniteFuture() : TimeFrom(state->forget_time()), work);
  }
  for (const events::DesktopNotice& notice : effects.notices) work.Emit(topics::kOffers, pool, notice);
  for (const events::CaseMessage& decision : effects.decisions) work.Emit(topics::kCases, decision.subject(), decision);
}

}  // namespace

stream::TaskDefinition DispatcherTask(std::shared_ptr<const RoutingPolicy> policy) {
  return {.kind = {.name = kDispatcherTask, .inputs = {topics::kDispatch}},
          .inbox = topics::kDispatch,
          .make_processor = [policy = std::move(policy)](int) { return std::make_unique<DispatcherProcessor>(policy); }};
}

}  // namespace touchstone::routing
