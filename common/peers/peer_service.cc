#include "common/peers/peer_service.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/rpc/answer.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "touchstone/peers/v1/peer_service.grpc.pb.h"

namespace touchstone::peers {
namespace {

// As a code that no client tries again by itself: the instance that asked knows better whom to ask next.
absl::Status ElsewhereForGood(const absl::Status& status) {
  const std::optional<status::Reason> reason = status::ReasonOf(status);
  if (!reason.has_value() || reason->reason != stream::kTaskElsewhere) return status;
  return status::WithReason(absl::FailedPreconditionError(status.message()), reason->reason, reason->domain);
}

class PeerService : public v1::PeerService::CallbackService {
 public:
  explicit PeerService(stream::TaskReader& local) : local_(local) {}

  grpc::ServerUnaryReactor* AskTask(grpc::CallbackServerContext* context, const v1::AskTaskRequest* request,
                                    v1::AskTaskResponse* response) override {
    return rpc::Answer(context, response, [&](rpc::Completion<v1::AskTaskResponse>& done) -> absl::Status {
      stream::TaskAsk ask{.kind = request->kind(),
                          .partition = request->partition(),
                          .deadline = done.Deadline(),
                          .query = request->query(),
                          .request = request->request(),
                          .waits_for_no_more = request->waits_for_no_more()};
      ASSIGN_OR_RETURN(ask.after, stream::AfterToken(request->token()));
      local_.Ask(std::move(ask), [done = std::move(done)](absl::StatusOr<std::string> answer) mutable {
        if (!answer.ok()) return done(ElsewhereForGood(answer.status()));
        v1::AskTaskResponse response;
        response.set_answer(*std::move(answer));
        done(std::move(response));
      });
      return absl::OkStatus();
    });
  }

 private:
  stream::TaskReader& local_;
};

}  // namespace

void AddPeerService(rpc::Server& server, stream::TaskReader& local) {
  server.Add(v1::PeerService::service_full_name(), std::make_unique<PeerService>(local));
}

}  // namespace touchstone::peers
