#include "services/classification/journey_keys.h"

#include "absl/strings/str_cat.h"
#include "common/ids/hash.h"
#include "services/classification/domain/fold_point.h"

namespace touchstone::classification::keys {
namespace {

constexpr size_t kHashBytes = 16;
constexpr absl::string_view kEnd("\0", 1);

std::string Ordered(int64_t time_ns) {
  const uint64_t bits = static_cast<uint64_t>(time_ns) ^ (uint64_t{1} << 63);
  std::string bytes(8, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bits >> (56 - 8 * i));
  return bytes;
}

}  // namespace

std::string Head(absl::string_view name) { return absl::StrCat("h", name); }

std::string Base(absl::string_view name) { return absl::StrCat("b", name); }

std::string Touchpoints(absl::string_view name) { return absl::StrCat("t", name, kEnd); }

std::string TouchpointsFrom(absl::string_view name, int64_t time_ns) { return absl::StrCat("t", name, kEnd, Ordered(time_ns)); }

std::string Touchpoint(absl::string_view name, const events::v1::Touchpoint& touchpoint) {
  return absl::StrCat(TouchpointsFrom(name, Nanos(touchpoint.occur_time())), touchpoint.source(), kEnd, touchpoint.id());
}

std::string Repeat(absl::string_view name, const events::v1::Touchpoint& touchpoint) {
  // Where the source ends matters, so its length comes first.
  const ids::Sha256Digest digest =
      ids::Sha256(absl::StrCat(touchpoint.source().size(), ":", touchpoint.source(), touchpoint.id()));
  return absl::StrCat("d", name, kEnd, absl::string_view(reinterpret_cast<const char*>(digest.data()), kHashBytes));
}

std::string Moments(absl::string_view name) { return absl::StrCat("m", name, kEnd); }

std::string Moment(absl::string_view name, absl::string_view moment_id) {
  return absl::StrCat("m", name, kEnd, moment_id.substr(moment_id.rfind('~') + 1));
}

std::string Import(absl::string_view import_id) { return absl::StrCat("i", import_id); }

std::string ImportNames(absl::string_view import_id) { return absl::StrCat("j", import_id, kEnd); }

std::string ImportName(absl::string_view import_id, absl::string_view name) { return absl::StrCat(ImportNames(import_id), name); }

}  // namespace touchstone::classification::keys
