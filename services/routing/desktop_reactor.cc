#include "services/routing/desktop_reactor.h"

#include <utility>

#include "common/clock/proto_time.h"
#include "common/rpc/pushback.h"
#include "common/rpc/to_grpc.h"
#include "common/status/errors.h"
#include "services/routing/desktop_request.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;

grpc::ServerBidiReactor<v1::ConnectRequest, v1::ConnectResponse>* DesktopReactor::Begin(grpc::CallbackServerContext* context,
                                                                                        const clock::Clock& clock,
                                                                                        rpc::StreamPump& pump,
                                                                                        std::shared_ptr<DesktopHub> hub,
                                                                                        DesktopStreamOptions options) {
  std::shared_ptr<DesktopReactor> reactor(new DesktopReactor(context, clock, pump, std::move(hub), std::move(options)));
  reactor->self_ = reactor;
  reactor->StartRead(&reactor->request_);
  if (const absl::Status added = pump.Add(reactor); !added.ok()) {
    rpc::AddPushback(added, *context);
    reactor->Finish(rpc::ToGrpcStatus(added));
  }
  return reactor.get();
}

DesktopReactor::DesktopReactor(grpc::CallbackServerContext* context, const clock::Clock& clock, rpc::StreamPump& pump,
                               std::shared_ptr<DesktopHub> hub, DesktopStreamOptions options)
    : context_(context), clock_(clock), pump_(pump), hub_(std::move(hub)), stream_(std::move(options), clock.Monotonic()) {}

bool DesktopReactor::Pump(absl::Duration now) {
  HandleInbox(now);
  LeaveIfEnded();
  if (finished_) return opening_;
  bool gone;
  std::optional<absl::Status> stopping;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    gone = gone_;
    stopping = stopping_;
  }
  if (gone) Do(stream_.OnGone());
  if (stopping.has_value()) Do(stream_.OnCut(*stopping));
  Do(stream_.OnTick(now));
  if (Writing(now)) return true;
  if (!outbox_.empty() && !gone) {
    WriteNext(now);
    return true;
  }
  if (!stream_.ended()) return true;
  LeaveIfEnded();
  finished_ = true;
  const absl::Status status = close_.value_or(absl::OkStatus());
  rpc::AddPushback(status, *context_);
  Finish(rpc::ToGrpcStatus(status));
  return opening_;
}

void DesktopReactor::HandleInbox(absl::Duration now) {
  std::deque<Happening> inbox;
  bool read_on = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    inbox.swap(inbox_);
    read_on = std::exchange(read_paused_, false) && !finished_;
  }
  for (Happening& each : inbox) {
    if (auto* request = std::get_if<v1::ConnectRequest>(&each)) {
      Do(Handle(*request, now));
    } else if (auto* opened = std::get_if<Opened>(&each)) {
      opening_ = false;
      Do(stream_.OnOpened(opened->offset));
    } else {
      Do(stream_.OnSignalLost(std::get<SignalLost>(each).why));
    }
  }
  if (read_on) StartRead(&request_);
}

void DesktopReactor::LeaveIfEnded() {
  // Not while it opens: the lease must know that there may be one session more.
  if (joined_ && !opening_ && stream_.ended()) hub_->Leave(stream_.agent_id(), this);
  if (!opening_ && stream_.ended()) joined_ = false;
}

DesktopActions DesktopReactor::Handle(const v1::ConnectRequest& request, absl::Duration now) {
  if (request.has_hello()) return Hello(request.hello(), now);
  if (request.has_heartbeat()) return stream_.OnHeartbeat(now);
  absl::StatusOr<events::DesktopSignal> signal = SignalFrom(request);
  return signal.ok() ? stream_.OnSignal(*std::move(signal), now) : stream_.OnNonsense(signal.status(), now);
}

