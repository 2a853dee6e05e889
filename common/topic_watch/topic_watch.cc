#include "common/topic_watch/topic_watch.h"

#include "absl/strings/str_cat.h"
#include "common/status/errors.h"
#include "common/status/macros.h"

namespace touchstone::topic_watch {
namespace {

constexpr char kFromBegin[] = "begin";

}  // namespace

absl::StatusOr<std::unique_ptr<eventlog::Tail>> OpenTailAt(eventlog::EventLog& log, absl::string_view topic,
                                                           absl::string_view resume_token) {
  eventlog::TailStart start;
  if (resume_token == kFromBegin) {
    start.from = eventlog::TailStart::From::kBegin;
  } else if (!resume_token.empty()) {
    absl::StatusOr<ids::ResumePoint> point = ids::DecodeResumeToken(topic, resume_token);
    if (!point.ok()) return status::InvalidField("resume_token", point.status().message());
    ASSIGN_OR_RETURN(const eventlog::TopicSpec spec, log.topics().Find(topic));
    if (point->offsets.size() != static_cast<size_t>(spec.partitions)) {
      return status::InvalidField("resume_token", absl::StrCat("is of a topic with ", point->offsets.size(),
                                                               " partitions; this one has ", spec.partitions));
    }
    start.from = eventlog::TailStart::From::kOffsets;
    start.next_offsets = std::move(point->offsets);
  }
  return log.OpenTail(topic, start);
}

}  // namespace touchstone::topic_watch
