#include "tools/cli/unanswered.h"

#include <ostream>

#include "absl/strings/str_join.h"

namespace touchstone::cli {

void Unanswered::Add(const google::protobuf::RepeatedPtrField<peers::v1::UnansweredTask>& tasks) {
  for (const peers::v1::UnansweredTask& task : tasks) {
    Missing& missing = by_instance_[task.instance()];
    missing.partitions.insert(task.partition());
    if (missing.reason.empty()) missing.reason = task.reason();
  }
}

runtime::ExitCode Unanswered::Finish(std::ostream& err) const {
  for (const auto& [instance, missing] : by_instance_) {
    err << "not whole: partition" << (missing.partitions.size() == 1 ? " " : "s ") << absl::StrJoin(missing.partitions, ", ")
        << (instance.empty() ? "" : " of instance ") << instance << " did not answer: " << missing.reason << std::endl;
  }
  return by_instance_.empty() ? runtime::kExitOk : runtime::kExitUnavailable;
}

}  // namespace touchstone::cli
