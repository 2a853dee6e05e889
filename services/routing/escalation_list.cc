#include "services/routing/escalation_list.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/stream/task_list.h"
#include "services/routing/case_processor.h"
#include "services/routing/state_keys.h"
#include "touchstone/routing/state/v1/case_state.pb.h"

namespace touchstone::routing {
namespace {

constexpr char kQuery[] = "ListEscalations";

v1::ListEscalationsRequest RequestOf(absl::string_view filter) {
  v1::ListEscalationsRequest request;
  request.ParseFromArray(filter.data(), static_cast<int>(filter.size()));
  return request;
}

std::string PrefixOf(absl::string_view filter) {
  const v1::ListEscalationsRequest request = RequestOf(filter);
  return request.has_name() ? StateKey(kEscalationPart, {request.name().key()}) + "~" : PartPrefix(kEscalationPart);
}

absl::StatusOr<std::optional<std::string>> EscalationAt(absl::string_view filter, absl::string_view, absl::string_view value,
                                                        absl::Time) {
  state::v1::EscalationState found;
  if (!found.ParseFromArray(value.data(), static_cast<int>(value.size())))
    return absl::DataLossError("an escalation's state does not parse");
  const v1::ListEscalationsRequest request = RequestOf(filter);
  const auto& wanted = request.statuses();
  const bool is_wanted = wanted.empty() || std::find(wanted.begin(), wanted.end(), found.escalation().status()) != wanted.end();
  return is_wanted ? std::optional<std::string>(found.escalation().SerializeAsString()) : std::nullopt;
}

}  // namespace

stream::TaskQuery EscalationsQuery() { return stream::MakeListQuery(kQuery, {PrefixOf, EscalationAt}); }

void ListEscalations(stream::TaskReader& tasks, const v1::ListEscalationsRequest& request, const std::string& subject,
                     absl::Time deadline, absl::AnyInvocable<void(absl::StatusOr<v1::ListEscalationsResponse>)> done) {
  absl::StatusOr<int> page_size = stream::PageSizeOf(request.page_size());
  if (!page_size.ok()) return done(page_size.status());
  v1::ListEscalationsRequest filter = request;
  filter.clear_page_size();
  filter.clear_page_token();
  filter.clear_name();  // Its key stands for it: neither a token nor what instances ask each other holds personal data.
  if (!subject.empty()) filter.mutable_name()->set_key(subject);
  stream::ListAsk ask{.kind = kCaseTask,
                      .query = kQuery,
                      .filter = filter.SerializeAsString(),
                      .token_scope = absl::StrCat("escalations ", filter.SerializeAsString()),
                      .page_size = *page_size,
                      .page_token = request.page_token(),
                      .deadline = deadline};
  if (!subject.empty()) ask.only_partition = tasks.PartitionFor(kCaseTask, subject);
  stream::GatherList(tasks, std::move(ask), [done = std::move(done)](absl::StatusOr<stream::ListPage> page) mutable {
    done(stream::ListResponseOf(std::move(page), &v1::ListEscalationsResponse::add_escalations));
  });
}

}  // namespace touchstone::routing
