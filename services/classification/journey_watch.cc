#include "services/classification/journey_watch.h"

#include <set>

#include "common/stream/topics.h"
#include "common/topic_watch/topic_watch.h"

namespace touchstone::classification {
namespace {

// Null: the fact is not about a moment.
const events::v1::MomentOfTruth* MomentOf(const events::v1::JourneyEvent& event) {
  if (event.has_moment_found()) return &event.moment_found().moment();
  if (event.has_moment_changed()) return &event.moment_changed().moment();
  if (event.has_moment_withdrawn()) return &event.moment_withdrawn().moment();
  if (event.has_moment_moved_out()) return &event.moment_moved_out().moment();
  if (event.has_moment_moved_in()) return &event.moment_moved_in().moment();
  return nullptr;
}

bool AskedFor(const events::v1::JourneyEvent& event, const std::string& subject, const std::set<int>& kinds) {
  if (!subject.empty() && event.subject() != subject) return false;
  if (kinds.empty()) return true;
  const events::v1::MomentOfTruth* moment = MomentOf(event);
  return moment != nullptr && kinds.contains(moment->kind());
}

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::WatchSource<v1::WatchJourneyEventsResponse>>> OpenJourneyWatch(
    eventlog::EventLog& log, const v1::WatchJourneyEventsRequest& request, const std::string& subject) {
  return topic_watch::OpenTopicWatch<v1::WatchJourneyEventsResponse>(
      log, topics::kJourneyEvents, request.resume_token(),
      [subject, kinds = std::set<int>(request.moment_kinds().begin(), request.moment_kinds().end())](
          const std::string& value, v1::WatchJourneyEventsResponse& response) {
        return response.mutable_event()->ParseFromString(value) && AskedFor(response.event(), subject, kinds);
      });
}

}  // namespace touchstone::classification
