#include "services/operations/operations_service.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "common/clock/proto_time.h"
#include "common/rpc/answer.h"
#include "common/rpc/blocking_thread.h"
#include "common/runtime/disk_space.h"
#include "common/runtime/version.h"
#include "common/status/macros.h"
#include "services/operations/dead_letter_listing.h"
#include "services/operations/dead_letter_page.h"
#include "touchstone/operations/v1/operations_service.grpc.pb.h"

namespace touchstone::operations {
namespace {

// A page that is not whole by then goes out as it is, so that who pages sees that it goes on.
constexpr absl::Duration kListingTimeMax = absl::Seconds(10);
constexpr char kBeginningThread[] = "dead-letters";

class OperationsService : public v1::OperationsService::CallbackService {
 public:
  // `pump` outlives the service.
  OperationsService(Subject subject, rpc::StreamPump& pump)
      : subject_(std::move(subject)), pump_(pump), start_time_(subject_.clock.Now()), start_(subject_.clock.Monotonic()) {}

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context, const v1::GetStatusRequest* request,
                                      v1::GetStatusResponse* response) override {
    return rpc::Answer(context, response, [&](rpc::Completion<v1::GetStatusResponse>& done) -> absl::Status {
      subject_.worker.Report(
          [status = Status(), done = std::move(done)](const absl::StatusOr<std::vector<stream::TaskReport>>& reports) mutable {
            if (!reports.ok()) return done(reports.status());
            for (const stream::TaskReport& report : *reports) AddTask(report, *status.add_tasks());
            done(std::move(status));
          });
      return absl::OkStatus();
    });
  }

  grpc::ServerUnaryReactor* ListDeadLetters(grpc::CallbackServerContext* context, const v1::ListDeadLettersRequest* request,
                                            v1::ListDeadLettersResponse* response) override {
    return rpc::Answer(context, response, [&](rpc::Completion<v1::ListDeadLettersResponse>& done) -> absl::Status {
      const absl::Duration patience = std::min(done.Deadline() - subject_.clock.Now(), kListingTimeMax);
      const absl::Duration deadline = subject_.clock.Monotonic() + patience;
      beginning_.Add([this, request = *request, deadline, done = std::move(done)](const absl::Status& go) mutable {
        go.ok() ? BeginListing(request, deadline, std::move(done)) : done(go);
      });
      return absl::OkStatus();
    });
  }

 private:
  // Blocks where the log is a broker.
  void BeginListing(const v1::ListDeadLettersRequest& request, absl::Duration deadline, DeadLetterListing::Done done) {
    if (done.Cancelled()) return;
    if (subject_.clock.Monotonic() >= deadline) return done(DeadLetterListing::TooLate());
    absl::StatusOr<DeadLetterPage> page = DeadLetterPage::Begin(subject_.log, request);
    if (!page.ok()) return done(page.status());
    auto listing = std::make_shared<DeadLetterListing>(pump_, *std::move(page), deadline, std::move(done));
    if (absl::Status taken = pump_.Add(listing); !taken.ok()) listing->Refuse(taken);
  }

  // All but the tasks.
  v1::GetStatusResponse Status() const {
    v1::GetStatusResponse status;
    status.set_version(runtime::kVersion);
    status.set_log(std::string(subject_.log.name()));
    *status.mutable_start_time() = clock::ToProto(start_time_);
    *status.mutable_uptime() = clock::ToProto(subject_.clock.Monotonic() - start_);
    status.set_intake_stopped(std::string(subject_.log.Intake().message()));
    if (absl::StatusOr<runtime::DiskSpace> disk = runtime::FreeDisk(subject_.data_folder); disk.ok()) {
      status.set_disk_free_bytes(disk->free_bytes);
    }
    for (const process::LoadedPack& pack : subject_.packs) {
      v1::PackStatus& loaded = *status.add_packs();
      loaded.set_pack(pack.name);
      loaded.set_version(pack.version);
      loaded.set_rule_count(pack.rule_count);
    }
    return status;
  }

  static void AddTask(const stream::TaskReport& report, v1::TaskStatus& task) {
    task.set_kind(report.kind);
    task.set_partition(report.partition);
    task.set_lag(report.lag);
    if (report.clock > absl::UnixEpoch()) *task.mutable_task_time() = clock::ToProto(report.clock);
    task.set_processed_count(report.processed_count);
    task.set_dead_letter_count(report.dead_letter_count);
    if (report.next_timer < absl::InfiniteFuture()) *task.mutable_next_timer_time() = clock::ToProto(report.next_timer);
    task.set_stopped(report.stopped);
  }

  Subject subject_;
  rpc::StreamPump& pump_;
  const absl::Time start_time_;
  const absl::Duration start_;
  // Listings begin here. Last: its jobs use what is above.
  rpc::BlockingThread beginning_{kBeginningThread};
};

}  // namespace

void AddTo(rpc::Server& server, Subject subject) {
  server.Add(v1::OperationsService::service_full_name(), std::make_unique<OperationsService>(std::move(subject), server.pump()));
}

}  // namespace touchstone::operations
