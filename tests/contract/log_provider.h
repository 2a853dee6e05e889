#pragma once

#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "common/eventlog/event_log.h"

namespace touchstone::eventlog {

// How the contract suite gets the log under test: one provider a test, with a storage of its own that is empty at first.
class LogProvider {
 public:
  virtual ~LogProvider() = default;

  // Opens the log over the provider's storage: what the log before it left there. One at a time.
  virtual std::unique_ptr<EventLog> Open(const TopicCatalog& topics) = 0;

  // Ends a log as a kill of its process does, members and tails being gone already. False: it cannot, and has done nothing.
  virtual bool Kill(std::unique_ptr<EventLog>& log) { return false; }

  // Lets what was appended and committed become durable, where that does not happen by itself.
  virtual void Settle(EventLog& log) {}

  // While held, nothing that is written becomes durable. False: it cannot be held.
  virtual bool HoldDurability(bool hold) { return false; }

  // Time passes. With the machine's clock nothing needs to be done.
  virtual void Advance(absl::Duration by) {}

  // Whether Fetch shows what is not durable yet.
  virtual bool fetches_before_durable() const { return false; }
};

using MakeLogProvider = std::function<std::unique_ptr<LogProvider>()>;

}  // namespace touchstone::eventlog
