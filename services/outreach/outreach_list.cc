#include "services/outreach/outreach_list.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/stream/task_list.h"
#include "services/outreach/planner_processor.h"
#include "services/outreach/state_keys.h"

namespace touchstone::outreach {
namespace {

constexpr char kQuery[] = "ListOutreaches";

v1::ListOutreachesRequest RequestOf(absl::string_view filter) {
  v1::ListOutreachesRequest request;
  request.ParseFromArray(filter.data(), static_cast<int>(filter.size()));
  return request;
}

std::string PrefixOf(absl::string_view filter) {
  const v1::ListOutreachesRequest request = RequestOf(filter);
  return request.has_name() ? PartKey(kOutreachPart, request.name().key(), "") : std::string(1, kOutreachPart);
}

absl::StatusOr<std::optional<std::string>> OutreachAt(absl::string_view filter, absl::string_view, absl::string_view value,
                                                      absl::Time) {
  state::v1::PlannedOutreach planned;
  if (!planned.ParseFromArray(value.data(), static_cast<int>(value.size())))
    return absl::DataLossError("state is not a PlannedOutreach");
  const v1::ListOutreachesRequest request = RequestOf(filter);
  const auto& wanted = request.statuses();
  const bool is_wanted = wanted.empty() || std::find(wanted.begin(), wanted.end(), planned.outreach().status()) != wanted.end();
  return is_wanted ? std::optional<std::string>(planned.outreach().SerializeAsString()) : std::nullopt;
}

}  // namespace

stream::TaskQuery OutreachesQuery() { return stream::MakeListQuery(kQuery, {PrefixOf, OutreachAt}); }

void ListOutreaches(stream::TaskReader& reader, const v1::ListOutreachesRequest& request, const std::string& subject,
                    absl::Time deadline, absl::AnyInvocable<void(absl::StatusOr<v1::ListOutreachesResponse>)> done) {
  absl::StatusOr<int> page_size = stream::PageSizeOf(request.page_size());
  if (!page_size.ok()) return done(page_size.status());
  v1::ListOutreachesRequest filter = request;
  filter.clear_page_size();
  filter.clear_page_token();
  filter.clear_name();  // Its key stands for it: neither a token nor what instances ask each other holds personal data.
  if (!subject.empty()) filter.mutable_name()->set_key(subject);
  stream::ListAsk ask{.kind = kPlannerKind,
                      .query = kQuery,
                      .filter = filter.SerializeAsString(),
                      .token_scope = absl::StrCat("outreaches ", filter.SerializeAsString()),
                      .page_size = *page_size,
                      .page_token = request.page_token(),
                      .deadline = deadline};
  if (!subject.empty()) ask.only_partition = reader.PartitionFor(kPlannerKind, subject);
  stream::GatherList(reader, std::move(ask), [done = std::move(done)](absl::StatusOr<stream::ListPage> page) mutable {
    done(stream::ListResponseOf(std::move(page), &v1::ListOutreachesResponse::add_outreaches));
  });
}

}  // namespace touchstone::outreach
