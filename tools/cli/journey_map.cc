#include "tools/cli/journey_map.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/clock/proto_time.h"
#include "tools/cli/enum_word.h"
#include "tools/cli/event_text.h"
#include "tools/cli/paint.h"
#include "tools/cli/text_width.h"
#include "tools/cli/time_text.h"

namespace touchstone::cli {
namespace {

using classification::v1::Journey;
using classification::v1::JourneyTouchpoint;
using classification::v1::LedgerEntry;
using classification::v1::Strand;

constexpr int kLabelWidth = 9;
constexpr int kStageWidth = 14;
constexpr int kTypeWidthMax = 28;
constexpr int kStrandWidthMax = 24;

// One line of the map.
struct Happening {
  absl::Time time;
  const JourneyTouchpoint* touchpoint = nullptr;
  const events::v1::MomentOfTruth* moment = nullptr;
};

// What a strand's lane spans.
struct Lane {
  const Strand* strand = nullptr;
  absl::Time first;
  absl::Time last;
};

class MapDrawing {
 public:
  MapDrawing(absl::string_view name, const Journey& journey, const MapStyle& style)
      : name_(name), journey_(journey), style_(style), width_(std::max(style.width, kMapWidthMin)), paint_(style.colour) {
    FindLanes();
    FindHappenings();
  }

  std::string Draw() {
    DrawHead();
    DrawStages();
    DrawStrands();
    DrawHappenings();
    DrawLedger();
    return std::move(text_);
  }

 private:
  void FindLanes();
  void FindHappenings();
  size_t LaneOf(const events::v1::Correlation& key) const;
  size_t LaneOf(const Happening& happening) const;

  void DrawHead();
  void DrawStages();
  void DrawStrands();
  void DrawHappenings();
  void DrawTouchpoint(const Happening& happening);
  void DrawMoment(const Happening& happening);
  void DrawLedger();
  void DrawEntry(const LedgerEntry& entry);

  // The lanes at that time, with `mark` in the happening's own.
  std::string Gutter(const Happening& happening, absl::string_view mark) const;
  int GutterWidth() const { return 2 * static_cast<int>(std::max<size_t>(lanes_.size(), 1)); }
  // Whether nothing is cut.
  bool Whole() const { return width_ >= kUnboundedWidth; }
  std::string Clock(absl::Time time) const { return absl::FormatTime("  %H:%M  ", time, style_.zone); }
  void Label(absl::string_view label) { text_ += paint_(Ink::kDim, Padded(label, kLabelWidth)); }
  void Line(absl::string_view text) { absl::StrAppend(&text_, absl::StripTrailingAsciiWhitespace(text), "\n"); }

