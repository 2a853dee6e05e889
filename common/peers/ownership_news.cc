#include "common/peers/ownership_news.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/runtime/thread_name.h"
#include "common/status/invariant.h"
#include "common/status/macros.h"
#include "common/stream/topics.h"

namespace touchstone::peers {
namespace {

constexpr int kHeardAtOnce = 1000;
constexpr char kThreadName[] = "owners";

}  // namespace

OwnershipNews::OwnershipNews(eventlog::EventLog& log, const clock::Clock& clock, OwnerTable& table, std::string instance,
                             const std::vector<std::string>& kinds, std::function<void(const absl::Status&)> trouble)
    : log_(log),
      clock_(clock),
      table_(table),
      instance_(std::move(instance)),
      trouble_(std::move(trouble)),
      to_say_(kinds.begin(), kinds.end()) {
  for (const std::string& kind : kinds) {
    owned_[kind].set_kind(kind);
    owned_[kind].set_instance(instance_);
  }
}

OwnershipNews::~OwnershipNews() {
  ending_ = true;
  changed_.Raise();
  if (thread_.joinable()) thread_.join();
}

void OwnershipNews::Begin(const std::string& address) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (auto& [kind, owned] : owned_) owned.set_address(address);
  }
  thread_ = std::thread([this] { Run(); });
}

void OwnershipNews::OnOwned(absl::string_view kind, const std::vector<int>& partitions) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto owned = owned_.find(kind);
    INVARIANT(owned != owned_.end(), absl::StrCat("no task kind ", kind, " in this process"));
    owned->second.mutable_partitions()->Assign(partitions.begin(), partitions.end());
    to_say_.insert(owned->first);
  }
  changed_.Raise();
}

void OwnershipNews::Run() {
  runtime::SetThreadName(kThreadName);
  while (!ending_) {
    const uint64_t seen = changed_.version();
    const absl::Status status = Round();
    Tell(status);
    changed_.WaitPast(seen, status.ok() ? kLookEvery : kAgainAfter);
  }
}

absl::Status OwnershipNews::Round() {
  if (const absl::Status heard = Hear(); !heard.ok()) {
    tail_ = nullptr;
    return heard;
  }
  std::vector<events::v1::TaskOwnership> to_say;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    RETURN_IF_ERROR(std::exchange(said_, absl::OkStatus()));
    if (saying_) return absl::OkStatus();
    const bool may_contest = old_news_ == nullptr && clock_.Monotonic() >= say_again_;
    for (const auto& [kind, owned] : owned_) {
      if (to_say_.contains(kind) || (may_contest && !IsHeard(owned))) to_say.push_back(owned);
    }
    if (to_say.empty()) return absl::OkStatus();
    to_say_.clear();
    saying_ = true;
  }
  Say(std::move(to_say));
  return absl::OkStatus();
}

absl::Status OwnershipNews::Hear() {
  if (tail_ == nullptr) {
    ASSIGN_OR_RETURN(const std::vector<int64_t> ends, log_.EndOffsets(topics::kOwners));
    ASSIGN_OR_RETURN(tail_, log_.OpenTail(topics::kOwners, {eventlog::TailStart::From::kBegin, {}}));
    old_news_ = std::make_unique<OwnerTable>();
    old_news_end_ = ends.front();
  }
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<eventlog::TailRecord> records, tail_->Read(kHeardAtOnce));
    for (const eventlog::TailRecord& record : records) {
      events::v1::TaskOwnership said;
      // What a later version writes there is no reason to be deaf to the rest.
      if (said.ParseFromString(record.record.value)) (old_news_ != nullptr ? *old_news_ : table_).Hear(said);
    }
    if (old_news_ != nullptr && tail_->next_offsets().front() >= old_news_end_) {
      table_.ReplaceBy(*old_news_);
      old_news_ = nullptr;
    }
    if (records.empty()) return absl::OkStatus();
  }
}

bool OwnershipNews::IsHeard(const events::v1::TaskOwnership& owned) const {
  const Owner self{owned.instance(), owned.address()};
  return std::all_of(owned.partitions().begin(), owned.partitions().end(),
                     [&](int partition) { return table_.Find(owned.kind(), partition) == self; });
}

void OwnershipNews::Say(std::vector<events::v1::TaskOwnership> owned) {
  say_again_ = clock_.Monotonic() + kAgainAfter;
  std::vector<eventlog::OutRecord> records;
  for (const events::v1::TaskOwnership& one : owned) {
    const std::string key = absl::StrCat(one.kind(), "/", instance_);
    std::string id = absl::StrCat("owners:", key, ":", absl::ToUnixNanos(clock_.Now()), ":", ++said_count_);
    records.push_back({topics::kOwners, key, std::move(id), one.SerializeAsString(), {}});
  }
  log_.Append(std::move(records),
              [this, owned = std::move(owned)](const absl::StatusOr<std::vector<eventlog::Position>>& positions) {
                {
                  const std::lock_guard<std::mutex> lock(mutex_);
                  saying_ = false;
                  said_ = positions.status();
                  if (!said_.ok()) {
                    for (const events::v1::TaskOwnership& one : owned) to_say_.insert(one.kind());
                  }
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
