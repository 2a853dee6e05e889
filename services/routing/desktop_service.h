#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/rpc/stream_pump.h"
#include "services/routing/desktop_hub.h"
#include "touchstone/routing/v1/desktop_service.grpc.pb.h"

namespace touchstone::routing {

// The agent desktops' streams: what they say goes to dispatch.v1, what the dispatcher says to them comes from offers.v1, which
// only shows what is durable. What a stream means is domain/desktop_stream.h; here it meets gRPC.
class DesktopService : public v1::DesktopService::CallbackService {
 public:
  // All outlive the service; `pump` is the server's. `instance` names this process among all instances (each run of it
  // gets a name of its own from that), `pool` is the policy's.
  // An error is the log's.
  static absl::StatusOr<std::unique_ptr<DesktopService>> Create(eventlog::EventLog& log, const clock::Clock& clock,
                                                                rpc::StreamPump& pump, std::string instance, std::string pool);

  grpc::ServerBidiReactor<v1::ConnectRequest, v1::ConnectResponse>* Connect(grpc::CallbackServerContext* context) override;

 private:
  DesktopService(const clock::Clock& clock, rpc::StreamPump& pump, std::shared_ptr<DesktopHub> hub);

  const clock::Clock& clock_;
  rpc::StreamPump& pump_;
  const std::shared_ptr<DesktopHub> hub_;
  std::atomic<int64_t> stream_count_{0};
};

}  // namespace touchstone::routing
