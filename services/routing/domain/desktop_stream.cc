#include "services/routing/domain/desktop_stream.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/ids/hash.h"
#include "common/status/errors.h"

namespace touchstone::routing {

namespace events = touchstone::events::v1;

namespace {

constexpr char kDomain[] = "routing";

absl::Status ComeBack(absl::string_view message, absl::string_view reason) {
  return status::WithRetry(status::WithReason(absl::UnavailableError(message), reason, kDomain), absl::Milliseconds(100));
}

}  // namespace

// `d1-<session>-<sequence>-<16 hex digits over all of it and the agent>`
std::string EncodeDesktopToken(absl::string_view agent_id, const ResumePoint& point) {
  const std::string body = absl::StrCat("d1-", point.session_id, "-", point.sequence);
  return absl::StrCat(body, "-", absl::Hex(ids::StableHash64(absl::StrCat(body, "/", agent_id)), absl::kZeroPad16));
}

absl::StatusOr<ResumePoint> DecodeDesktopToken(absl::string_view agent_id, absl::string_view token) {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '-');
  ResumePoint point;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[1], &point.session_id) || !absl::SimpleAtoi(parts[2], &point.sequence) ||
      EncodeDesktopToken(agent_id, point) != token) {
    return absl::InvalidArgumentError("is no resume token of this agent; connect without one");
  }
  return point;
}

DesktopStream::DesktopStream(DesktopStreamOptions options, absl::Duration now)
    : options_(std::move(options)), begun_(now), heard_(now) {}

DesktopActions DesktopStream::OnHello(absl::string_view agent_id, events::SessionOpened opened, absl::string_view resume_token,
                                      absl::Duration now) {
  DesktopActions actions;
  if (phase_ == Phase::kEnded) return actions;
  heard_ = now;
  if (phase_ != Phase::kNew) {
    End(actions, absl::InvalidArgumentError("hello: is said once, first on the stream"), "hello twice");
    return actions;
  }
  if (!resume_token.empty()) {
    const absl::StatusOr<ResumePoint> point = DecodeDesktopToken(agent_id, resume_token);
    if (!point.ok()) {
      End(actions, status::InvalidField("hello.resume_token", point.status().message()), "");
      return actions;
    }
    opened.set_resumed_session_id(point->session_id);
  }
  agent_id_ = std::string(agent_id);
  phase_ = Phase::kOpening;
  events::DesktopSignal signal;
  *signal.mutable_opened() = std::move(opened);
  AddSignal(actions, std::move(signal));
  return actions;
}

DesktopActions DesktopStream::OnOpened(absl::StatusOr<int64_t> offset) {
  DesktopActions actions;
  if (!offset.ok()) {
    // Nothing was opened, as far as is known; if it was after all, its first offer finds nobody and says so.
    lost_while_opening_ = false;
    if (phase_ == Phase::kOpening) End(actions, offset.status(), "");
    return actions;
  }
  session_id_ = *offset + 1;
  if (std::exchange(lost_while_opening_, false)) {
    events::DesktopSignal signal;
    signal.mutable_lost()->set_reason("gone while it opened");
    AddSignal(actions, std::move(signal));
  }
  if (phase_ != Phase::kOpening) return actions;
  for (const events::DesktopNotice& notice : std::exchange(early_, {})) Take(actions, notice);
  return actions;
}

DesktopActions DesktopStream::OnSignal(events::DesktopSignal signal, absl::Duration now) {
  DesktopActions actions;
  if (phase_ == Phase::kEnded) return actions;
  heard_ = now;
  if (phase_ != Phase::kOpen) {
    End(actions, absl::FailedPreconditionError("say hello first, and wait for the welcome"), "spoke before the welcome");
    return actions;
  }
  const bool goodbye = signal.has_closed();
  AddSignal(actions, std::move(signal));
  if (goodbye) {
    phase_ = Phase::kEnded;
    actions.close = absl::OkStatus();
  }
  return actions;
}

DesktopActions DesktopStream::OnHeartbeat(absl::Duration now) {
  DesktopActions actions;
  if (phase_ == Phase::kEnded) return actions;
  heard_ = now;
  if (phase_ == Phase::kOpen) AddReply(actions, {.kind = DesktopReply::Kind::kHeartbeat});
  return actions;
}

DesktopActions DesktopStream::OnNonsense(const absl::Status& why, absl::Duration now) {
  DesktopActions actions;
  if (phase_ == Phase::kEnded) return actions;
  heard_ = now;
  if (phase_ != Phase::kOpen) {
    End(actions, why, "nonsense before the welcome");
    return actions;
  }
  DesktopReply reply;
  reply.notice.set_agent_id(agent_id_);
  reply.notice.set_session_id(session_id_);
  reply.notice.mutable_refused()->set_reason("INVALID_ARGUMENT");
  reply.notice.mutable_refused()->set_message(std::string(why.message()));
  AddReply(actions, std::move(reply));
  return actions;
}