DesktopActions DesktopReactor::Hello(const v1::Hello& hello, absl::Duration now) {
  absl::StatusOr<events::SessionOpened> opened = OpenedFrom(hello);
  if (!opened.ok()) return stream_.OnNonsense(opened.status(), now);
  DesktopActions actions = stream_.OnHello(hello.agent_id(), *std::move(opened), hello.resume_token(), now);
  if (!joined_ && !actions.signals.empty()) {
    // Before the append: the answer to it may be faster than its acknowledgement.
    joined_ = true;
    opening_ = true;
    hub_->Join(stream_.agent_id(), this);
  }
  return actions;
}

void DesktopReactor::OnNotice(const events::DesktopNotice& notice) { Do(stream_.OnNotice(notice)); }

void DesktopReactor::Do(DesktopActions actions) {
  for (const events::DesktopSignal& signal : actions.signals) Append(signal);
  for (DesktopReply& reply : actions.replies) outbox_.push_back(ResponseOf(std::move(reply)));
  if (actions.close.has_value()) close_ = *std::move(actions.close);
  if (outbox_.size() <= kDesktopOutboxMax || stream_.ended()) return;
  outbox_.clear();
  Do(stream_.OnCut(
      status::WithRetry(absl::ResourceExhaustedError("the desktop does not read; connect again"), absl::Seconds(1))));
}

void DesktopReactor::Append(const events::DesktopSignal& signal) {
  const bool opens = signal.has_opened();
  hub_->Append(signal, [reactor = shared_from_this(), opens](absl::StatusOr<int64_t> offset) {
    if (opens) {
      reactor->Happened(Opened{std::move(offset)});
    } else if (!offset.ok()) {
      reactor->Happened(SignalLost{offset.status()});
    }
  });
}

v1::ConnectResponse DesktopReactor::ResponseOf(DesktopReply reply) const {
  v1::ConnectResponse response;
  response.set_resume_token(std::move(reply.resume_token));
  switch (reply.kind) {
    case DesktopReply::Kind::kWelcome:
      response.mutable_welcome()->set_session_id(reply.session_id);
      response.mutable_welcome()->set_resumed(reply.resumed);
      *response.mutable_welcome()->mutable_server_time() = clock::ToProto(clock_.Now());
      break;
    case DesktopReply::Kind::kHeartbeat:
      *response.mutable_heartbeat()->mutable_server_time() = clock::ToProto(clock_.Now());
      break;
    case DesktopReply::Kind::kNotice:
      *response.mutable_notice() = std::move(reply.notice);
      break;
  }
  return response;
}

bool DesktopReactor::Writing(absl::Duration now) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!write_in_flight_) return false;
  }
  if (now - write_begun_ >= kDesktopStallMax) {
    Do(stream_.OnCut(absl::ResourceExhaustedError("the desktop does not read; connect again")));
    outbox_.clear();
    context_->TryCancel();
  }
  return true;
}

void DesktopReactor::WriteNext(absl::Duration now) {
  response_ = std::move(outbox_.front());
  outbox_.pop_front();
  write_begun_ = now;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    write_in_flight_ = true;
  }
  StartWrite(&response_);
}

void DesktopReactor::Happened(Happening happening) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    inbox_.push_back(std::move(happening));
  }
  pump_.Wake(this);
}

void DesktopReactor::Close(const absl::Status& why) {
  std::lock_guard<std::mutex> lock(mutex_);
  stopping_ = why;
}

void DesktopReactor::OnReadDone(bool ok) {
  bool read_on = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (ok) {
      inbox_.push_back(std::move(request_));
      read_on = inbox_.size() < kDesktopInboxMax;
      read_paused_ = !read_on;
    } else {
      gone_ = true;
    }
  }
  if (read_on) StartRead(&request_);
  pump_.Wake(this);
}

void DesktopReactor::OnWriteDone(bool ok) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    write_in_flight_ = false;
    if (!ok) gone_ = true;
  }
  pump_.Wake(this);
}

void DesktopReactor::OnCancel() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    gone_ = true;
  }
  pump_.Wake(this);
}

void DesktopReactor::OnDone() { const std::shared_ptr<DesktopReactor> last = std::move(self_); }

}  // namespace touchstone::routing
