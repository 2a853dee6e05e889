#include "services/routing/escalation_watch.h"

#include <string>

#include "common/status/macros.h"
#include "common/stream/topics.h"
#include "common/topic_watch/topic_watch.h"
#include "services/routing/escalation_request.h"

namespace touchstone::routing {

absl::StatusOr<std::unique_ptr<rpc::WatchSource<v1::WatchEscalationsResponse>>> OpenEscalationWatch(
    eventlog::EventLog& log, const v1::WatchEscalationsRequest& request) {
  if (!request.escalation_id().empty()) {
    RETURN_IF_ERROR(SubjectOf(request.escalation_id()).status());
  }
  return topic_watch::OpenTopicWatch<v1::WatchEscalationsResponse>(
      log, topics::kEscalations, request.resume_token(),
      [id = request.escalation_id()](const std::string& value, v1::WatchEscalationsResponse& response) {
        return response.mutable_escalation()->ParseFromString(value) && (id.empty() || response.escalation().id() == id);
      });
}

}  // namespace touchstone::routing
