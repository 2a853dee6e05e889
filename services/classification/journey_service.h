#pragma once

#include "common/clock/clock.h"
#include "common/eventlog/event_log.h"
#include "common/names/name_secret.h"
#include "common/rpc/stream_pump.h"
#include "common/stream/task_reader.h"
#include "touchstone/classification/v1/journey_service.grpc.pb.h"

namespace touchstone::classification {

// What the adapter calls on. All of it outlives the adapter and is for any thread.
struct JourneyCalls {
  eventlog::EventLog& log;
  // Its journey task answers JourneyQueries.
  stream::TaskReader& reader;
  rpc::StreamPump& pump;
  const clock::Clock& clock;
  const names::NameSecret& secret;
};

// Journeys as their task keeps them, and facts as they lie on journey-events.v1.
class JourneyService : public v1::JourneyService::CallbackService {
 public:
  explicit JourneyService(const JourneyCalls& calls) : calls_(calls) {}

  grpc::ServerUnaryReactor* GetJourney(grpc::CallbackServerContext* context, const v1::GetJourneyRequest* request,
                                       v1::GetJourneyResponse* response) override;
  grpc::ServerUnaryReactor* ListJourneys(grpc::CallbackServerContext* context, const v1::ListJourneysRequest* request,
                                         v1::ListJourneysResponse* response) override;
  grpc::ServerUnaryReactor* GetMoment(grpc::CallbackServerContext* context, const v1::GetMomentRequest* request,
                                      v1::GetMomentResponse* response) override;
  grpc::ServerUnaryReactor* ListMoments(grpc::CallbackServerContext* context, const v1::ListMomentsRequest* request,
                                        v1::ListMomentsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchJourneyEventsResponse>* WatchJourneyEvents(
      grpc::CallbackServerContext* context, const v1::WatchJourneyEventsRequest* request) override;
  grpc::ServerUnaryReactor* ExplainMoment(grpc::CallbackServerContext* context, const v1::ExplainMomentRequest* request,
                                          v1::ExplainMomentResponse* response) override;

 private:
  const JourneyCalls calls_;
};

}  // namespace touchstone::classification
