#include "services/classification/domain/says.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/clock/proto_time.h"
#include "common/text/nearest.h"

namespace touchstone::classification {
namespace {

constexpr char kSomething[] = "something";

const std::vector<std::string>& Names() {
  static const auto& names =
      *new std::vector<std::string>{"channel", "count", "score", "stars", "strand", "topic", "type", "until", "what"};
  return names;
}

std::string ChannelWord(events::v1::Channel channel) {
  absl::string_view name = events::v1::Channel_Name(channel);
  if (channel == events::v1::CHANNEL_UNSPECIFIED || !absl::ConsumePrefix(&name, "CHANNEL_")) return kSomething;
  return absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"_", " "}});
}

std::string OrSomething(absl::string_view value) { return value.empty() ? kSomething : std::string(value); }

std::string ValueOf(absl::string_view name, const events::v1::Touchpoint& trigger, const events::v1::Correlation* strand,
                    int count) {
  if (name == "count") return absl::StrCat(count);
  if (name == "topic") return OrSomething(trigger.topic());
  if (name == "type") return trigger.type();
  if (name == "channel") return ChannelWord(trigger.channel());
  if (name == "strand") return strand == nullptr ? kSomething : strand->id();
  if (name == "what") return OrSomething(trigger.promise().what());
  if (name == "score") return trigger.has_survey() ? absl::StrCat(trigger.survey().score()) : kSomething;
  if (name == "stars") return trigger.has_stars() ? absl::StrCat(trigger.stars()) : kSomething;
  if (!trigger.promise().has_until_time()) return kSomething;
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", clock::TimeFrom(trigger.promise().until_time()), absl::UTCTimeZone());
}

}  // namespace

absl::StatusOr<SaysTemplate> SaysTemplate::Parse(absl::string_view text, bool has_count) {
  SaysTemplate parsed;
  while (!text.empty()) {
    const size_t open = text.find("{{");
    if (open == absl::string_view::npos) {
      parsed.pieces_.push_back({std::string(text), false});
      break;
    }
    if (open > 0) parsed.pieces_.push_back({std::string(text.substr(0, open)), false});
    const size_t close = text.find("}}", open);
    if (close == absl::string_view::npos) return absl::InvalidArgumentError("'{{' is not closed by '}}'");
    const std::string name(absl::StripAsciiWhitespace(text.substr(open + 2, close - open - 2)));
    if (std::find(Names().begin(), Names().end(), name) == Names().end()) {
      return absl::InvalidArgumentError(absl::StrCat("unknown name '{{", name, "}}'; known are ", absl::StrJoin(Names(), ", "),
                                                     text::DidYouMean(name, Names())));
    }
    if (name == "count" && !has_count) return absl::InvalidArgumentError("'{{count}}' needs 'if: {count: ...}'");
    parsed.pieces_.push_back({name, true});
    text.remove_prefix(close + 2);
  }
  return parsed;
}

std::string SaysTemplate::Render(const events::v1::Touchpoint& trigger, const events::v1::Correlation* strand, int count) const {
  std::string sentence;
  for (const Piece& piece : pieces_) {
    absl::StrAppend(&sentence, piece.is_name ? ValueOf(piece.text, trigger, strand, count) : piece.text);
  }
  return sentence;
}

}  // namespace touchstone::classification
