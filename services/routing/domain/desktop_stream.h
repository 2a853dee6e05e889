#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "touchstone/events/v1/escalation.pb.h"
#include "touchstone/events/v1/inboxes.pb.h"

namespace touchstone::routing {

// What a desktop brings back after a lost stream. Opaque to it; bound to its agent.
struct ResumePoint {
  int64_t session_id = 0;
  // Of the last notice seen.
  int64_t sequence = 0;
};
std::string EncodeDesktopToken(absl::string_view agent_id, const ResumePoint& point);
// INVALID_ARGUMENT: no token of ours, damaged, or another agent's.
absl::StatusOr<ResumePoint> DecodeDesktopToken(absl::string_view agent_id, absl::string_view token);

struct DesktopStreamOptions {
  std::string instance;
  // Unique among all streams that ever were: signal ids begin with it.
  std::string stream_id;
  absl::Duration heartbeat = absl::Seconds(5);
  // Two heartbeats missed: lost.
  absl::Duration silence_max = absl::Seconds(10);
  // Hello, and then the dispatcher's answer to it, must have come by then.
  absl::Duration open_within = absl::Seconds(10);
  // A stream this old is ended, so that desktops spread over instances again.
  absl::Duration age_max = absl::Hours(8);
};

// What a desktop is told.
struct DesktopReply {
  enum class Kind { kWelcome, kHeartbeat, kNotice };
  Kind kind = Kind::kNotice;
  std::string resume_token;
  // kWelcome.
  int64_t session_id = 0;
  bool resumed = false;
  // kNotice.
  events::v1::DesktopNotice notice;
};

// What follows from something that happened to a stream: in this order.
struct DesktopActions {
  // To append to dispatch.v1.
  std::vector<events::v1::DesktopSignal> signals;
  std::vector<DesktopReply> replies;
  // End the stream with it, after the replies.
  std::optional<absl::Status> close;
};

// The instance's side of one desktop's stream: what it says becomes signals, what the dispatcher tells its session becomes
// replies. Pure; `now` is any clock that never goes back. The same for gRPC and for the simulator.
//
//   new ── OnHello ──▶ opening ── OnOpened: the session's id; its CONNECTED notice ──▶ open ──▶ ended
//
// After it has said `close`, or after OnGone, it says nothing more.
class DesktopStream {
 public:
  DesktopStream(DesktopStreamOptions options, absl::Duration now);

  // `signal` holds `opened`; `resume_token` may be empty.
  DesktopActions OnHello(absl::string_view agent_id, events::v1::SessionOpened opened, absl::string_view resume_token,
                         absl::Duration now);
  // The record that opened the session lies at this offset, or could not be written.
  DesktopActions OnOpened(absl::StatusOr<int64_t> offset);
  // Anything else that the desktop said; `signal` holds what alone. `closed` ends the stream.
  DesktopActions OnSignal(events::v1::DesktopSignal signal, absl::Duration now);
  DesktopActions OnHeartbeat(absl::Duration now);
  // What it said makes no sense: it is refused and the stream goes on, unless it was the first word.
  DesktopActions OnNonsense(const absl::Status& why, absl::Duration now);
  // A signal could not be written: the desktop must not believe that it was.
  DesktopActions OnSignalLost(const absl::Status& why);
  // Notices of its agent, in order; those of other sessions and repeats are passed over.
  DesktopActions OnNotice(const events::v1::DesktopNotice& notice);
  DesktopActions OnTick(absl::Duration now);
  // This side ends it: too slow a reader, a server that stops.
  DesktopActions OnCut(const absl::Status& why);
  // The desktop is gone without a goodbye.
  DesktopActions OnGone();

  // Empty before OnHello.
  const std::string& agent_id() const { return agent_id_; }
  // A session may be held by it: the instance's lease is to be kept.
  bool holds_session() const { return phase_ == Phase::kOpening || phase_ == Phase::kOpen; }
  // 0 while it is not known.
  int64_t session_id() const { return session_id_; }
  bool ended() const { return phase_ == Phase::kEnded; }

 private:
  enum class Phase { kNew, kOpening, kOpen, kEnded };

  events::v1::DesktopSignal& AddSignal(DesktopActions& actions, events::v1::DesktopSignal signal);
  void AddReply(DesktopActions& actions, DesktopReply reply);
  // Ends it; where the dispatcher may still believe in the session, it is told.
  void End(DesktopActions& actions, std::optional<absl::Status> close, absl::string_view lost_reason);
  void Take(DesktopActions& actions, const events::v1::DesktopNotice& notice);
  void TakeSession(DesktopActions& actions, const events::v1::DesktopSession& session);

  const DesktopStreamOptions options_;
  const absl::Duration begun_;
  absl::Duration heard_;
  Phase phase_ = Phase::kNew;
  std::string agent_id_;
  int64_t session_id_ = 0;
  int64_t sequence_ = 0;
  int64_t signal_count_ = 0;
  // Ended while the session's id was not known yet: said when it is.
  bool lost_while_opening_ = false;
  // Notices of the agent that came before the session's id was known.
  std::vector<events::v1::DesktopNotice> early_;
};

// More notices than this before the session's id is known: the stream is cut.
inline constexpr size_t kEarlyNoticesMax = 256;

}  // namespace touchstone::routing
