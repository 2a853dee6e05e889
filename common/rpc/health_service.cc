#include "common/rpc/health_service.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/answer.h"
#include "common/rpc/watch.h"

namespace touchstone::rpc {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

// The status at first, and whenever it changed.
class HealthSource final : public WatchSource<HealthCheckResponse> {
 public:
  HealthSource(const HealthBoard& board, std::string service) : board_(board), service_(std::move(service)) {}

  absl::StatusOr<std::optional<HealthCheckResponse>> Next() override {
    const HealthBoard::ServingStatus status = board_.Get(service_);
    if (told_ == status) return std::nullopt;
    told_ = status;
    HealthCheckResponse response;
    response.set_status(status);
    return std::make_optional(std::move(response));
  }

 private:
  const HealthBoard& board_;
  const std::string service_;
  std::optional<HealthBoard::ServingStatus> told_;
};

}  // namespace

void HealthBoard::Register(const std::string& service) {
  const std::lock_guard<std::mutex> lock(mutex_);
  serving_.emplace(service, false);
}

void HealthBoard::Set(const std::string& service, bool serving) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = serving_.find(service);
  if (found != serving_.end()) found->second = serving;
}

void HealthBoard::SetAll(bool serving) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto& [service, status] : serving_) status = serving;
}

HealthBoard::ServingStatus HealthBoard::Get(const std::string& service) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = serving_.find(service);
  if (found == serving_.end()) return HealthCheckResponse::SERVICE_UNKNOWN;
  return found->second ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

grpc::ServerUnaryReactor* HealthService::Check(grpc::CallbackServerContext* context, const HealthCheckRequest* request,
                                               HealthCheckResponse* response) {
  return Answer(context, response, [&]() -> absl::Status {
    response->set_status(board_.Get(request->service()));
    if (response->status() != HealthCheckResponse::SERVICE_UNKNOWN) return absl::OkStatus();
    return absl::NotFoundError(absl::StrCat("this server has no service '", request->service(), "'"));
  });
}

grpc::ServerWriteReactor<HealthCheckResponse>* HealthService::Watch(grpc::CallbackServerContext* context,
                                                                    const HealthCheckRequest* request) {
  return rpc::Watch<HealthCheckResponse>(context, pump_, std::make_unique<HealthSource>(board_, request->service()));
}

}  // namespace touchstone::rpc
