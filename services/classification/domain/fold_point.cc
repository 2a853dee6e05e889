#include "services/classification/domain/fold_point.h"

#include <limits>
#include <tuple>

#include "absl/strings/string_view.h"
#include "common/clock/proto_time.h"

namespace touchstone::classification {
namespace {

auto Place(const state::v1::FoldPoint& point) {
  return std::make_tuple(point.time_ns(), point.deadline(), absl::string_view(point.source()), absl::string_view(point.id()));
}

}  // namespace

int64_t Nanos(absl::Time time) {
  // ToUnixNanos is only defined within the range.
  if (time >= absl::FromUnixNanos(std::numeric_limits<int64_t>::max())) return std::numeric_limits<int64_t>::max();
  if (time <= absl::FromUnixNanos(std::numeric_limits<int64_t>::min())) return std::numeric_limits<int64_t>::min();
  return absl::ToUnixNanos(time);
}

int64_t Nanos(const google::protobuf::Timestamp& timestamp) {
  constexpr int64_t kSecondsMax = std::numeric_limits<int64_t>::max() / 1'000'000'000;
  if (timestamp.seconds() >= kSecondsMax) return std::numeric_limits<int64_t>::max();
  if (timestamp.seconds() <= -kSecondsMax) return std::numeric_limits<int64_t>::min();
  return timestamp.seconds() * 1'000'000'000 + timestamp.nanos();
}

int64_t Nanos(absl::Duration span) { return absl::ToInt64Nanoseconds(span); }

absl::Time TimeOf(int64_t nanos) { return absl::FromUnixNanos(nanos); }

google::protobuf::Timestamp TimestampOf(int64_t nanos) { return clock::ToProto(absl::FromUnixNanos(nanos)); }

state::v1::FoldPoint PointOf(const events::v1::Touchpoint& touchpoint) {
  state::v1::FoldPoint point;
  point.set_time_ns(Nanos(touchpoint.occur_time()));
  point.set_source(touchpoint.source());
  point.set_id(touchpoint.id());
  return point;
}

state::v1::FoldPoint DeadlinePoint(int64_t time_ns) {
  state::v1::FoldPoint point;
  point.set_time_ns(time_ns);
  point.set_deadline(true);
  return point;
}

bool IsBefore(const state::v1::FoldPoint& a, const state::v1::FoldPoint& b) { return Place(a) < Place(b); }

bool IsAfter(const events::v1::Touchpoint& touchpoint, const state::v1::FoldPoint& point) {
  return Place(point) < std::make_tuple(Nanos(touchpoint.occur_time()), false, absl::string_view(touchpoint.source()),
                                        absl::string_view(touchpoint.id()));
}

}  // namespace touchstone::classification