DesktopActions DesktopStream::OnSignalLost(const absl::Status& why) {
  DesktopActions actions;
  if (phase_ != Phase::kEnded) End(actions, status::Annotated(why, "what you said was not taken; connect again"), "signal lost");
  return actions;
}

DesktopActions DesktopStream::OnNotice(const events::DesktopNotice& notice) {
  DesktopActions actions;
  if (!holds_session() || notice.agent_id() != agent_id_) return actions;
  if (session_id_ == 0) {
    early_.push_back(notice);
    if (early_.size() > kEarlyNoticesMax) End(actions, ComeBack("the log is slow; connect again", "OPENING"), "opens too slowly");
    return actions;
  }
  Take(actions, notice);
  return actions;
}

void DesktopStream::Take(DesktopActions& actions, const events::DesktopNotice& notice) {
  if (phase_ == Phase::kEnded || notice.session_id() != session_id_ || notice.sequence() <= sequence_) return;
  sequence_ = notice.sequence();
  if (phase_ == Phase::kOpening) {
    if (notice.session().status() != events::SESSION_STATUS_CONNECTED) return;
    phase_ = Phase::kOpen;
    AddReply(
        actions,
        {.kind = DesktopReply::Kind::kWelcome, .session_id = session_id_, .resumed = notice.session().resumed_session_id() != 0});
  }
  AddReply(actions, {.kind = DesktopReply::Kind::kNotice, .notice = notice});
  if (notice.has_session()) TakeSession(actions, notice.session());
}

void DesktopStream::TakeSession(DesktopActions& actions, const events::DesktopSession& session) {
  switch (session.status()) {
    case events::SESSION_STATUS_FENCED:
      phase_ = Phase::kEnded;
      actions.close =
          status::WithReason(absl::AbortedError("a newer session of this agent took over"), "SESSION_FENCED", kDomain);
      return;
    case events::SESSION_STATUS_SUSPECT:
      phase_ = Phase::kEnded;
      actions.close = ComeBack("this session was taken for lost; connect again with the resume token", "SESSION_SUSPECT");
      return;
    case events::SESSION_STATUS_DISCONNECTED:
      phase_ = Phase::kEnded;
      actions.close = status::WithReason(absl::AbortedError("this session is over; connect anew"), "SESSION_OVER", kDomain);
      return;
    default:
      return;
  }
}

DesktopActions DesktopStream::OnTick(absl::Duration now) {
  DesktopActions actions;
  if (phase_ == Phase::kEnded) return actions;
  if (phase_ == Phase::kNew && now - begun_ >= options_.open_within) {
    End(actions, absl::DeadlineExceededError("no hello came"), "");
  } else if (phase_ == Phase::kOpening && now - begun_ >= 2 * options_.open_within) {
    End(actions, ComeBack("the dispatcher does not answer; connect again", "OPENING"), "not opened in time");
  } else if (phase_ == Phase::kOpen && now - heard_ > options_.silence_max) {
    End(actions, ComeBack("two heartbeats were missed; connect again with the resume token", "HEARTBEATS_MISSED"),
        "two heartbeats missed");
  } else if (phase_ == Phase::kOpen && now - begun_ >= options_.age_max) {
    End(actions, ComeBack("this stream is old; connect again with the resume token", "STREAM_OLD"), "the stream is old");
  }
  return actions;
}

DesktopActions DesktopStream::OnCut(const absl::Status& why) {
  DesktopActions actions;
  if (phase_ != Phase::kEnded) End(actions, why, why.message());
  return actions;
}

DesktopActions DesktopStream::OnGone() {
  DesktopActions actions;
  if (phase_ != Phase::kEnded) End(actions, std::nullopt, "the stream is gone");
  return actions;
}

void DesktopStream::End(DesktopActions& actions, std::optional<absl::Status> close, absl::string_view lost_reason) {
  const bool may_be_believed = holds_session();
  phase_ = Phase::kEnded;
  actions.close = std::move(close);
  if (!may_be_believed || lost_reason.empty()) return;
  if (session_id_ == 0) {
    lost_while_opening_ = true;
    return;
  }
  events::DesktopSignal signal;
  signal.mutable_lost()->set_reason(std::string(lost_reason));
  AddSignal(actions, std::move(signal));
}

events::DesktopSignal& DesktopStream::AddSignal(DesktopActions& actions, events::DesktopSignal signal) {
  signal.set_signal_id(absl::StrCat(options_.stream_id, "-", ++signal_count_));
  signal.set_agent_id(agent_id_);
  signal.set_session_id(signal.has_opened() ? 0 : session_id_);
  signal.set_instance(options_.instance);
  return actions.signals.emplace_back(std::move(signal));
}

void DesktopStream::AddReply(DesktopActions& actions, DesktopReply reply) {
  reply.resume_token = EncodeDesktopToken(agent_id_, {.session_id = session_id_, .sequence = sequence_});
  actions.replies.push_back(std::move(reply));
}

}  // namespace touchstone::routing
