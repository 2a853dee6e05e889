#include "common/stream/record_work.h"

#include "common/clock/proto_time.h"
#include "common/status/invariant.h"
#include "common/stream/topics.h"
#include "touchstone/events/v1/dead_letter.pb.h"

namespace touchstone::stream {
namespace {

// A letter is larger than the record in it, and must not be above a record's limit itself.
constexpr size_t kBuriedBytesMax = 512 << 10;

void CheckKey(absl::string_view key) {
  INVARIANT(!key.empty() && key.front() != Timers::kReserved,
            "a processor's state key is empty or begins with the reserved byte");
}

}  // namespace

void RecordWork::Put(absl::string_view key, std::string value) {
  CheckKey(key);
  overlay_.Put(key, std::move(value));
}

void RecordWork::Delete(absl::string_view key) {
  CheckKey(key);
  overlay_.Delete(key);
}

void RecordWork::SetTimer(absl::string_view key, absl::Time due) {
  // A timer set for the past is due at once, but never again at a time at which it fired: ids of outputs hold its due time.
  status_.Update(timers_.Set(key, std::max(due, now_ + absl::Microseconds(1)), overlay_));
}

void RecordWork::Emit(absl::string_view topic, absl::string_view key, std::string value) {
  std::string id = NextRecordId();
  outputs_.push_back({{std::string(topic), std::string(key), std::move(id), std::move(value), std::nullopt}, false});
}

void RecordWork::EmitLatest(absl::string_view topic, absl::string_view key, std::string value) {
  Emit(topic, key, std::move(value));
  outputs_.back().latest_only = true;
}

void RecordWork::DeadLetter(absl::string_view reason, absl::string_view message) {
  events::v1::DeadLetter letter;
  // Two kinds of tasks may read one topic: each says by itself that it could not, and a reader must not take one for the other.
  letter.set_id(record_ == nullptr ? NextRecordId() : absl::StrCat(NextRecordId(), ":", task_kind_));
  letter.set_topic(std::string(topic_));
  letter.set_partition(partition_);
  if (record_ != nullptr) {
    letter.set_offset(record_->offset);
    letter.set_key(record_->key);
    letter.set_value(record_->value.substr(0, kBuriedBytesMax));
  }
  letter.set_reason(std::string(reason));
  letter.set_message(std::string(message));
  if (record_ != nullptr && record_->value.size() > kBuriedBytesMax) {
    letter.set_message(absl::StrCat(message, " (", kBuriedBytesMax, " of its ", record_->value.size(), " bytes are kept here)"));
  }
  letter.set_task(std::string(task_kind_));
  *letter.mutable_dead_letter_time() = clock::ToProto(now_);
  outputs_.push_back(
      {{topics::kDeadLetters, letter.key(), letter.id(), letter.SerializeAsString(), std::nullopt}, /*latest_only=*/false});
  ++dead_letter_count_;
}

}  // namespace touchstone::stream
