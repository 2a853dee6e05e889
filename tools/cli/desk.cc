#include "tools/cli/desk.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/cli/enum_word.h"
#include "tools/cli/escalation_text.h"
#include "tools/cli/message_json.h"

namespace touchstone::cli {
namespace {

using events::v1::Escalation;
using events::v1::Offer;
using routing::v1::ConnectRequest;
using routing::v1::ConnectResponse;

constexpr char kCommands[] =
    "accept [N], decline [N] [reason], resolve [N] [solved|no-action-needed|not-reached|not-solved] [note], work, away [reason], "
    "back, quit\n";
constexpr char kAutomaticNote[] = "resolved by touchstone desktop --auto";

}  // namespace

// A typed line, word by word.
struct Desk::Words {
  absl::string_view rest;

  std::string Next() {
    rest = absl::StripLeadingAsciiWhitespace(rest);
    const absl::string_view word = rest.substr(0, rest.find_first_of(" \t"));
    rest.remove_prefix(word.size());
    return std::string(word);
  }

  // The next word, where it is one of the keys; else the first key. Nothing where there is none.
  template <typename Map>
  std::optional<int> Number(const Map& items) {
    const absl::string_view before = rest;
    int number = 0;
    if (absl::SimpleAtoi(Next(), &number)) {
      return items.count(number) > 0 ? std::optional<int>(number) : std::nullopt;
    }
    rest = before;
    return items.empty() ? std::nullopt : std::optional<int>(items.begin()->first);
  }

