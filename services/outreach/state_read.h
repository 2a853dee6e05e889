#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/ids/token.h"
#include "common/stream/task_reader.h"
#include "common/stream/unit_of_work.h"

namespace touchstone::outreach {

// The position a request's token speaks of; nothing if it has none. INVALID_ARGUMENT: it is no token.
absl::StatusOr<std::optional<eventlog::Position>> AfterToken(absl::string_view token);

// Reads one message of a task's state, as TaskReader::Read does: `done` gets it, nothing where the key is not there, or the
// reader's error.
template <typename Message>
void ReadMessage(stream::TaskReader& reader, absl::string_view kind, int partition, std::optional<eventlog::Position> after,
                 absl::Time deadline, std::string key, absl::AnyInvocable<void(absl::StatusOr<std::optional<Message>>)> done) {
  auto found = std::make_shared<std::optional<Message>>();
  reader.Read(
      kind, partition, std::move(after), deadline,
      [found, key = std::move(key)](const eventlog::StateView& state, absl::Time) {
        absl::StatusOr<std::optional<Message>> message = stream::GetMessage<Message>(state, key);
        if (!message.ok()) return message.status();
        *found = *std::move(message);
        return absl::OkStatus();
      },
      [found, done = std::move(done)](absl::Status status) mutable {
        if (!status.ok()) return done(status);
        done(std::move(*found));
      });
}

}  // namespace touchstone::outreach
