#pragma once

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message_lite.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/eventlog/state_view.h"

namespace touchstone::stream {

// The message's bytes, the same for the same content, maps included: what is written must not depend on where it was made.
inline std::string StableBytes(const google::protobuf::MessageLite& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream output(&stream);
  output.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&output);
  output.Trim();
  return bytes;
}

// What one record or timer does to one task: state, timers, outputs. All of it happens, or none. Handed to a Processor for
// the length of one call; used by one thread.
class UnitOfWork : public eventlog::StateView {
 public:
  // Task time: the same for the same committed input, whenever it is processed. Never goes back.
  virtual absl::Time now() const = 0;
  virtual int partition() const = 0;

  // Get and Scan (of StateView) see what this task has written, committed or not.
  virtual void Put(absl::string_view key, std::string value) = 0;
  virtual void Delete(absl::string_view key) = 0;

  // One timer a key; setting it again moves it. It fires once, inside a unit of work, when task time has passed `due`;
  // InfiniteFuture cancels.
  virtual void SetTimer(absl::string_view key, absl::Time due) = 0;

  // Writes a record with an id derived from what is being processed and its index.
  virtual void Emit(absl::string_view topic, absl::string_view key, std::string value) = 0;

  // As Emit, but of several to one topic and key within a commit only the last is written.
  virtual void EmitLatest(absl::string_view topic, absl::string_view key, std::string value) = 0;

  // The id that the next Emit will give, for messages that carry their own.
  virtual std::string NextRecordId() const = 0;

  // Puts the record being processed on `dead-letters.v1`; what the processor does besides stays. Reason is UPPER_SNAKE, message
  // says what and where, without personal data.
  virtual void DeadLetter(absl::string_view reason, absl::string_view message) = 0;

  void Emit(absl::string_view topic, absl::string_view key, const google::protobuf::MessageLite& message) {
    Emit(topic, key, StableBytes(message));
  }
  void PutMessage(absl::string_view key, const google::protobuf::MessageLite& message) { Put(key, StableBytes(message)); }
};

// The message stored at a key; nothing if the key is not there. DATA_LOSS: what is there is not a Message.
template <typename Message>
absl::StatusOr<std::optional<Message>> GetMessage(const eventlog::StateView& state, absl::string_view key) {
  absl::StatusOr<std::optional<std::string>> value = state.Get(key);
  if (!value.ok()) return value.status();
  if (!value->has_value()) return std::optional<Message>();
  std::optional<Message> message(std::in_place);
  if (!message->ParseFromString(**value)) return absl::DataLossError(absl::StrCat("state is not a ", message->GetTypeName()));
  return message;
}

}  // namespace touchstone::stream
