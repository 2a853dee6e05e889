#include "services/outreach/outreach_list.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/eventlog/state_view.h"
#include "common/ids/token.h"
#include "common/status/errors.h"
#include "services/outreach/planner_processor.h"
#include "services/outreach/state_keys.h"

namespace touchstone::outreach {
namespace {

using Done = absl::AnyInvocable<void(absl::StatusOr<v1::ListOutreachesResponse>)>;

// One page being gathered; handed from read to read.
class Gathering : public std::enable_shared_from_this<Gathering> {
 public:
  Gathering(stream::TaskReader& reader, const OutreachQuery& query, OutreachCursor from, absl::Time deadline, Done done)
      : reader_(reader), query_(query), at_(std::move(from)), deadline_(deadline), done_(std::move(done)) {}

  void ReadOn() {
    const auto self = shared_from_this();
    reader_.Read(
        kPlannerKind, at_.partition, std::nullopt, deadline_,
        [self](const eventlog::StateView& state, absl::Time) { return self->Scan(state); },
        [self](absl::Status status) { self->AfterRead(status); });
  }

 private:
  // On the task's thread: takes what fits, and remembers whether the partition is at its end.
  absl::Status Scan(const eventlog::StateView& state) {
    const std::string prefix =
        query_.subject.empty() ? std::string(1, kOutreachPart) : PartKey(kOutreachPart, query_.subject, "");
    const std::string begin = at_.after_key.empty() ? prefix : at_.after_key + '\0';
    int scanned = 0;
    partition_done_ = true;
    absl::Status broken;
    const absl::Status status =
        state.Scan(begin, eventlog::PrefixEnd(prefix), [&](absl::string_view key, absl::string_view value) {
          if (page_.outreaches_size() == query_.page_size || scanned == kScannedKeysMax) {
            partition_done_ = false;
            return false;
          }
          ++scanned;
          at_.after_key = std::string(key);
          state::v1::PlannedOutreach planned;
          if (!planned.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
            broken = absl::DataLossError("state is not a PlannedOutreach");
            return false;
          }
          if (query_.statuses.empty() || query_.statuses.count(planned.outreach().status()) > 0) {
            page_.mutable_outreaches()->Add(std::move(*planned.mutable_outreach()));
          }
          return true;
        });
    return broken.ok() ? status : broken;
  }

  void AfterRead(const absl::Status& status) {
    if (!status.ok()) return std::move(done_)(status);
    if (partition_done_) {
      const bool is_last = !query_.subject.empty() || at_.partition + 1 == reader_.PartitionCount(kPlannerKind);
      if (is_last) return std::move(done_)(std::move(page_));
      at_ = {at_.partition + 1, ""};
      return ReadOn();
    }
    page_.set_next_page_token(ids::EncodePageToken(query_.Text(), at_.Text()));
    std::move(done_)(std::move(page_));
  }

  stream::TaskReader& reader_;
  const OutreachQuery query_;
  OutreachCursor at_;
  const absl::Time deadline_;
  Done done_;
  v1::ListOutreachesResponse page_;
  bool partition_done_ = false;
};

}  // namespace

std::string OutreachQuery::Text() const { return absl::StrCat(absl::StrJoin(statuses, ","), "/", subject); }

std::string OutreachCursor::Text() const { return absl::StrCat(partition, " ", after_key); }

absl::StatusOr<OutreachCursor> OutreachCursor::Parse(absl::string_view text) {
  OutreachCursor cursor;
  const size_t blank = text.find(' ');
  if (blank == absl::string_view::npos || !absl::SimpleAtoi(text.substr(0, blank), &cursor.partition) || cursor.partition < 0) {
    return status::InvalidField("page_token", "is no token of this list");
  }
  cursor.after_key = std::string(text.substr(blank + 1));
  return cursor;
}

void GatherPage(stream::TaskReader& reader, const OutreachQuery& query, const OutreachCursor& from, absl::Time deadline,
                Done done) {
  std::make_shared<Gathering>(reader, query, from, deadline, std::move(done))->ReadOn();
}

}  // namespace touchstone::outreach
