#pragma once

#include "services/outreach/call_context.h"
#include "touchstone/outreach/v1/outreach_service.grpc.pb.h"

namespace touchstone::outreach {

// Outreaches as the planner keeps them, what is committed on outreach.v1 and outreach-requests.v1, and the way in for reports.
class OutreachService : public v1::OutreachService::CallbackService {
 public:
  explicit OutreachService(const CallContext& context) : calls_(context) {}

  grpc::ServerUnaryReactor* GetOutreach(grpc::CallbackServerContext* context, const v1::GetOutreachRequest* request,
                                        v1::GetOutreachResponse* response) override;
  grpc::ServerUnaryReactor* ListOutreaches(grpc::CallbackServerContext* context, const v1::ListOutreachesRequest* request,
                                           v1::ListOutreachesResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchOutreachesResponse>* WatchOutreaches(grpc::CallbackServerContext* context,
                                                                         const v1::WatchOutreachesRequest* request) override;
  grpc::ServerWriteReactor<v1::WatchOutreachRequestsResponse>* WatchOutreachRequests(
      grpc::CallbackServerContext* context, const v1::WatchOutreachRequestsRequest* request) override;
  // The address is looked up in the outreach: the send key leads to its subject, and the planner knows where it was sent.
  grpc::ServerUnaryReactor* ReportDelivery(grpc::CallbackServerContext* context, const v1::ReportDeliveryRequest* request,
                                           v1::ReportDeliveryResponse* response) override;

 private:
  const CallContext calls_;
};

}  // namespace touchstone::outreach
