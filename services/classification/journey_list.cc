#include "services/classification/journey_list.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/eventlog/state_view.h"
#include "common/ids/token.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "services/classification/domain/digest.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/journey_keys.h"
#include "services/classification/journey_processor.h"
#include "touchstone/classification/state/v1/journey_state.pb.h"

namespace touchstone::classification {
namespace {

using Done = absl::AnyInvocable<void(absl::StatusOr<v1::ListJourneysResponse>)>;

// Where the next page begins: after this key of the state, in this partition.
struct Cursor {
  int partition = 0;
  std::string after_key;

  std::string Text() const { return absl::StrCat(partition, " ", after_key); }
};

absl::StatusOr<Cursor> CursorOf(absl::string_view query, const std::string& token, int partitions) {
  Cursor cursor;
  if (token.empty()) return cursor;
  absl::StatusOr<std::string> text = ids::DecodePageToken(query, token);
  if (!text.ok()) return status::Annotated(text.status(), "page_token");
  const size_t blank = text->find(' ');
  const bool read = blank != std::string::npos && absl::SimpleAtoi(text->substr(0, blank), &cursor.partition);
  if (!read || cursor.partition < 0 || cursor.partition >= partitions)
    return status::InvalidField("page_token", "is no token of this list");
  cursor.after_key = text->substr(blank + 1);
  return cursor;
}

// One page being gathered; handed from read to read.
class Gathering : public std::enable_shared_from_this<Gathering> {
 public:
  Gathering(stream::TaskReader& reader, const v1::ListJourneysRequest& request, std::string query, int page_size, Cursor from,
            absl::Time deadline, Done done)
      : reader_(reader),
        stage_(request.stage()),
        strikes_(request.min_strike_hundredths()),
        query_(std::move(query)),
        page_size_(page_size),
        at_(std::move(from)),
        deadline_(deadline),
        done_(std::move(done)) {}

  void ReadOn() {
    const auto self = shared_from_this();
    reader_.Read(
        kJourneyTask, at_.partition, std::nullopt, deadline_,
        [self](const eventlog::StateView& state, absl::Time now) { return self->Scan(state, now); },
        [self](absl::Status status) { self->AfterRead(status); });
  }

 private:
  // On the task's thread: takes what fits, and remembers whether the partition is at its end.
  absl::Status Scan(const eventlog::StateView& state, absl::Time now) {
    const std::string prefix(1, keys::kHeadPart);
    const std::string begin = at_.after_key.empty() ? prefix : at_.after_key + '\0';
    int scanned = 0;
    bool readable = true;
    partition_done_ = true;
    RETURN_IF_ERROR(state.Scan(begin, eventlog::PrefixEnd(prefix), [&](absl::string_view key, absl::string_view value) {
      if (page_.journeys_size() == page_size_ || scanned == kScannedMax) {
        partition_done_ = false;
        return false;
      }
      ++scanned;
      at_.after_key = std::string(key);
      state::v1::Head head;
      readable = head.ParseFromArray(value.data(), static_cast<int>(value.size()));
      if (readable) Take(DigestOf(head, key.substr(1), Nanos(now)));
      return readable;
    }));
    return readable ? absl::OkStatus() : absl::DataLossError("the journey state holds a head that cannot be read");
  }

  void Take(events::v1::JourneyDigest digest) {
    if (stage_ != events::v1::STAGE_UNSPECIFIED && digest.stage() != stage_) return;
    if (digest.strike_hundredths() < strikes_) return;
    *page_.add_journeys() = std::move(digest);
  }

  void AfterRead(const absl::Status& status) {
    if (!status.ok()) return done_(status);
    if (partition_done_) {
      if (at_.partition + 1 >= reader_.PartitionCount(kJourneyTask)) return done_(std::move(page_));
      at_ = {at_.partition + 1, ""};
      return ReadOn();
    }
    page_.set_next_page_token(ids::EncodePageToken(query_, at_.Text()));
    done_(std::move(page_));
  }

  stream::TaskReader& reader_;
  const events::v1::Stage stage_;
  const int32_t strikes_;
  const std::string query_;
  const int page_size_;
  Cursor at_;
  const absl::Time deadline_;
  Done done_;
  v1::ListJourneysResponse page_;
  bool partition_done_ = false;
};

}  // namespace

absl::StatusOr<int> PageSizeOf(int asked) {
  if (asked < 0) return status::InvalidField("page_size", "is below zero");
  return asked == 0 ? kPageSizeDefault : std::min(asked, kPageSizeMax);
}

void GatherJourneys(stream::TaskReader& reader, const v1::ListJourneysRequest& request, absl::Time deadline, Done done) {
  const std::string query = absl::StrCat("journeys ", request.stage(), " ", request.min_strike_hundredths());
  absl::StatusOr<int> page_size = PageSizeOf(request.page_size());
  if (!page_size.ok()) return done(page_size.status());
  absl::StatusOr<Cursor> from = CursorOf(query, request.page_token(), reader.PartitionCount(kJourneyTask));
  if (!from.ok()) return done(from.status());
  std::make_shared<Gathering>(reader, request, query, *page_size, *std::move(from), deadline, std::move(done))->ReadOn();
}

}  // namespace touchstone::classification
