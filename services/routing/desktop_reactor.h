#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>

#include "common/clock/clock.h"
#include "common/rpc/stream_pump.h"
#include "services/routing/desktop_hub.h"
#include "services/routing/domain/desktop_stream.h"
#include "touchstone/routing/v1/desktop_service.pb.h"

namespace touchstone::routing {

// What waits to be written to one desktop; one more and it is cut.
inline constexpr size_t kDesktopOutboxMax = 256;
// What it said and is not handled yet; then it is not read on.
inline constexpr size_t kDesktopInboxMax = 64;
// A write that takes longer than this: the desktop does not read, and is cut.
inline constexpr absl::Duration kDesktopStallMax = absl::Seconds(10);

// One desktop's gRPC stream around a DesktopStream. gRPC's threads put what happens into an inbox; everything else runs on the
// pump's thread. It owns itself until gRPC is done, and is shared with the pump until it is finished.
class DesktopReactor final : public grpc::ServerBidiReactor<v1::ConnectRequest, v1::ConnectResponse>,
                             public DesktopListener,
                             public std::enable_shared_from_this<DesktopReactor> {
 public:
  // Hands a new reactor to the pump, or ends it where the pump refuses. `clock`, `pump` outlive the call.
  static grpc::ServerBidiReactor<v1::ConnectRequest, v1::ConnectResponse>* Begin(grpc::CallbackServerContext* context,
                                                                                 const clock::Clock& clock, rpc::StreamPump& pump,
                                                                                 std::shared_ptr<DesktopHub> hub,
                                                                                 DesktopStreamOptions options);

  // On the pump's thread.
  bool Pump(absl::Duration now) override;
  void OnNotice(const events::v1::DesktopNotice& notice) override;
  int64_t held_session() const override { return stream_.session_id(); }
  // Any thread.
  void Close(const absl::Status& why) override;
  // gRPC's threads.
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  struct Opened {
    absl::StatusOr<int64_t> offset;
  };
  struct SignalLost {
    absl::Status why;
  };
  using Happening = std::variant<v1::ConnectRequest, Opened, SignalLost>;

  DesktopReactor(grpc::CallbackServerContext* context, const clock::Clock& clock, rpc::StreamPump& pump,
                 std::shared_ptr<DesktopHub> hub, DesktopStreamOptions options);

  void Happened(Happening happening);
  void HandleInbox(absl::Duration now);
  void LeaveIfEnded();
  DesktopActions Handle(const v1::ConnectRequest& request, absl::Duration now);
  DesktopActions Hello(const v1::Hello& hello, absl::Duration now);
  void Do(DesktopActions actions);
  void Append(const events::v1::DesktopSignal& signal);
  v1::ConnectResponse ResponseOf(DesktopReply reply) const;
  // Whether a write is on its way; cuts one that takes too long.
  bool Writing(absl::Duration now);
  void WriteNext(absl::Duration now);

  grpc::CallbackServerContext* const context_;
  const clock::Clock& clock_;
  rpc::StreamPump& pump_;
  const std::shared_ptr<DesktopHub> hub_;

  // The pump's thread only.
  DesktopStream stream_;
  // With the hub: from hello until the stream has ended and the session's id is known.
  bool joined_ = false;
  // The append of the session's opening is on its way: it must hear what became of it, even when the stream is gone.
  bool opening_ = false;
  std::deque<v1::ConnectResponse> outbox_;
  v1::ConnectResponse response_;  // On its way; gRPC reads it while write_in_flight_.
  absl::Duration write_begun_;
  std::optional<absl::Status> close_;
  bool finished_ = false;

  v1::ConnectRequest request_;  // gRPC writes it while a read is in flight.
  std::shared_ptr<DesktopReactor> self_;

  std::mutex mutex_;
  // Guarded by mutex_.
  std::deque<Happening> inbox_;
  bool read_paused_ = false;
  bool write_in_flight_ = false;
  bool gone_ = false;
  std::optional<absl::Status> stopping_;
};

}  // namespace touchstone::routing
