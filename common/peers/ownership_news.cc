#include "common/peers/ownership_news.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/runtime/thread_name.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"

namespace touchstone::peers {
namespace {

constexpr int kHeardAtOnce = 1000;
constexpr char kThreadName[] = "owners";

}  // namespace

OwnershipNews::OwnershipNews(eventlog::EventLog& log, const clock::Clock& clock, OwnerTable& table, std::string instance,
                             std::function<void(const absl::Status&)> trouble)
    : log_(log), clock_(clock), table_(table), instance_(std::move(instance)), trouble_(std::move(trouble)) {
  own_.set_instance(instance_);
}

OwnershipNews::~OwnershipNews() {
  ending_ = true;
  changed_.Raise();
  if (thread_.joinable()) thread_.join();
}

void OwnershipNews::Begin(std::string address) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    own_.set_address(std::move(address));
  }
  thread_ = std::thread([this] { Run(); });
}

void OwnershipNews::OnOwned(absl::string_view kind, const std::vector<int>& partitions) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    auto& kinds = *own_.mutable_owned();
    auto owned = std::find_if(kinds.begin(), kinds.end(), [&](const auto& known) { return known.kind() == kind; });
    if (owned == kinds.end()) {
      kinds.Add()->set_kind(std::string(kind));
      owned = kinds.end() - 1;
    }
    owned->mutable_partitions()->Assign(partitions.begin(), partitions.end());
    to_say_ = true;
  }
  changed_.Raise();
}

void OwnershipNews::Run() {
  runtime::SetThreadName(kThreadName);
  while (!ending_) {
    const uint64_t seen = changed_.version();
    const absl::Status status = Round();
    Tell(status);
    if (!status.ok()) tail_ = nullptr;
    changed_.WaitPast(seen, status.ok() ? kLookEvery : kAgainAfter);
  }
}

absl::Status OwnershipNews::Round() {
  RETURN_IF_ERROR(Hear());
  events::v1::InstanceOwnership own;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    RETURN_IF_ERROR(std::exchange(said_, absl::OkStatus()));
    const bool contested = clock_.Monotonic() >= say_again_ && !IsHeard(own_);
    if (saying_ || !(to_say_ || contested)) return absl::OkStatus();
    to_say_ = false;
    saying_ = true;
    own = own_;
  }
  Say(own);
  return absl::OkStatus();
}

absl::Status OwnershipNews::Hear() {
  if (tail_ == nullptr) {
    ASSIGN_OR_RETURN(tail_, log_.OpenTail(topics::kOwners, {eventlog::TailStart::From::kBegin, {}}));
  }
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<eventlog::TailRecord> records, tail_->Read(kHeardAtOnce));
    if (records.empty()) return absl::OkStatus();
    for (const eventlog::TailRecord& record : records) {
      events::v1::InstanceOwnership said;
      // What a later version writes there is no reason to be deaf to the rest.
      if (said.ParseFromString(record.record.value)) table_.Hear(said);
    }
  }
}

bool OwnershipNews::IsHeard(const events::v1::InstanceOwnership& own) const {
  const Owner self{own.instance(), own.address()};
  return std::all_of(own.owned().begin(), own.owned().end(), [&](const events::v1::OwnedPartitions& owned) {
    return std::all_of(owned.partitions().begin(), owned.partitions().end(),
                       [&](int partition) { return table_.Find(owned.kind(), partition) == self; });
  });
}

void OwnershipNews::Say(const events::v1::InstanceOwnership& own) {
  say_again_ = clock_.Monotonic() + kAgainAfter;
  const std::string id = absl::StrCat("owners:", instance_, ":", absl::ToUnixNanos(clock_.Now()), ":", ++said_count_);
  log_.Append({{topics::kOwners, instance_, id, own.SerializeAsString(), {}}},
              [this](const absl::StatusOr<std::vector<eventlog::Position>>& positions) {
                {
                  const std::lock_guard<std::mutex> lock(mutex_);
                  saying_ = false;
                  said_ = positions.status();
                  if (!said_.ok()) to_say_ = true;
                }
                changed_.Raise();
              });
}

void OwnershipNews::Tell(const absl::Status& status) {
  std::string text(status.message());
  if (text == told_) return;
  told_ = std::move(text);
  if (!status.ok() && trouble_) trouble_(status);
}

}  // namespace touchstone::peers
