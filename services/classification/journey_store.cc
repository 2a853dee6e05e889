#include "services/classification/journey_store.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/classification/journey_keys.h"

namespace touchstone::classification {
namespace {

absl::Status Unreadable(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the journey state holds a ", what, " that cannot be read"));
}

// The same bytes for the same content, whatever order its attributes came in.
std::string ContentOf(events::v1::Touchpoint touchpoint) {
  touchpoint.clear_import_id();
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  touchpoint.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace

absl::StatusOr<std::optional<state::v1::Head>> ReadHead(const eventlog::StateView& state, absl::string_view name) {
  return stream::GetMessage<state::v1::Head>(state, keys::Head(name));
}

absl::StatusOr<bool> ReadHead(const eventlog::StateView& state, absl::string_view name, state::v1::Head& head) {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, state.Get(keys::Head(name)));
  if (!bytes.has_value()) return false;
  return head.ParseFromString(*bytes) ? absl::StatusOr<bool>(true) : Unreadable("head");
}

absl::StatusOr<state::v1::FoldState> ReadBase(const eventlog::StateView& state, absl::string_view name) {
  ASSIGN_OR_RETURN(std::optional<state::v1::FoldState> base, stream::GetMessage<state::v1::FoldState>(state, keys::Base(name)));
  return base.has_value() ? *std::move(base) : state::v1::FoldState();
}

absl::Status ReadTouchpoints(const eventlog::StateView& state, absl::string_view name, int64_t from_ns, int64_t until_ns,
                             VisitTouchpoint visit) {
  const std::string end = until_ns == std::numeric_limits<int64_t>::max() ? eventlog::PrefixEnd(keys::Touchpoints(name))
                                                                          : keys::TouchpointsFrom(name, until_ns + 1);
  bool readable = true;
  events::v1::Touchpoint touchpoint;
  RETURN_IF_ERROR(state.Scan(keys::TouchpointsFrom(name, from_ns), end, [&](absl::string_view key, absl::string_view value) {
    readable = touchpoint.ParseFromArray(value.data(), static_cast<int>(value.size()));
    return readable && visit(key, touchpoint);
  }));
  return readable ? absl::OkStatus() : Unreadable("touchpoint");
}

absl::StatusOr<std::vector<state::v1::MomentEntry>> ReadMoments(const eventlog::StateView& state, absl::string_view name) {
  std::vector<state::v1::MomentEntry> moments;
  bool readable = true;
  const std::string prefix = keys::Moments(name);
  RETURN_IF_ERROR(state.Scan(prefix, eventlog::PrefixEnd(prefix), [&](absl::string_view, absl::string_view value) {
    readable = moments.emplace_back().ParseFromArray(value.data(), static_cast<int>(value.size()));
    return readable;
  }));
  if (!readable) return Unreadable("moment");
  return moments;
}

absl::StatusOr<std::optional<state::v1::MomentEntry>> ReadMoment(const eventlog::StateView& state, absl::string_view name,
                                                                 absl::string_view moment_id) {
  return stream::GetMessage<state::v1::MomentEntry>(state, keys::Moment(name, moment_id));
}

absl::StatusOr<Repeat> FindRepeat(const eventlog::StateView& state, absl::string_view name,
                                  const events::v1::Touchpoint& touchpoint) {
  ASSIGN_OR_RETURN(std::optional<std::string> key, state.Get(keys::Repeat(name, touchpoint)));
  if (!key.has_value()) return Repeat{};
  ASSIGN_OR_RETURN(std::optional<events::v1::Touchpoint> kept, stream::GetMessage<events::v1::Touchpoint>(state, *key));
  if (!kept.has_value()) return Unreadable("touchpoint");
  return Repeat{true, ContentOf(*std::move(kept)) == ContentOf(touchpoint)};
}

void KeepTouchpoint(absl::string_view name, const events::v1::Touchpoint& touchpoint, std::string bytes,
                    stream::UnitOfWork& work) {
  std::string key = keys::Touchpoint(name, touchpoint);
  work.Put(key, std::move(bytes));
  work.Put(keys::Repeat(name, touchpoint), std::move(key));
}

void DropTouchpoint(absl::string_view name, const events::v1::Touchpoint& touchpoint, stream::UnitOfWork& work) {
  work.Delete(keys::Touchpoint(name, touchpoint));
  work.Delete(keys::Repeat(name, touchpoint));
}

}  // namespace touchstone::classification
