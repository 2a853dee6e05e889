#include "services/classification/moment_page.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/ids/token.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/stream/task_list.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/journey_store.h"

namespace touchstone::classification {

std::string MomentQuery::Text() const { return absl::StrCat("moments ", name_); }

absl::StatusOr<MomentQuery> MomentQuery::Of(const std::string& name, int page_size, const std::string& page_token) {
  MomentQuery query;
  query.name_ = name;
  ASSIGN_OR_RETURN(query.page_size_, stream::PageSizeOf(page_size));
  if (page_token.empty()) return query;
  absl::StatusOr<std::string> text = ids::DecodePageToken(query.Text(), page_token);
  if (!text.ok()) return status::Annotated(text.status(), "page_token");
  const size_t blank = text->find(' ');
  int64_t time_ns = 0;
  if (blank == std::string::npos || !absl::SimpleAtoi(text->substr(0, blank), &time_ns)) {
    return status::InvalidField("page_token", "is no token of this list");
  }
  query.after_ = {time_ns, text->substr(blank + 1)};
  return query;
}

absl::StatusOr<std::optional<v1::ListMomentsResponse>> MomentQuery::Page(const eventlog::StateView& state) const {
  ASSIGN_OR_RETURN(const std::optional<state::v1::Head> head, ReadHead(state, name_));
  if (!head.has_value()) return std::optional<v1::ListMomentsResponse>();
  ASSIGN_OR_RETURN(std::vector<state::v1::MomentEntry> entries, ReadMoments(state, name_));
  std::map<std::pair<int64_t, std::string>, state::v1::MomentEntry*> in_order;
  for (state::v1::MomentEntry& entry : entries) in_order[{Nanos(entry.moment().occur_time()), entry.moment().id()}] = &entry;
  v1::ListMomentsResponse page;
  auto next = after_.has_value() ? in_order.upper_bound(*after_) : in_order.begin();
  std::pair<int64_t, std::string> last;
  for (; next != in_order.end() && page.moments_size() < page_size_; ++next) {
    last = next->first;
    *page.add_moments() = std::move(*next->second->mutable_moment());
  }
  if (next != in_order.end()) page.set_next_page_token(ids::EncodePageToken(Text(), absl::StrCat(last.first, " ", last.second)));
  return std::optional<v1::ListMomentsResponse>(std::move(page));
}

}  // namespace touchstone::classification
