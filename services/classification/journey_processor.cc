#include "services/classification/journey_processor.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/imports.h"
#include "services/classification/journey_keys.h"
#include "services/classification/journey_step.h"
#include "services/classification/journey_store.h"
#include "touchstone/events/v1/inboxes.pb.h"

namespace touchstone::classification {

stream::TaskDefinition JourneyTask(std::shared_ptr<const Pack> pack) {
  stream::TaskDefinition task;
  task.kind.name = kJourneyTask;
  task.kind.inputs = {topics::kTouchpoints, topics::kNames};
  task.kind.broadcasts = {topics::kControl};
  task.inbox = topics::kNames;
  task.make_processor = [pack = std::move(pack)](int) { return std::make_unique<JourneyProcessor>(pack); };
  return task;
}

absl::Status JourneyProcessor::OnRecord(absl::string_view topic, const eventlog::Record& record, stream::UnitOfWork& work) {
  if (topic == topics::kTouchpoints) return OnTouchpoint(record, work);
  if (topic == topics::kNames) return OnNameMessage(record, work);
  if (topic == topics::kControl) return OnControl(record, work);
  return absl::InternalError(absl::StrCat("the journey task reads no topic '", topic, "'"));
}

absl::Status JourneyProcessor::OnTouchpoint(const eventlog::Record& record, stream::UnitOfWork& work) {
  arena_.Clear();
  auto& touchpoint = arena_.Make<events::v1::Touchpoint>();
  if (!touchpoint.ParseFromString(record.value)) return absl::InvalidArgumentError("the record is not a Touchpoint");
  if (touchpoint.id().empty() || touchpoint.source().empty() || !touchpoint.has_occur_time()) {
    return absl::InvalidArgumentError("the touchpoint has no id, no source or no occur_time");
  }
  const std::string& name = record.key;
  ASSIGN_OR_RETURN(const Repeat repeat, FindRepeat(work, name, touchpoint));
  if (repeat.known) {
    if (!repeat.same) work.DeadLetter("CONFLICTING_CONTENT", "a touchpoint of this source and id is known with other content");
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(state::v1::Head * known, heads_.Find(work, name));
  state::v1::Head& head = known != nullptr ? *known : heads_.Make(name);
  if (known == nullptr) head.set_pack_fingerprint(pack_->fingerprint());
  if (head.has_base_point() && !IsAfter(touchpoint, head.base_point())) {
    head.set_too_late_count(head.too_late_count() + 1);
    work.PutMessage(keys::Head(name), head);
    return absl::OkStatus();
  }
  KeepTouchpoint(name, touchpoint, record.value, work);
  const int64_t time_ns = Nanos(touchpoint.occur_time());
  if (head.kept_count() == 0 || time_ns < head.oldest_ns()) head.set_oldest_ns(time_ns);
  head.set_kept_count(head.kept_count() + 1);
  RETURN_IF_ERROR(ForgetEndedImports(work, head));
  if (!touchpoint.import_id().empty()) RETURN_IF_ERROR(NoteImport(touchpoint.import_id(), name, head, work));
  return JourneyStep(*pack_, name, head, work).Take(&touchpoint, false);
}

absl::Status JourneyProcessor::OnNameMessage(const eventlog::Record& record, stream::UnitOfWork& work) {
  events::v1::NameMessage message;
  if (!message.ParseFromString(record.value)) return absl::InvalidArgumentError("the record is not a NameMessage");
  if (!message.has_refold()) return absl::OkStatus();
  ASSIGN_OR_RETURN(state::v1::Head * head, heads_.Find(work, record.key));
  if (head == nullptr) return absl::OkStatus();
  RETURN_IF_ERROR(ForgetEndedImports(work, *head));
  return JourneyStep(*pack_, record.key, *head, work).Take(nullptr, true);
}

absl::Status JourneyProcessor::OnControl(const eventlog::Record& record, stream::UnitOfWork& work) {
  events::v1::ControlRecord control;
  if (!control.ParseFromString(record.value)) return absl::InvalidArgumentError("the record is not a ControlRecord");
  // A begun import announces nothing that its first touchpoint does not.
  if (!control.has_import_ended()) return absl::OkStatus();
  return EndImport(control.import_ended().import_id(), work);
}

absl::Status JourneyProcessor::OnTimer(absl::string_view key, absl::Time due, stream::UnitOfWork& work) {
  return key[0] == keys::kImportPart ? OnImportEnd(key, work) : OnNameTimer(key.substr(1), work);
}

absl::Status JourneyProcessor::OnNameTimer(absl::string_view name, stream::UnitOfWork& work) {
  ASSIGN_OR_RETURN(state::v1::Head * head, heads_.Find(work, name));
  if (head == nullptr) return absl::OkStatus();
  head->clear_timer_ns();
  RETURN_IF_ERROR(ForgetEndedImports(work, *head));
  return JourneyStep(*pack_, name, *head, work).Take(nullptr, false);
}

absl::Status JourneyProcessor::OnImportEnd(absl::string_view key, stream::UnitOfWork& work) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, OnImportTimer(key, work));
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(state::v1::Head * head, heads_.Find(work, name));
    if (head == nullptr) continue;
    RETURN_IF_ERROR(ForgetEndedImports(work, *head));
    RETURN_IF_ERROR(JourneyStep(*pack_, name, *head, work).Take(nullptr, false));
  }
  return absl::OkStatus();
}

}  // namespace touchstone::classification
