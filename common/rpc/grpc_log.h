#pragma once

#include "common/runtime/log.h"

namespace touchstone::rpc {

// While it lives, what gRPC itself has to say goes to `log` as `library.grpc` instead of plain text on stderr: its errors as
// warnings, since ours say what they mean. One at a time in a process; `log` outlives it. Without `log`, gRPC is silent: for
// a command line, whose errors are its own.
class GrpcLog {
 public:
  explicit GrpcLog(runtime::Log* log);
  ~GrpcLog();

  GrpcLog(const GrpcLog&) = delete;
  GrpcLog& operator=(const GrpcLog&) = delete;
};

}  // namespace touchstone::rpc
