#include "common/runtime/host.h"

#include <google/protobuf/stubs/logging.h>

#include <utility>

#include "absl/synchronization/mutex.h"
#include "common/status/macros.h"

namespace touchstone::runtime {
namespace {

// protobuf's handler is a plain function of the process; so is what it writes to.
std::atomic<Log*> g_protobuf_log{nullptr};

void OnProtobufLog(google::protobuf::LogLevel level, const char* file, int line, const std::string& message) {
  Log* log = g_protobuf_log.load(std::memory_order_acquire);
  if (log == nullptr) return;
  // As warnings, which are limited: a client can make protobuf say as much as it likes (text that is not UTF-8 is a line each).
  const bool told = level >= google::protobuf::LOGLEVEL_WARNING;
  log->Write(told ? LogLevel::kWarning : LogLevel::kDebug, "library.protobuf",
             {LogField("text", message), LogField("file", file), LogField("line", line)});
}

}  // namespace

Host::Host(absl::string_view program, const Flags& flags)
    : program_(program), admin_listen_(flags.admin), log_(clock_, flags.log_level) {
  g_protobuf_log.store(&log_, std::memory_order_release);
  google::protobuf::SetLogHandler(OnProtobufLog);
  // Abseil as Debian builds it looks for deadlocks at every lock that gRPC takes, under one lock of the process.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

Host::~Host() { g_protobuf_log.store(nullptr, std::memory_order_release); }

absl::Status Host::OpenAdmin() {
  if (admin_listen_.empty()) return absl::OkStatus();
  AdminPages pages{.metrics = [this] { return metrics_.Text(); }, .ready = [this] { return ready_ && serving_; }};
  ASSIGN_OR_RETURN(admin_, AdminServer::Start(admin_listen_, std::move(pages)));
  log_.Info("admin.listening", {{"address", admin_->address()}});
  return absl::OkStatus();
}

absl::Status Host::RunUntilStopped() {
  ready_ = true;
  log_.Info("process.ready", {{"program", program_}});
  absl::Status why = stop_.Wait();
  ready_ = false;
  log_.Write(why.ok() ? LogLevel::kInfo : LogLevel::kError, "process.stopping",
             {LogField("program", program_), why.ok() ? LogField("why", "asked to") : LogField("why", why)});
  return why;
}

}  // namespace touchstone::runtime
