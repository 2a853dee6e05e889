#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <iosfwd>
#include <map>
#include <set>
#include <string>

#include "common/runtime/exit_code.h"
#include "touchstone/peers/v1/unanswered_task.pb.h"

namespace touchstone::cli {

// The tasks whose part the pages of a list lack. A value.
class Unanswered {
 public:
  void Add(const google::protobuf::RepeatedPtrField<peers::v1::UnansweredTask>& tasks);

  // What the list ends with: kExitOk where nothing is lacking; else kExitUnavailable, and stderr says by instance what and why.
  runtime::ExitCode Finish(std::ostream& err) const;

 private:
  struct Missing {
    std::set<int> partitions;
    std::string reason;
  };
  std::map<std::string, Missing> by_instance_;
};

}  // namespace touchstone::cli
