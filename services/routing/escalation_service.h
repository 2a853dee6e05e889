#pragma once

#include <string>

#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/names/name_secret.h"
#include "common/rpc/stream_pump.h"
#include "common/stream/task_reader.h"
#include "touchstone/events/v1/inboxes.pb.h"
#include "touchstone/routing/v1/escalation_service.grpc.pb.h"

namespace touchstone::routing {

// Calls about escalations. What changes something is a command to the customer's case, answered from the outcome that the case
// stored for its request id: so a repeat gets the first answer, whichever instance it asks.
class EscalationService : public v1::EscalationService::CallbackService {
 public:
  // All outlive the service; `tasks` answers EscalationsQuery, `pump` is the server's.
  EscalationService(eventlog::EventLog& log, stream::TaskReader& tasks, const clock::Clock& clock,
                    const names::NameSecret& secret, rpc::StreamPump& pump)
      : log_(log), tasks_(tasks), clock_(clock), secret_(secret), pump_(pump) {}

  grpc::ServerUnaryReactor* CreateEscalation(grpc::CallbackServerContext* context, const v1::CreateEscalationRequest* request,
                                             v1::CreateEscalationResponse* response) override;
  grpc::ServerUnaryReactor* GetEscalation(grpc::CallbackServerContext* context, const v1::GetEscalationRequest* request,
                                          v1::GetEscalationResponse* response) override;
  grpc::ServerUnaryReactor* ListEscalations(grpc::CallbackServerContext* context, const v1::ListEscalationsRequest* request,
                                            v1::ListEscalationsResponse* response) override;
  grpc::ServerUnaryReactor* CancelEscalation(grpc::CallbackServerContext* context, const v1::CancelEscalationRequest* request,
                                             v1::CancelEscalationResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchEscalationsResponse>* WatchEscalations(grpc::CallbackServerContext* context,
                                                                           const v1::WatchEscalationsRequest* request) override;

 private:
  // Appends the command, waits until the case has taken it, answers with what it decided. Response: has an escalation and a
  // token.
  template <typename Response, typename Completion>
  void Command(const events::v1::CaseMessage& message, const std::string& request_id, Completion done);
  absl::Time Deadline(absl::Time stated) const;

  eventlog::EventLog& log_;
  stream::TaskReader& tasks_;
  const clock::Clock& clock_;
  const names::NameSecret& secret_;
  rpc::StreamPump& pump_;
};

// A call waits no longer than this for its task, whatever the client allows.
inline constexpr absl::Duration kCallWaitMax = absl::Seconds(30);

}  // namespace touchstone::routing