  const absl::string_view name_;
  const Journey& journey_;
  const MapStyle& style_;
  const int width_;
  const Paint paint_;
  // The first is of what belongs to no strand.
  std::vector<Lane> lanes_;
  std::vector<Happening> happenings_;
  // Of the touchpoint with the most to say.
  int details_width_ = 0;
  std::string text_;
};

void MapDrawing::FindLanes() {
  lanes_.push_back({.first = absl::InfinitePast(), .last = absl::InfiniteFuture()});
  for (const Strand& strand : journey_.strands()) {
    if (lanes_.size() > kMapLanesMax) break;
    lanes_.push_back({&strand, clock::TimeFrom(strand.first_time()), clock::TimeFrom(strand.last_time())});
  }
  for (const events::v1::MomentOfTruth& moment : journey_.moments()) {
    Lane& lane = lanes_[LaneOf(moment.strand())];
    lane.last = std::max(lane.last, clock::TimeFrom(moment.occur_time()));
  }
}

void MapDrawing::FindHappenings() {
  for (const JourneyTouchpoint& touchpoint : journey_.touchpoints()) {
    happenings_.push_back({.time = clock::TimeFrom(touchpoint.touchpoint().occur_time()), .touchpoint = &touchpoint});
    details_width_ = std::max(details_width_, Columns(TouchpointDetails(touchpoint.touchpoint(), style_.zone)));
  }
  for (const events::v1::MomentOfTruth& moment : journey_.moments())
    happenings_.push_back({.time = clock::TimeFrom(moment.occur_time()), .moment = &moment});
  // Touchpoints are in front of the moments of the same time.
  std::stable_sort(happenings_.begin(), happenings_.end(),
                   [](const Happening& a, const Happening& b) { return a.time < b.time; });
}

size_t MapDrawing::LaneOf(const events::v1::Correlation& key) const {
  if (key.id().empty()) return 0;
  for (int i = 0; i < journey_.strands_size(); ++i) {
    const events::v1::Correlation& other = journey_.strands(i).key();
    if (other.kind() == key.kind() && other.id() == key.id())
      return std::min(static_cast<size_t>(i) + 1, std::max<size_t>(lanes_.size(), 2) - 1);
  }
  return 0;
}

size_t MapDrawing::LaneOf(const Happening& happening) const {
  if (happening.moment != nullptr) return LaneOf(happening.moment->strand());
  for (const events::v1::Correlation& correlation : happening.touchpoint->touchpoint().correlations()) {
    const size_t lane = LaneOf(correlation);
    if (lane > 0) return lane;
  }
  return 0;
}

void MapDrawing::DrawHead() {
  const events::v1::JourneyDigest& digest = journey_.digest();
  const int hundredths = journey_.ledger().hundredths();
  std::string stage = WordOf(digest.stage());
  text_ += paint_(Ink::kBold, Fitted(name_, width_ / 2));
  absl::StrAppend(&text_, "   ", stage.empty() ? "no stage yet" : stage, "   ");
  text_ += paint_(hundredths >= 100 ? Ink::kRed : Ink::kPlain, absl::StrCat(StrikesText(hundredths), " strikes"));
  absl::StrAppend(&text_, "   ", digest.touchpoint_count(), digest.touchpoint_count() == 1 ? " touchpoint" : " touchpoints");
  if (journey_.too_late_count() > 0) absl::StrAppend(&text_, ", ", journey_.too_late_count(), " too late to be placed");
  absl::StrAppend(&text_, "   times in ", style_.zone_name, "\n");
}

void MapDrawing::DrawStages() {
  if (journey_.stages().empty()) return;
  text_ += "\n";
  Label("stages");
  int column = kLabelWidth;
  for (int i = 0; i < journey_.stages_size(); ++i) {
    const std::string stage = WordOf(journey_.stages(i).stage());
    const std::string since = TimeText(journey_.stages(i).begin_time(), style_.zone).substr(0, 10);
    const int columns = Columns(stage) + 1 + Columns(since) + (i > 0 ? 4 : 0);
    if (i > 0 && column + columns > width_) {
      absl::StrAppend(&text_, "\n", std::string(kLabelWidth, ' '));
      column = kLabelWidth;
    }
    if (i > 0) text_ += " ─▶ ";
    absl::StrAppend(&text_, paint_(i + 1 == journey_.stages_size() ? Ink::kBold : Ink::kPlain, stage), " ",
                    paint_(Ink::kDim, since));
    column += columns;
  }
  text_ += "\n";
}

void MapDrawing::DrawStrands() {
  if (journey_.strands().empty()) return;
  text_ += "\n";
  int key_width = 0;
  for (const Strand& strand : journey_.strands())
    key_width = std::clamp(Columns(CorrelationText(strand.key())), key_width, Whole() ? kUnboundedWidth : kStrandWidthMax);
  for (int i = 0; i < journey_.strands_size(); ++i) {
    const Strand& strand = journey_.strands(i);
    Label(i == 0 ? "strands" : "");
    std::string line = absl::StrCat(LaneOf(strand.key()), " ", Padded(CorrelationText(strand.key()), key_width), "  ",
                                    Padded(WordOf(strand.stage()), kStageWidth), " ", strand.touchpoint_count(), "×");
    for (const events::v1::PromiseState& promise : strand.promises()) {
      absl::StrAppend(&line, "  ", promise.promise().what(), promise.broken() ? " broken, due " : " due ",
                      TimeText(promise.promise().until_time(), style_.zone));
    }
    Line(Fitted(line, width_ - kLabelWidth));
  }
}

void MapDrawing::DrawHappenings() {
  std::string day;
  for (const Happening& happening : happenings_) {
    std::string date = absl::FormatTime("%a %Y-%m-%d", happening.time, style_.zone);
    if (date != day) {
      absl::StrAppend(&text_, "\n", paint_(Ink::kDim, date), "\n");
      day = std::move(date);
    }
    happening.touchpoint != nullptr ? DrawTouchpoint(happening) : DrawMoment(happening);
  }
}

std::string MapDrawing::Gutter(const Happening& happening, absl::string_view mark) const {
  const size_t own = LaneOf(happening);
  std::string gutter;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const bool active = happening.time >= lanes_[i].first && happening.time <= lanes_[i].last;
    absl::StrAppend(&gutter, i == own ? mark : active ? "│" : " ", " ");
  }
  return gutter;
}

void MapDrawing::DrawTouchpoint(const Happening& happening) {
  const events::v1::Touchpoint& touchpoint = happening.touchpoint->touchpoint();
  const std::string clock = Clock(happening.time);
  const std::string gutter = Gutter(happening, "●");
  const std::string stage = WordOf(happening.touchpoint->stage());
  const int type_width = std::clamp(Columns(touchpoint.type()), kStageWidth + 4, Whole() ? kUnboundedWidth : kTypeWidthMax);
  const int left = width_ - Columns(clock) - GutterWidth() - type_width - 2 - (stage.empty() ? 0 : kStageWidth + 2);
  const int rest = Whole() ? details_width_ : left;
  std::string line = absl::StrCat(paint_(Ink::kDim, clock), gutter, Padded(touchpoint.type(), type_width), "  ");
  const std::string details = TouchpointDetails(touchpoint, style_.zone);
  if (stage.empty()) {
    line += Fitted(details, rest);
  } else {
    absl::StrAppend(&line, Padded(details, rest), "  ", paint_(Ink::kDim, stage));
  }
  Line(line);
}

void MapDrawing::DrawMoment(const Happening& happening) {
  const events::v1::MomentOfTruth& moment = *happening.moment;
  const Ink ink = InkOf(moment.polarity());
  const std::string clock = Clock(happening.time);
  const std::string head =
      absl::StrCat(absl::AsciiStrToUpper(WordOf(moment.kind())), " ", WordOf(moment.polarity()), " ", moment.severity());
  const std::string says =
      absl::StrCat(": ", moment.says(), moment.question().empty() ? "" : absl::StrCat(" — ", moment.question()));
  // What a moment says is why the map is drawn: it goes on in the next line rather than being cut, its first words beside the
  // head.
  const int indent = Columns(clock) + GutterWidth();
  const std::string text = Wrapped(absl::StrCat(head, says), width_ - indent, indent);
  const absl::string_view first = absl::string_view(text).substr(0, text.find('\n'));
  const size_t painted = std::min(first.size(), head.size());
  Line(absl::StrCat(paint_(Ink::kDim, clock), Gutter(happening, paint_(ink, "◆")), paint_(ink, first.substr(0, painted)),
                    absl::string_view(text).substr(painted)));
}

void MapDrawing::DrawLedger() {
  if (journey_.ledger().entries().empty()) return;
  text_ += "\n";
  Label("strikes");
  Line(absl::StrCat(StrikesText(journey_.ledger().hundredths()), " count now",
                    journey_.ledger().has_next_change_time()
                        ? absl::StrCat(", until ", TimeText(journey_.ledger().next_change_time(), style_.zone))
                        : ""));
  for (const LedgerEntry& entry : journey_.ledger().entries()) DrawEntry(entry);
}

void MapDrawing::DrawEntry(const LedgerEntry& entry) {
  const bool strike = entry.has_strike();
  const google::protobuf::Timestamp& time = strike ? entry.strike().occur_time() : entry.recovery().occur_time();
  const int hundredths = strike ? entry.strike().weight_hundredths() : -entry.recovery().credit_hundredths();
  const std::string& rule = strike ? entry.strike().rule() : entry.recovery().rule();
  const std::string line = absl::StrCat(TimeText(time, style_.zone), "  ", hundredths < 0 ? "" : "+", StrikesText(hundredths),
                                        "  ", rule, entry.why().empty() ? "" : absl::StrCat(": ", entry.why()));
  absl::StrAppend(&text_, std::string(kLabelWidth, ' '),
                  paint_(strike ? Ink::kRed : Ink::kGreen, Fitted(line, width_ - kLabelWidth)), "\n");
}

}  // namespace

std::string JourneyMap(absl::string_view name, const Journey& journey, const MapStyle& style) {
  return MapDrawing(name, journey, style).Draw();
}

}  // namespace touchstone::cli
