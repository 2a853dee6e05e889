#include "common/eventlog/kafka/group_claims.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/eventlog/kafka/admin_request.h"
#include "common/status/macros.h"

namespace touchstone::eventlog::kafka {
namespace {

bool IsAboutToBeTold(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS || error == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION ||
         error == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID || error == RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST;
}

}  // namespace

PartitionList ClaimedBy(absl::string_view member_id, const std::vector<TopicPartition>& positions) {
  PartitionList list = MakeList(positions);
  for (int i = 0; i < list->cnt; ++i) {
    list->elems[i].metadata = strndup(member_id.data(), member_id.size());
    list->elems[i].metadata_size = member_id.size();
  }
  return list;
}

absl::StatusOr<std::set<std::string>> ReadClaims(rd_kafka_t* handle, const std::string& group,
                                                 const std::vector<TopicPartition>& partitions) {
  const std::string doing = absl::StrCat("asking who works for ", group);
  const Owned<rd_kafka_AdminOptions_t> options =
      AdminOptions(handle, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, kCoordinatorTimeout);
  // What an open transaction holds back is what is asked about.
  const Error refused(rd_kafka_AdminOptions_set_require_stable_offsets(options.get(), 0));
  if (refused != nullptr) return ToStatus(rd_kafka_error_code(refused.get()), doing);
  const Owned<rd_kafka_ListConsumerGroupOffsets_t> question(
      rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), MakeList(partitions).get()));
  rd_kafka_ListConsumerGroupOffsets_t* questions[] = {question.get()};
  const Queue queue(rd_kafka_queue_new(handle));
  rd_kafka_ListConsumerGroupOffsets(handle, questions, 1, options.get(), queue.get());
  ASSIGN_OR_RETURN(const Owned<rd_kafka_event_t> event, AwaitAnswer(queue.get(), kCoordinatorTimeout, doing));
  size_t count = 0;
  const rd_kafka_group_result_t** groups =
      rd_kafka_ListConsumerGroupOffsets_result_groups(rd_kafka_event_ListConsumerGroupOffsets_result(event.get()), &count);
  std::set<std::string> claims;
  for (size_t g = 0; g < count; ++g) {
    const rd_kafka_error_t* error = rd_kafka_group_result_error(groups[g]);
    if (error != nullptr) return ToStatus(rd_kafka_error_code(error), doing);
    const rd_kafka_topic_partition_list_t& list = *rd_kafka_group_result_partitions(groups[g]);
    for (int i = 0; i < list.cnt; ++i) {
      RETURN_IF_ERROR(ToStatus(list.elems[i].err, doing));
      if (list.elems[i].metadata_size > 0)
        claims.emplace(static_cast<const char*>(list.elems[i].metadata), list.elems[i].metadata_size);
    }
  }
  return claims;
}

absl::StatusOr<std::set<std::string>> ReadStaticMembers(rd_kafka_t* handle, const std::string& group) {
  const std::string doing = absl::StrCat("asking who is a member of ", group);
  const char* groups[] = {group.c_str()};
  const Queue queue(rd_kafka_queue_new(handle));
  rd_kafka_DescribeConsumerGroups(
      handle, groups, 1, AdminOptions(handle, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, kCoordinatorTimeout).get(), queue.get());
  ASSIGN_OR_RETURN(const Owned<rd_kafka_event_t> event, AwaitAnswer(queue.get(), kCoordinatorTimeout, doing));
  size_t count = 0;
  const rd_kafka_ConsumerGroupDescription_t** described =
      rd_kafka_DescribeConsumerGroups_result_groups(rd_kafka_event_DescribeConsumerGroups_result(event.get()), &count);
  std::set<std::string> members;
  for (size_t g = 0; g < count; ++g) {
    const rd_kafka_error_t* error = rd_kafka_ConsumerGroupDescription_error(described[g]);
    if (error != nullptr) RETURN_IF_ERROR(ToStatus(rd_kafka_error_code(error), doing));
    for (size_t m = 0; m < rd_kafka_ConsumerGroupDescription_member_count(described[g]); ++m) {
      const char* id = rd_kafka_MemberDescription_group_instance_id(rd_kafka_ConsumerGroupDescription_member(described[g], m));
      if (id != nullptr) members.insert(id);
    }
  }
  return members;
}

absl::StatusOr<bool> GroupClaim::Step(const std::vector<TopicPartition>& positions) {
  const std::string doing = absl::StrCat("claiming partitions of ", group_);
  if (answer_ == nullptr) {
    Queue answer(rd_kafka_queue_new(consumer_));
    RETURN_IF_ERROR(ToStatus(
        rd_kafka_commit_queue(consumer_, ClaimedBy(member_id_, positions).get(), answer.get(), nullptr, nullptr), doing));
    answer_ = std::move(answer);
  }
  const Owned<rd_kafka_event_t> event(rd_kafka_queue_poll(answer_.get(), static_cast<int>(absl::ToInt64Milliseconds(kStep))));
  if (event == nullptr) return false;
  answer_ = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_event_error(event.get());
  if (IsAboutToBeTold(error)) return false;
  RETURN_IF_ERROR(ToStatus(error, doing));
  return true;
}

}  // namespace touchstone::eventlog::kafka
