#pragma once

#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/names/name_secret.h"
#include "common/rpc/stream_pump.h"
#include "common/stream/task_reader.h"

namespace touchstone::outreach {

// What the service adapters of outreach call on. All outlive the adapters; all are for any thread.
struct CallContext {
  eventlog::EventLog& log;
  // Reads the planner and the gate.
  stream::TaskReader& reader;
  rpc::StreamPump& pump;
  const clock::Clock& clock;
  const names::NameSecret& secret;
};

// A read waits no longer than this for the write whose token it brings, whatever its deadline.
inline constexpr absl::Duration kReadWaitMax = absl::Seconds(30);

}  // namespace touchstone::outreach
