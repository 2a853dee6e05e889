#include "tools/cli/unanswered.h"

#include <gtest/gtest.h>

#include <sstream>

namespace touchstone::cli {
namespace {

peers::v1::UnansweredTask Task(const std::string& instance, int partition, const std::string& reason) {
  peers::v1::UnansweredTask task;
  task.set_instance(instance);
  task.set_partition(partition);
  task.set_reason(reason);
  return task;
}

TEST(Unanswered, AListThatIsWholeEndsWell) {
  std::ostringstream err;
  EXPECT_EQ(Unanswered().Finish(err), runtime::kExitOk);
  EXPECT_EQ(err.str(), "");
}

TEST(Unanswered, AListThatIsNotSaysByInstanceWhatItLacks) {
  std::ostringstream err;
  google::protobuf::RepeatedPtrField<peers::v1::UnansweredTask> page;
  *page.Add() = Task("b", 3, "gone");
  *page.Add() = Task("", 5, "nobody has it");
  Unanswered unanswered;
  unanswered.Add(page);
  page.Clear();
  *page.Add() = Task("b", 1, "gone");
  unanswered.Add(page);
  EXPECT_EQ(unanswered.Finish(err), runtime::kExitUnavailable);
  EXPECT_EQ(err.str(),
            "not whole: partition 5 did not answer: nobody has it\n"
            "not whole: partitions 1, 3 of instance b did not answer: gone\n");
}

}  // namespace
}  // namespace touchstone::cli
