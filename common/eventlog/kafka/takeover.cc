#include "common/eventlog/kafka/takeover.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::kafka {
namespace {

// Severities of syslog's.
constexpr int kWarning = 4;
constexpr int kNotice = 5;

}  // namespace

absl::Status Takeover::Begin(const std::vector<TopicPartition>& partitions) {
  ASSIGN_OR_RETURN(std::set<std::string> claims, ReadClaims(consumer_, group_, partitions));
  // What it left open itself was ended when it began. What other programs wrote into offsets is no id of ours.
  const std::string prefix = absl::StrCat(group_, "-");
  for (auto claim = claims.begin(); claim != claims.end();) {
    claim = *claim == own_id_ || !absl::StartsWith(*claim, prefix) ? claims.erase(claim) : std::next(claim);
  }
  if (claims.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::set<std::string> members, ReadStaticMembers(consumer_, group_));
  for (const std::string& id : claims) {
    const bool begun = std::any_of(fences_.begin(), fences_.end(), [&](const Fence& f) { return f.transactional_id() == id; });
    if (begun || members.contains(id)) continue;
    if (options_.on_log) options_.on_log(kNotice, absl::StrCat("taking over from ", id, ", which is gone: its transaction ends"));
    ASSIGN_OR_RETURN(Fence fence, Fence::Begin(options_, id));
    fences_.push_back(std::move(fence));
  }
  return absl::OkStatus();
}

void Takeover::Step() {
  for (auto fence = fences_.begin(); fence != fences_.end();) {
    const absl::StatusOr<bool> done = fence->Step();
    if (!done.ok() && options_.on_log) options_.on_log(kWarning, std::string(done.status().message()));
    fence = done.ok() && !*done ? std::next(fence) : fences_.erase(fence);
  }
}

}  // namespace touchstone::eventlog::kafka
