#include "services/routing/escalation_list.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/ids/token.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "services/routing/case_processor.h"
#include "services/routing/state_keys.h"
#include "touchstone/routing/state/v1/case_state.pb.h"

namespace touchstone::routing {

namespace {

constexpr int kPageSizeDefault = 50;
constexpr int kPageSizeMax = 500;
// Looked at in one read of the task, which stands still meanwhile.
constexpr int kVisitedMax = 5'000;

// The query that a page token is bound to.
std::string QueryOf(v1::ListEscalationsRequest request, absl::string_view subject) {
  request.clear_page_size();
  request.clear_page_token();
  request.clear_name();  // Its key stands for it: a token holds no personal data.
  return absl::StrCat(request.SerializeAsString(), "/", subject);
}

// A list in progress; it lives as long as a read of it does.
class ListRun : public std::enable_shared_from_this<ListRun> {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<v1::ListEscalationsResponse>)>;

  ListRun(stream::TaskReader& tasks, std::string query, std::string subject, absl::Time deadline, Done done)
      : tasks_(tasks), query_(std::move(query)), subject_(std::move(subject)), deadline_(deadline), done_(std::move(done)) {}

  absl::Status Prepare(const v1::ListEscalationsRequest& request) {
    if (request.page_size() < 0) return status::InvalidField("page_size", "must not be negative");
    page_size_ = request.page_size() == 0 ? kPageSizeDefault : std::min(request.page_size(), kPageSizeMax);
    for (int each : request.statuses()) statuses_.push_back(each);
    partition_ = subject_.empty() ? 0 : tasks_.PartitionFor(kCaseTask, subject_);
    if (request.page_token().empty()) return absl::OkStatus();
    absl::StatusOr<std::string> cursor = ids::DecodePageToken(query_, request.page_token());
    if (!cursor.ok()) return status::InvalidField("page_token", cursor.status().message());
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(*cursor, absl::MaxSplits('/', 1));
    if (!absl::SimpleAtoi(parts.first, &partition_) || partition_ < 0 || partition_ >= tasks_.PartitionCount(kCaseTask)) {
      return status::InvalidField("page_token", "is damaged: start again without it");
    }
    after_ = std::string(parts.second);
    return absl::OkStatus();
  }

  void ReadOn() {
    auto self = shared_from_this();
    tasks_.Read(
        kCaseTask, partition_, std::nullopt, deadline_,
        [self](const eventlog::StateView& state, absl::Time) { return self->Visit(state); },
        [self](absl::Status status) { self->OnRead(status); });
  }

  void Fail(const absl::Status& status) { std::move(done_)(status); }

 private:
  absl::Status Visit(const eventlog::StateView& state) {
    const std::string prefix = subject_.empty() ? PartPrefix(kEscalationPart) : StateKey(kEscalationPart, {subject_}) + "~";
    const std::string begin = after_.empty() ? prefix : StateKey(kEscalationPart, {after_}) + '\0';
    int visited = 0;
    absl::Status parsed;
    partition_done_ = true;
    RETURN_IF_ERROR(state.Scan(begin, eventlog::PrefixEnd(prefix), [&](absl::string_view key, absl::string_view value) {
      if (++visited > kVisitedMax || response_.escalations_size() >= page_size_) {
        partition_done_ = false;
        return false;
      }
      state::v1::EscalationState found;
      if (!found.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
        parsed = absl::DataLossError("an escalation's state does not parse");
        return false;
      }
      after_ = found.escalation().id();
      if (Wanted(found.escalation())) *response_.add_escalations() = std::move(*found.mutable_escalation());
      return true;
    }));
    return parsed;
  }

  bool Wanted(const events::v1::Escalation& escalation) const {
    return statuses_.empty() || std::find(statuses_.begin(), statuses_.end(), escalation.status()) != statuses_.end();
  }

  void OnRead(const absl::Status& status) {
    if (!status.ok()) return Fail(status);
    const bool full = response_.escalations_size() >= page_size_;
    if (partition_done_) {
      ++partition_;
      after_.clear();
    }
    const bool at_end = partition_done_ && (!subject_.empty() || partition_ >= tasks_.PartitionCount(kCaseTask));
    if (!full && !at_end) return ReadOn();
    if (!at_end) response_.set_next_page_token(ids::EncodePageToken(query_, absl::StrCat(partition_, "/", after_)));
    std::move(done_)(std::move(response_));
  }

  stream::TaskReader& tasks_;
  const std::string query_;
  const std::string subject_;
  const absl::Time deadline_;
  Done done_;
  int page_size_ = kPageSizeDefault;
  std::vector<int> statuses_;
  int partition_ = 0;
  // The last one looked at in this partition.
  std::string after_;
  bool partition_done_ = false;
  v1::ListEscalationsResponse response_;
};

}  // namespace

void ListEscalations(stream::TaskReader& tasks, const v1::ListEscalationsRequest& request, absl::string_view subject,
                     absl::Time deadline, absl::AnyInvocable<void(absl::StatusOr<v1::ListEscalationsResponse>)> done) {
  auto run = std::make_shared<ListRun>(tasks, QueryOf(request, subject), std::string(subject), deadline, std::move(done));
  if (const absl::Status ready = run->Prepare(request); !ready.ok()) return run->Fail(ready);
  run->ReadOn();
}

}  // namespace touchstone::routing
