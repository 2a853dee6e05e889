#pragma once

#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "touchstone/routing/v1/desktop_service.grpc.pb.h"

namespace touchstone::e2e {

// An agent who takes whatever is offered and solves it at once, for as long as the suite lives; between two of its lives the
// agent keeps the resume token, as a desktop does. Connect, Heartbeat and Leave are one thread's.
class DeskAgent {
 public:
  explicit DeskAgent(std::string agent_id) : agent_id_(std::move(agent_id)) {}
  // Leaves.
  ~DeskAgent() { Leave(); }

  DeskAgent(const DeskAgent&) = delete;
  DeskAgent& operator=(const DeskAgent&) = delete;

  // Sits down at a suite that serves. Returns at once.
  void Connect(std::shared_ptr<grpc::Channel> channel);
  // Whether the stream of the last Connect is there as far as is known. From any thread.
  bool connected() const;
  // Due every 5 s.
  void Heartbeat();
  // Cuts the stream if it is still there, and waits until this side knows.
  void Leave();

 private:
  using Stream = grpc::ClientReaderWriter<routing::v1::ConnectRequest, routing::v1::ConnectResponse>;

  void Work();
  void OnNotice(const events::v1::DesktopNotice& notice);
  void Say(const routing::v1::ConnectRequest& request);

  const std::string agent_id_;
  std::string resume_token_;
  std::unique_ptr<routing::v1::DesktopService::Stub> stub_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<Stream> stream_;
  mutable absl::Mutex writing_;
  bool open_ ABSL_GUARDED_BY(writing_) = false;
  std::thread thread_;
};

}  // namespace touchstone::e2e
