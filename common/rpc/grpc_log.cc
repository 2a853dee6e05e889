#include "common/rpc/grpc_log.h"

#include <grpc/support/log.h>

#include <atomic>

namespace touchstone::rpc {
namespace {

// gRPC takes a plain function for the whole process.
std::atomic<runtime::Log*> g_log{nullptr};

void OnGrpcLog(gpr_log_func_args* record) {
  runtime::Log* log = g_log.load(std::memory_order_acquire);
  if (log == nullptr) return;
  const bool error = record->severity == GPR_LOG_SEVERITY_ERROR;
  log->Write(error ? runtime::LogLevel::kWarning : runtime::LogLevel::kDebug, "library.grpc",
             {runtime::LogField("text", record->message), runtime::LogField("file", record->file),
              runtime::LogField("line", record->line)});
}

}  // namespace

GrpcLog::GrpcLog(runtime::Log* log) {
  g_log.store(log, std::memory_order_release);
  gpr_set_log_function(OnGrpcLog);
}

GrpcLog::~GrpcLog() {
  gpr_set_log_function(nullptr);
  g_log.store(nullptr, std::memory_order_release);
}

}  // namespace touchstone::rpc
