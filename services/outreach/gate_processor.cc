#include "services/outreach/gate_processor.h"

#include <optional>
#include <string>
#include <utility>

#include "common/clock/proto_time.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"
#include "services/outreach/state_keys.h"
#include "touchstone/events/v1/inboxes.pb.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;

absl::StatusOr<AddressBook> LoadBook(absl::string_view address_key, const stream::UnitOfWork& work) {
  ASSIGN_OR_RETURN(std::optional<state::v1::AddressHead> head,
                   stream::GetMessage<state::v1::AddressHead>(work, HeadKey(kAddressHeadPart, address_key)));
  auto load = [&work, owner = std::string(address_key)](absl::string_view send_key) {
    return stream::GetMessage<state::v1::GateSend>(work, PartKey(kSendPart, owner, send_key));
  };
  return AddressBook(address_key, std::move(head).value_or(state::v1::AddressHead()), std::move(load));
}

void StoreBook(AddressBook& book, stream::UnitOfWork& work) {
  const std::string head_key = HeadKey(kAddressHeadPart, book.address_key());
  if (book.head_changed() && book.head().ByteSizeLong() == 0) {
    work.Delete(head_key);
  } else if (book.head_changed()) {
    work.PutMessage(head_key, book.head());
  }
  for (const std::string& send_key : book.changed()) {
    const state::v1::GateSend& send = *book.Find(send_key);
    const std::string key = PartKey(kSendPart, book.address_key(), send_key);
    work.PutMessage(key, send);
    work.SetTimer(key, clock::TimeFrom(send.wake_time()));
  }
  for (const std::string& send_key : book.forgotten()) work.Delete(PartKey(kSendPart, book.address_key(), send_key));
}

absl::Status Keep(AddressBook& book, const GateFacts& facts, stream::UnitOfWork& work) {
  RETURN_IF_ERROR(book.status());
  StoreBook(book, work);
  for (const events::OutreachRequest& request : facts.requests) work.Emit(topics::kOutreachRequests, book.address_key(), request);
  if (facts.preferences.has_value()) work.Emit(topics::kPreferences, book.address_key(), *facts.preferences);
  for (const GateFacts::Answer& answer : facts.answers) {
    events::PlayMessage message;
    message.set_subject(answer.subject);
    *message.mutable_answer() = answer.answer;
    work.Emit(topics::kPlays, answer.subject, message);
  }
  if (facts.unknown_send)
    work.DeadLetter("UNKNOWN_SEND_KEY", "a delivery report names a send that was not requested from this address");
  return absl::OkStatus();
}

// False: there is an answer to it already, the request is a repeat.
absl::StatusOr<bool> IsFirst(const std::string& key, const stream::UnitOfWork& work) {
  ASSIGN_OR_RETURN(const std::optional<std::string> known, work.Get(key));
  return !known.has_value();
}

void KeepOutcome(const std::string& key, const AddressBook& book, stream::UnitOfWork& work) {
  state::v1::PreferenceOutcome outcome;
  *outcome.mutable_preferences() = book.head().preferences();
  *outcome.mutable_decide_time() = clock::ToProto(work.now());
  work.PutMessage(key, outcome);
  work.SetTimer(key, work.now() + kKeepOutcome);
}

}  // namespace

absl::Status GateProcessor::OnRecord(absl::string_view topic, const eventlog::Record& record, stream::UnitOfWork& work) {
  events::GateMessage message;
  if (!message.ParseFromString(record.value)) return absl::InvalidArgumentError("a record of gate.v1 is not a GateMessage");
  ASSIGN_OR_RETURN(AddressBook book, LoadBook(record.key, work));
  GateFacts facts;
  switch (message.message_case()) {
    case events::GateMessage::kIntent:
      gate_.OnIntent(message.intent(), work.now(), book, facts);
      break;
    case events::GateMessage::kRecall:
      gate_.OnRecall(message.recall(), work.now(), book, facts);
      break;
    case events::GateMessage::kReport:
      gate_.OnReport(message.report(), work.now(), book, facts);
      break;
    case events::GateMessage::kPreferences: {
      const std::string key = PartKey(kOutcomePart, record.key, message.preferences().request_id());
      ASSIGN_OR_RETURN(const bool is_first, IsFirst(key, work));
      if (!is_first) return absl::OkStatus();
      gate_.OnPreferences(message.preferences(), work.now(), book, facts);
      KeepOutcome(key, book, work);
      break;
    }
    default:
      return absl::InvalidArgumentError("a record of gate.v1 holds no message that is known");
  }
  return Keep(book, facts, work);
}

absl::Status GateProcessor::OnTimer(absl::string_view key, absl::Time due, stream::UnitOfWork& work) {
  const KeyPieces pieces = CutKey(key);
  if (pieces.part == kOutcomePart) {
    work.Delete(key);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(AddressBook book, LoadBook(pieces.owner, work));
  GateFacts facts;
  gate_.OnWake(pieces.rest, work.now(), book, facts);
  return Keep(book, facts, work);
}

stream::TaskDefinition GateTask(std::shared_ptr<const GatePolicy> policy) {
  stream::TaskDefinition task;
  task.kind.name = kGateKind;
  task.kind.inputs = {topics::kGate};
  task.inbox = topics::kGate;
  task.make_processor = [policy = std::move(policy)](int) -> std::unique_ptr<stream::Processor> {
    return std::make_unique<GateProcessor>(*policy);
  };
  return task;
}

}  // namespace touchstone::outreach
