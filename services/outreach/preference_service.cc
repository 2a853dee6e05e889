#include "services/outreach/preference_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/ids/id.h"
#include "common/ids/token.h"
#include "common/names/name_key.h"
#include "common/names/name_kind.h"
#include "common/rpc/answer.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/stream/task_reader.h"
#include "common/stream/topics.h"
#include "common/text/utf8.h"
#include "services/outreach/domain/preferences_check.h"
#include "services/outreach/gate_processor.h"
#include "services/outreach/state_keys.h"
#include "touchstone/events/v1/inboxes.pb.h"

namespace touchstone::outreach {
namespace {

namespace events = touchstone::events::v1;
using rpc::Completion;
using state::v1::AddressHead;
using state::v1::PreferenceOutcome;

constexpr size_t kRequestIdBytesMax = 128;

absl::StatusOr<std::string> AddressKeyOf(const events::Name& address, const names::NameSecret& secret) {
  absl::StatusOr<events::Name> name = names::KeyedName(secret, address);
  if (!name.ok()) return status::Annotated(name.status(), "address");
  if (names::ContactChannelOf(name->kind()) == events::CHANNEL_UNSPECIFIED) {
    return status::InvalidField("address", "is no address: an email, phone, handle or device is");
  }
  return name->key();
}

absl::Status CheckRequestId(const std::string& id) {
  if (id.empty() || id.size() > kRequestIdBytesMax) {
    return status::InvalidField("request_id", absl::StrCat("must have 1 to ", kRequestIdBytesMax, " bytes"));
  }
  if (text::HasControlCharacter(id)) return status::InvalidField("request_id", "has a control character");
  return absl::OkStatus();
}

eventlog::OutRecord ChangeRecord(const v1::SetPreferencesRequest& request, const std::string& address_key) {
  events::GateMessage message;
  message.set_address_key(address_key);
  events::ChangePreferences& change = *message.mutable_preferences();
  change.set_request_id(request.request_id());
  *change.mutable_preferences() = request.preferences();
  *change.mutable_fields() = request.fields();
  const std::string id = ids::DerivedId("preferences", {address_key, request.request_id()});
  return {topics::kGate, address_key, id, message.SerializeAsString(), {}};
}

// The answer the gate has kept for the request that was appended at `at`.
void ReadOutcome(stream::TaskReader& reader, const eventlog::Position& at, absl::Time deadline, const std::string& key,
                 Completion<v1::SetPreferencesResponse> done) {
  stream::AskMessage<PreferenceOutcome>(
      reader, {.kind = kGateKind, .partition = at.partition, .after = at, .deadline = deadline, .waits_for_no_more = true}, key,
      [at, done = std::move(done)](absl::StatusOr<std::optional<PreferenceOutcome>> outcome) mutable {
        if (!outcome.ok()) return done(outcome.status());
        if (!outcome->has_value()) return done(absl::UnavailableError("the answer was not kept; set the preferences again"));
        v1::SetPreferencesResponse answer;
        *answer.mutable_preferences() = std::move(*(*outcome)->mutable_preferences());
        answer.set_token(ids::EncodeToken({at.topic, at.partition, at.offset}));
        done(std::move(answer));
      });
}

}  // namespace

grpc::ServerUnaryReactor* PreferenceService::GetPreferences(grpc::CallbackServerContext* context,
                                                            const v1::GetPreferencesRequest* request,
                                                            v1::GetPreferencesResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::GetPreferencesResponse>& done) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string address_key, AddressKeyOf(request->address(), calls_.secret));
    ASSIGN_OR_RETURN(std::optional<eventlog::Position> after, stream::AfterToken(request->token()));
    stream::AskMessage<AddressHead>(
        calls_.reader,
        {.kind = kGateKind,
         .partition = calls_.reader.PartitionFor(kGateKind, address_key),
         .after = std::move(after),
         .deadline = std::min(done.Deadline(), calls_.clock.Now() + kReadWaitMax)},
        HeadKey(kAddressHeadPart, address_key),
        [address_key, done = std::move(done)](absl::StatusOr<std::optional<AddressHead>> head) mutable {
          if (!head.ok()) return done(head.status());
          v1::GetPreferencesResponse answer;
          if (head->has_value()) *answer.mutable_preferences() = std::move(*(*head)->mutable_preferences());
          answer.mutable_preferences()->set_address_key(address_key);
          done(std::move(answer));
        });
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* PreferenceService::SetPreferences(grpc::CallbackServerContext* context,
                                                            const v1::SetPreferencesRequest* request,
                                                            v1::SetPreferencesResponse* response) {
  return rpc::Answer(context, response, [&](Completion<v1::SetPreferencesResponse>& done) -> absl::Status {
    RETURN_IF_ERROR(CheckRequestId(request->request_id()));
    ASSIGN_OR_RETURN(const std::string address_key, AddressKeyOf(request->address(), calls_.secret));
    RETURN_IF_ERROR(CheckPreferences(request->preferences(), request->fields()));
    const absl::Time deadline = std::min(done.Deadline(), calls_.clock.Now() + kReadWaitMax);
    calls_.log.Append({ChangeRecord(*request, address_key)},
                      [&reader = calls_.reader, deadline, key = PartKey(kOutcomePart, address_key, request->request_id()),
                       done = std::move(done)](absl::StatusOr<std::vector<eventlog::Position>> positions) mutable {
                        if (!positions.ok()) return done(positions.status());
                        ReadOutcome(reader, positions->front(), deadline, key, std::move(done));
                      });
    return absl::OkStatus();
  });
}

}  // namespace touchstone::outreach
