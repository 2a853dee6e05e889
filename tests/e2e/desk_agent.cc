#include "tests/e2e/desk_agent.h"

#include <grpcpp/client_context.h>

namespace touchstone::e2e {

namespace events = touchstone::events::v1;
using routing::v1::ConnectRequest;
using routing::v1::ConnectResponse;

void DeskAgent::Connect(std::shared_ptr<grpc::Channel> channel) {
  Leave();
  stub_ = routing::v1::DesktopService::NewStub(std::move(channel));
  context_ = std::make_unique<grpc::ClientContext>();
  stream_ = stub_->Connect(context_.get());
  {
    absl::MutexLock lock(&writing_);
    open_ = true;
  }
  ConnectRequest hello;
  hello.mutable_hello()->set_agent_id(agent_id_);
  hello.mutable_hello()->add_skills("delivery");
  hello.mutable_hello()->add_skills("retention");
  hello.mutable_hello()->set_capacity(20);
  hello.mutable_hello()->set_resume_token(resume_token_);
  Say(hello);
  thread_ = std::thread([this] { Work(); });
}

bool DeskAgent::connected() const {
  absl::MutexLock lock(&writing_);
  return open_;
}

void DeskAgent::Heartbeat() {
  ConnectRequest heartbeat;
  heartbeat.mutable_heartbeat();
  Say(heartbeat);
}

void DeskAgent::Leave() {
  if (!thread_.joinable()) return;
  context_->TryCancel();
  thread_.join();
}

void DeskAgent::Say(const ConnectRequest& request) {
  absl::MutexLock lock(&writing_);
  if (open_) open_ = stream_->Write(request);
}

void DeskAgent::Work() {
  for (ConnectResponse response; stream_->Read(&response);) {
    if (!response.resume_token().empty()) resume_token_ = response.resume_token();
    if (response.has_notice()) OnNotice(response.notice());
  }
  absl::MutexLock lock(&writing_);
  open_ = false;
  // A token that is not taken any more is no reason to stay away.
  if (stream_->Finish().error_code() == grpc::StatusCode::INVALID_ARGUMENT) resume_token_.clear();
}

void DeskAgent::OnNotice(const events::DesktopNotice& notice) {
  if (notice.has_offer() && notice.offer().status() == events::OFFER_STATUS_CREATED) {
    ConnectRequest request;
    request.mutable_delivered()->set_offer_id(notice.offer().id());
    Say(request);
    request.mutable_accept()->set_offer_id(notice.offer().id());
    Say(request);
  }
  if (notice.has_escalation() && notice.escalation().status() == events::ESCALATION_STATUS_ASSIGNED) {
    ConnectRequest request;
    request.mutable_resolve()->set_escalation_id(notice.escalation().id());
    request.mutable_resolve()->set_code(events::RESOLUTION_CODE_SOLVED);
    Say(request);
  }
}

}  // namespace touchstone::e2e
