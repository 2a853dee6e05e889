#include "common/peers/peer_calls.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/ids/token.h"
#include "common/rpc/client.h"
#include "common/rpc/to_grpc.h"
#include "common/status/errors.h"
#include "touchstone/peers/v1/peer_service.grpc.pb.h"

namespace touchstone::peers {
namespace {

v1::AskTaskRequest RequestOf(const stream::TaskAsk& ask) {
  v1::AskTaskRequest request;
  request.set_kind(ask.kind);
  request.set_partition(ask.partition);
  request.set_query(ask.query);
  request.set_request(ask.request);
  if (ask.after.has_value()) request.set_token(ids::EncodeToken(*ask.after));
  request.set_waits_for_no_more(ask.waits_for_no_more);
  return request;
}

// Who the error is of: the callers of this instance did not call that one.
absl::Status Named(const absl::Status& status, const Owner& owner) {
  if (!absl::IsUnavailable(status)) return status;
  return status::WithRetry(status::Annotated(status, absl::StrCat("instance ", owner.instance, " at ", owner.address)),
                           status::RetryDelayOf(status).value_or(absl::Seconds(1)));
}

}  // namespace

struct PeerCalls::Peer {
  explicit Peer(const std::string& address) : stub(v1::PeerService::NewStub(rpc::MakeChannel(address, rpc::Retries::kNone))) {}
  const std::unique_ptr<v1::PeerService::Stub> stub;
};

struct PeerCalls::Call {
  Call(const Owner& owner, stream::TaskReader::Done done, v1::AskTaskRequest request)
      : owner(owner), done(std::move(done)), request(std::move(request)) {}

  const Owner owner;
  stream::TaskReader::Done done;
  const v1::AskTaskRequest request;
  v1::AskTaskResponse response;
  grpc::ClientContext context;
  // Null: the call was refused.
  std::shared_ptr<Peer> peer;
};

PeerCalls::PeerCalls(const clock::Clock& clock) : clock_(clock) {}

PeerCalls::~PeerCalls() { Close(); }

void PeerCalls::Close() {
  std::unique_lock<std::mutex> lock(mutex_);
  closed_ = true;
  for (Call* call : calls_) call->context.TryCancel();
  ended_.wait(lock, [this] { return calls_.empty(); });
}

std::shared_ptr<PeerCalls::Peer> PeerCalls::PeerAt(const std::string& address) {
  std::shared_ptr<Peer>& peer = peers_[address];
  if (peer == nullptr) peer = std::make_shared<Peer>(address);
  return peer;
}

void PeerCalls::Ask(const Owner& owner, const stream::TaskAsk& ask, stream::TaskReader::Done done) {
  auto call = std::make_unique<Call>(owner, std::move(done), RequestOf(ask));
  rpc::SetTimeout(call->context, std::min(ask.deadline - clock_.Now(), ask.after.has_value() ? kWaitTimeMax : kAnswerTimeMax));
  absl::Status refused;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) {
      refused = absl::UnavailableError("this instance is stopping");
    } else if (calls_.size() >= kCallsMax) {
      refused = status::WithRetry(absl::ResourceExhaustedError("too many wait for other instances"), absl::Milliseconds(100));
    } else {
      call->peer = PeerAt(owner.address);
      calls_.insert(call.get());
    }
  }
  if (!refused.ok()) return call->done(std::move(refused));
  Send(call.release());
}

void PeerCalls::Send(Call* call) {
  call->peer->stub->async()->AskTask(&call->context, &call->request, &call->response, [this, call](const grpc::Status& status) {
    if (status.ok()) {
      call->done(std::move(*call->response.mutable_answer()));
    } else {
      call->done(Named(rpc::FromGrpcStatus(status), call->owner));
    }
    End(call);
  });
}

void PeerCalls::End(Call* call) {
  {
    // Outside the lock, and before whoever waits goes on: a connection ends with its last user.
    const std::unique_ptr<Call> ending(call);
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  calls_.erase(call);
  ended_.notify_all();
}

}  // namespace touchstone::peers
