#pragma once

#include "services/outreach/call_context.h"
#include "touchstone/outreach/v1/preference_service.grpc.pb.h"

namespace touchstone::outreach {

// What the owner of an address wants: asked of the gate, and set by it; answered once the gate has committed it.
class PreferenceService : public v1::PreferenceService::CallbackService {
 public:
  explicit PreferenceService(const CallContext& context) : calls_(context) {}

  grpc::ServerUnaryReactor* GetPreferences(grpc::CallbackServerContext* context, const v1::GetPreferencesRequest* request,
                                           v1::GetPreferencesResponse* response) override;
  grpc::ServerUnaryReactor* SetPreferences(grpc::CallbackServerContext* context, const v1::SetPreferencesRequest* request,
                                           v1::SetPreferencesResponse* response) override;

 private:
  const CallContext calls_;
};

}  // namespace touchstone::outreach