  std::string Rest() const { return std::string(absl::StripAsciiWhitespace(rest)); }
};

Desk::Desk(Options options) : options_(std::move(options)), paint_(options_.colour) {}

ConnectRequest Desk::Hello(absl::Duration now) {
  heartbeat_at_ = now + kHeartbeat;
  ConnectRequest request;
  routing::v1::Hello& hello = *request.mutable_hello();
  hello.set_agent_id(options_.agent);
  hello.mutable_skills()->Assign(options_.skills.begin(), options_.skills.end());
  hello.set_capacity(options_.capacity);
  hello.set_resume_token(resume_token_);
  hello.set_away(away_);
  return request;
}

Desk::Reaction Desk::OnResponse(const ConnectResponse& response, absl::Duration now) {
  Reaction reaction;
  if (!response.resume_token().empty()) resume_token_ = response.resume_token();
  if (options_.json && !response.has_heartbeat()) absl::StrAppend(&reaction.text, JsonLine(response), "\n");
  if (response.has_welcome() && !options_.json) {
    absl::StrAppend(&reaction.text, response.welcome().resumed() ? "back" : "here", " as ", options_.agent, ", skills ",
                    options_.skills.empty() ? "none" : absl::StrJoin(options_.skills, ", "), "\n",
                    options_.automatic ? "" : kCommands);
  }
  if (!response.has_notice()) return reaction;
  const events::v1::DesktopNotice& notice = response.notice();
  if (notice.has_offer()) OnOffer(notice.offer(), reaction);
  if (notice.has_escalation()) OnEscalation(notice.escalation(), now, reaction);
  if (notice.has_session()) OnSession(notice.session(), reaction);
  if (notice.has_refused() && !options_.json)
    absl::StrAppend(&reaction.text, "not taken: ", notice.refused().message(), " (", notice.refused().reason(), ")\n");
  return reaction;
}

void Desk::OnOffer(const Offer& offer, Reaction& reaction) {
  const int number = NumberOf(offer.escalation_id());
  const bool open = offer.status() == events::v1::OFFER_STATUS_CREATED || offer.status() == events::v1::OFFER_STATUS_DELIVERED;
  if (!open) {
    const bool was_shown = offers_.erase(number) > 0;
    if (was_shown && !options_.json) {
      absl::StrAppend(&reaction.text, "offer ", number, ": ", WordOf(offer.status()),
                      offer.reason().empty() ? "" : absl::StrCat(", ", offer.reason()), "\n");
    }
    return;
  }
  const bool shown = !offers_.insert_or_assign(number, offer).second;
  if (offer.status() == events::v1::OFFER_STATUS_CREATED) {
    reaction.send.emplace_back().mutable_delivered()->set_offer_id(offer.id());
    if (options_.automatic) reaction.send.emplace_back().mutable_accept()->set_offer_id(offer.id());
  }
  if (shown || options_.json) return;
  absl::StrAppend(&reaction.text, "\n", paint_(Ink::kYellow, absl::StrCat("offer ", number)), "   ",
                  EscalationCard(offer.escalation(), options_.zone, paint_, options_.width),
                  options_.automatic ? "" : "  accept or decline?\n");
}

void Desk::OnEscalation(const Escalation& escalation, absl::Duration now, Reaction& reaction) {
  const int number = NumberOf(escalation.id());
  const bool mine = escalation.status() == events::v1::ESCALATION_STATUS_ASSIGNED && escalation.agent_id() == options_.agent;
  const auto held = held_.find(number);
  if (mine) {
    offers_.erase(number);
    if (held != held_.end()) {
      held->second.escalation = escalation;
    } else {
      held_[number] = {number, escalation, options_.automatic ? std::optional(now + options_.work_time) : std::nullopt};
    }
  } else if (held != held_.end()) {
    held_.erase(held);
    if (escalation.status() == events::v1::ESCALATION_STATUS_RESOLVED && escalation.agent_id() == options_.agent) ++resolved_;
  }
  if (!options_.json) {
    const std::string status = WordOf(escalation.status());
    const bool says_more = !escalation.change().empty() && escalation.change() != status;
    absl::StrAppend(&reaction.text, number, " (", escalation.subject(), "): ", status, says_more ? ", " : "",
                    says_more ? escalation.change() : "", "\n");
  }
  if (options_.leave_after > 0 && resolved_ >= options_.leave_after) Leave(reaction);
}

void Desk::OnSession(const events::v1::DesktopSession& session, Reaction& reaction) {
  if (session.status() == events::v1::SESSION_STATUS_FENCED) {
    absl::StrAppend(&reaction.text, options_.json ? "" : "another desktop of this agent took over\n");
    reaction.leave = true;
    return;
  }
  away_ = session.availability() == events::v1::AVAILABILITY_AWAY;
  // What is not in it is no longer theirs, however that came.
  const auto& ids = session.held_escalation_ids();
  for (auto it = held_.begin(); it != held_.end();) {
    const bool still = std::find(ids.begin(), ids.end(), it->second.escalation.id()) != ids.end();
    it = still ? std::next(it) : held_.erase(it);
  }
  if (away_ && !options_.json) {
    absl::StrAppend(&reaction.text, "away",
                    session.availability_reason().empty() ? "" : absl::StrCat(": ", session.availability_reason()), "\n");
  }
}

Desk::Reaction Desk::OnLine(absl::string_view line) {
  Reaction reaction;
  Words words{line};
  const std::string command = words.Next();
  if (command.empty()) return reaction;
  if (command == "accept" || command == "a") {
    Accept(words, reaction);
  } else if (command == "decline" || command == "d") {
    Decline(words, reaction);
  } else if (command == "resolve" || command == "r") {
    Resolve(words, reaction);
  } else if (command == "work" || command == "w") {
    ShowWork(reaction);
  } else if (command == "away" || command == "back") {
    routing::v1::SetAvailability& set = *reaction.send.emplace_back().mutable_set_availability();
    set.set_availability(command == "away" ? events::v1::AVAILABILITY_AWAY : events::v1::AVAILABILITY_AVAILABLE);
    set.set_reason(words.Rest());
  } else if (command == "quit" || command == "q") {
    Leave(reaction);
  } else {
    reaction.text = absl::StrCat("'", command, "' is no command: ", kCommands);
  }
  return reaction;
}

void Desk::Accept(Words& words, Reaction& reaction) {
  const std::optional<int> number = words.Number(offers_);
  if (!number.has_value()) {
    reaction.text = "there is no such offer\n";
    return;
  }
  reaction.send.emplace_back().mutable_accept()->set_offer_id(offers_[*number].id());
}

void Desk::Decline(Words& words, Reaction& reaction) {
  const std::optional<int> number = words.Number(offers_);
  if (!number.has_value()) {
    reaction.text = "there is no such offer\n";
    return;
  }
  routing::v1::Decline& decline = *reaction.send.emplace_back().mutable_decline();
  decline.set_offer_id(offers_[*number].id());
  decline.set_reason(words.Rest());
}

void Desk::Resolve(Words& words, Reaction& reaction) {
  const std::optional<int> number = words.Number(held_);
  if (!number.has_value()) {
    reaction.text = "you hold no such escalation\n";
    return;
  }
  events::v1::ResolutionCode code = events::v1::RESOLUTION_CODE_SOLVED;
  const absl::string_view note = words.rest;
  const absl::StatusOr<events::v1::ResolutionCode> said = ParseWord<events::v1::ResolutionCode>(words.Next());
  if (said.ok()) {
    code = *said;
  } else {
    words.rest = note;
  }
  routing::v1::Resolve& resolve = *reaction.send.emplace_back().mutable_resolve();
  resolve.set_escalation_id(held_[*number].escalation.id());
  resolve.set_code(code);
  resolve.set_note(words.Rest());
}

void Desk::ShowWork(Reaction& reaction) const {
  if (offers_.empty() && held_.empty()) reaction.text = "nothing at the moment\n";
  for (const auto& [number, offer] : offers_)
    absl::StrAppend(&reaction.text, "offer ", number, "   ",
                    EscalationCard(offer.escalation(), options_.zone, paint_, options_.width));
  for (const auto& [number, work] : held_)
    absl::StrAppend(&reaction.text, "yours ", number, "   ",
                    EscalationCard(work.escalation, options_.zone, paint_, options_.width));
}

void Desk::Leave(Reaction& reaction) {
  reaction.send.emplace_back().mutable_goodbye();
  reaction.leave = true;
}

Desk::Reaction Desk::OnTime(absl::Duration now) {
  Reaction reaction;
  if (now >= heartbeat_at_) {
    heartbeat_at_ = now + kHeartbeat;
    reaction.send.emplace_back().mutable_heartbeat();
  }
  for (auto& [number, work] : held_) {
    if (!work.done_at.has_value() || now < *work.done_at) continue;
    // Said again where it was not heard.
    work.done_at = now + kHeartbeat;
    routing::v1::Resolve& resolve = *reaction.send.emplace_back().mutable_resolve();
    resolve.set_escalation_id(work.escalation.id());
    resolve.set_code(events::v1::RESOLUTION_CODE_SOLVED);
    resolve.set_note(kAutomaticNote);
  }
  return reaction;
}

int Desk::NumberOf(const std::string& escalation_id) {
  const auto [it, inserted] = numbers_.try_emplace(escalation_id, next_number_);
  if (inserted) ++next_number_;
  return it->second;
}

}  // namespace touchstone::cli
