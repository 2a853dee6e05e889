#include "services/routing/domain/desktop_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status/errors.h"

namespace touchstone::routing {
namespace {

namespace events = touchstone::events::v1;

constexpr absl::Duration kStart = absl::Seconds(100);

events::DesktopNotice NoticeOf(int64_t session, int64_t sequence) {
  events::DesktopNotice notice;
  notice.set_agent_id("bo");
  notice.set_session_id(session);
  notice.set_sequence(sequence);
  return notice;
}

events::DesktopNotice SessionNotice(int64_t session, int64_t sequence, events::SessionStatus status, int64_t resumed = 0) {
  events::DesktopNotice notice = NoticeOf(session, sequence);
  notice.mutable_session()->set_status(status);
  notice.mutable_session()->set_resumed_session_id(resumed);
  return notice;
}

events::DesktopNotice OfferNotice(int64_t session, int64_t sequence) {
  events::DesktopNotice notice = NoticeOf(session, sequence);
  notice.mutable_offer()->set_id("o1");
  return notice;
}

DesktopStream NewStream() { return DesktopStream({.instance = "one", .stream_id = "s"}, kStart); }

// A stream whose session is 8.
DesktopStream OpenStream() {
  DesktopStream stream = NewStream();
  stream.OnHello("bo", {}, "", kStart);
  stream.OnOpened(7);
  stream.OnNotice(SessionNotice(8, 1, events::SESSION_STATUS_CONNECTED));
  return stream;
}

TEST(DesktopStream, IsWelcomedWhenTheDispatcherHasOpenedItsSession) {
  DesktopStream stream = NewStream();
  const DesktopActions hello = stream.OnHello("bo", {}, "", kStart);
  ASSERT_EQ(hello.signals.size(), 1);
  EXPECT_EQ(hello.signals[0].signal_id(), "s-1");
  EXPECT_TRUE(stream.OnOpened(7).replies.empty());
  const DesktopActions opened = stream.OnNotice(SessionNotice(8, 1, events::SESSION_STATUS_CONNECTED));
  ASSERT_EQ(opened.replies.size(), 2);
  EXPECT_EQ(opened.replies[0].kind, DesktopReply::Kind::kWelcome);
  EXPECT_EQ(opened.replies[0].session_id, 8);
  EXPECT_FALSE(opened.replies[0].resumed);
  EXPECT_EQ(opened.replies[1].kind, DesktopReply::Kind::kNotice);
}

// The tail may be faster than the acknowledgement of the append.
TEST(DesktopStream, NoticesThatComeBeforeItsIdIsKnownAreKept) {
  DesktopStream stream = NewStream();
  stream.OnHello("bo", {}, "", kStart);
  EXPECT_TRUE(stream.OnNotice(SessionNotice(5, 9, events::SESSION_STATUS_FENCED)).replies.empty());
  EXPECT_TRUE(stream.OnNotice(SessionNotice(8, 10, events::SESSION_STATUS_CONNECTED)).replies.empty());
  EXPECT_TRUE(stream.OnNotice(OfferNotice(8, 11)).replies.empty());
  EXPECT_EQ(stream.OnOpened(7).replies.size(), 3);
}

TEST(DesktopStream, RepeatedNoticesAndThoseOfOtherSessionsAreNotTold) {
  DesktopStream stream = OpenStream();
  EXPECT_EQ(stream.OnNotice(OfferNotice(8, 2)).replies.size(), 1);
  EXPECT_TRUE(stream.OnNotice(OfferNotice(8, 2)).replies.empty());
  EXPECT_TRUE(stream.OnNotice(OfferNotice(5, 3)).replies.empty());
}

TEST(DesktopStream, AResumeTokenNamesTheSessionItGoesOnFrom) {
  DesktopStream first = OpenStream();
  const std::string token = first.OnNotice(OfferNotice(8, 2)).replies[0].resume_token;
  const absl::StatusOr<ResumePoint> point = DecodeDesktopToken("bo", token);
  ASSERT_TRUE(point.ok());
  EXPECT_EQ(point->session_id, 8);
  EXPECT_EQ(point->sequence, 2);
  DesktopStream second = NewStream();
  EXPECT_EQ(second.OnHello("bo", {}, token, kStart).signals[0].opened().resumed_session_id(), 8);
  second.OnOpened(20);
  EXPECT_TRUE(second.OnNotice(SessionNotice(21, 5, events::SESSION_STATUS_CONNECTED, 8)).replies[0].resumed);
}

TEST(DesktopStream, ATokenOfAnotherAgentOrADamagedOneIsRefused) {
  const std::string token = EncodeDesktopToken("bo", {8, 2});
  for (const std::string& bad : {EncodeDesktopToken("cy", {8, 2}), token.substr(1), std::string("d1-1-1-0"), std::string("x")}) {
    DesktopStream stream = NewStream();
    const DesktopActions actions = stream.OnHello("bo", {}, bad, kStart);
    ASSERT_TRUE(actions.close.has_value()) << bad;
    EXPECT_EQ(actions.close->code(), absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(actions.signals.empty());
  }
}

TEST(DesktopStream, TwoMissedHeartbeatsLoseTheSession) {
  DesktopStream stream = OpenStream();
  stream.OnHeartbeat(kStart + absl::Seconds(5));
  EXPECT_FALSE(stream.OnTick(kStart + absl::Seconds(15)).close.has_value());
  const DesktopActions actions = stream.OnTick(kStart + absl::Seconds(15) + absl::Milliseconds(1));
  ASSERT_EQ(actions.signals.size(), 1);
  EXPECT_TRUE(actions.signals[0].has_lost());
  EXPECT_EQ(actions.signals[0].session_id(), 8);
  EXPECT_EQ(actions.close->code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(stream.OnGone().signals.empty()) << "said once";
}

TEST(DesktopStream, AFencedSessionIsClosedWithItsReasonAndSaysNothingMore) {
  DesktopStream stream = OpenStream();
  const DesktopActions actions = stream.OnNotice(SessionNotice(8, 2, events::SESSION_STATUS_FENCED));
  EXPECT_EQ(actions.close->code(), absl::StatusCode::kAborted);
  EXPECT_EQ(status::ReasonOf(*actions.close)->reason, "SESSION_FENCED");
  EXPECT_TRUE(stream.OnGone().signals.empty());
}

TEST(DesktopStream, ASuspectSessionIsToldToComeBack) {
  DesktopStream stream = OpenStream();
  const DesktopActions actions = stream.OnNotice(SessionNotice(8, 2, events::SESSION_STATUS_SUSPECT));
  EXPECT_EQ(actions.close->code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(actions.signals.empty());
}

TEST(DesktopStream, GoneWhileOpeningIsSaidOnceTheIdIsKnown) {
  DesktopStream stream = NewStream();
  stream.OnHello("bo", {}, "", kStart);
  EXPECT_TRUE(stream.OnGone().signals.empty());
  const DesktopActions actions = stream.OnOpened(7);
  ASSERT_EQ(actions.signals.size(), 1);
  EXPECT_TRUE(actions.signals[0].has_lost());
  EXPECT_EQ(actions.signals[0].session_id(), 8);
}

TEST(DesktopStream, GoodbyeClosesTheSessionAndTheStream) {
  DesktopStream stream = OpenStream();
  events::DesktopSignal goodbye;
  goodbye.mutable_closed();
  const DesktopActions actions = stream.OnSignal(goodbye, kStart);
  EXPECT_TRUE(actions.signals[0].has_closed());
  EXPECT_TRUE(actions.close->ok());
  EXPECT_TRUE(stream.OnGone().signals.empty());
}

TEST(DesktopStream, ASignalThatWasNotTakenEndsTheStream) {
  DesktopStream stream = OpenStream();
  const DesktopActions actions = stream.OnSignalLost(absl::ResourceExhaustedError("disk full"));
  EXPECT_EQ(actions.close->code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(actions.signals[0].has_lost());
}

TEST(DesktopStream, SpeakingBeforeTheWelcomeOrHelloTwiceIsAMistake) {
  DesktopStream early = NewStream();
  events::DesktopSignal accept;
  accept.mutable_accepted();
  EXPECT_EQ(early.OnSignal(accept, kStart).close->code(), absl::StatusCode::kFailedPrecondition);
  DesktopStream twice = OpenStream();
  EXPECT_EQ(twice.OnHello("bo", {}, "", kStart).close->code(), absl::StatusCode::kInvalidArgument);
}

TEST(DesktopStream, NonsenseIsRefusedAndTheStreamGoesOn) {
  DesktopStream stream = OpenStream();
  const DesktopActions actions = stream.OnNonsense(absl::InvalidArgumentError("resolve.code: is required"), kStart);
  EXPECT_FALSE(actions.close.has_value());
  EXPECT_EQ(actions.replies[0].notice.refused().reason(), "INVALID_ARGUMENT");
}

TEST(DesktopStream, WithoutHelloOrAnAnswerItEnds) {
  DesktopStream silent = NewStream();
  EXPECT_TRUE(silent.OnTick(kStart + absl::Seconds(10)).close.has_value());
  DesktopStream unanswered = NewStream();
  unanswered.OnHello("bo", {}, "", kStart);
  EXPECT_FALSE(unanswered.OnTick(kStart + absl::Seconds(19)).close.has_value());
  EXPECT_TRUE(unanswered.OnTick(kStart + absl::Seconds(20)).close.has_value());
}

}  // namespace
}  // namespace touchstone::routing
