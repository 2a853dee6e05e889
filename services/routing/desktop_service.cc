#include "services/routing/desktop_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/status/macros.h"
#include "services/routing/desktop_reactor.h"

namespace touchstone::routing {

absl::StatusOr<std::unique_ptr<DesktopService>> DesktopService::Create(eventlog::EventLog& log, const clock::Clock& clock,
                                                                       rpc::StreamPump& pump, std::string instance,
                                                                       std::string pool) {
  ASSIGN_OR_RETURN(
      std::shared_ptr<DesktopHub> hub,
      DesktopHub::Open(log, pump,
                       {.instance = absl::StrCat(instance, "-", absl::ToUnixMicros(clock.Now())), .pool = std::move(pool)}));
  return std::unique_ptr<DesktopService>(new DesktopService(clock, pump, std::move(hub)));
}

DesktopService::DesktopService(const clock::Clock& clock, rpc::StreamPump& pump, std::shared_ptr<DesktopHub> hub)
    : clock_(clock), pump_(pump), hub_(std::move(hub)) {}

grpc::ServerBidiReactor<v1::ConnectRequest, v1::ConnectResponse>* DesktopService::Connect(grpc::CallbackServerContext* context) {
  DesktopStreamOptions options;
  options.instance = hub_->instance();
  options.stream_id = absl::StrCat(hub_->instance(), "-", stream_count_.fetch_add(1) + 1);
  return DesktopReactor::Begin(context, clock_, pump_, hub_, std::move(options));
}

}  // namespace touchstone::routing
