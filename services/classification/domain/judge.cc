#include "services/classification/domain/judge.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "services/classification/domain/count_window.h"
#include "services/classification/domain/fold_point.h"

namespace touchstone::classification {
namespace {

std::string StageWord(events::v1::Stage stage) {
  return stage == events::v1::STAGE_UNSPECIFIED ? "no stage yet" : events::v1::Stage_Name(stage).substr(sizeof("STAGE_") - 1);
}

std::string DueText(int64_t due_ns) { return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", TimeOf(due_ns), absl::UTCTimeZone()); }

// One rule before one touchpoint, clause by clause.
class Judging {
 public:
  Judging(const Pack& pack, const MomentRule& rule, const Scene& scene, const state::v1::FoldState& state,
          std::vector<ClauseSeen>* clauses)
      : pack_(pack), rule_(rule), scene_(scene), state_(state), clauses_(clauses) {}

  Judgement Judge() {
    judgement_.holds =
        (clauses_ == nullptr) ? Echo() && When() && Stages() && Strikes() && First() && Count() && Absence() : All();
    return std::move(judgement_);
  }

 private:
  bool All() {
    const bool held[] = {Echo(), When(), Stages(), Strikes(), First(), Count(), Absence()};
    return std::all_of(std::begin(held), std::end(held), [](bool one) { return one; });
  }

  // `text` and `saw` are only made where somebody asked.
  template <typename Text, typename Saw>
  bool Told(absl::string_view clause, bool held, Text text, Saw saw) {
    if (clauses_ != nullptr) clauses_->push_back({std::string(clause), text(), held, saw()});
    return held;
  }

  bool Echo() {
    if (!scene_.IsOurDoing()) return true;
    return Told(
        "echo", rule_.echo, [&] { return absl::StrCat("echo: ", rule_.echo ? "true" : "false"); },
        [] { return "the touchpoint was caused by us"; });
  }

  bool When() {
    return Told(
        "when", rule_.when.Holds(scene_), [&] { return rule_.when.text(); }, [&] { return rule_.when.Saw(scene_); });
  }

  bool Stages() {
    if (rule_.stages.empty()) return true;
    const events::v1::Stage stage = scene_.journey().stage();
    return Told(
        "if.stage", std::find(rule_.stages.begin(), rule_.stages.end(), stage) != rule_.stages.end(),
        [&] {
          return absl::StrJoin(rule_.stages, ", ", [](std::string* out, events::v1::Stage one) { out->append(StageWord(one)); });
        },
        [&] { return absl::StrCat("the journey stood in ", StageWord(stage)); });
  }

  bool Strikes() {
    if (rule_.strikes_at_least == 0) return true;
    return Told(
        "if.strikes", scene_.journey().strikes() >= rule_.strikes_at_least,
        [&] { return absl::StrCat("at least ", rule_.strikes_at_least); },
        [&] { return absl::StrCat(scene_.journey().strike_hundredths(), " hundredths counted"); });
  }

  bool First() {
    if (!rule_.first) return true;
    const bool seen = HasSeen(*rule_.first, By(rule_.first->by), state_);
    return Told(
        "if.first", !seen, [&] { return rule_.first->of.text(); }, [&] { return seen ? "there was one before" : "none before"; });
  }

  bool Count() {
    if (!rule_.count) return true;
    judgement_.hits = HitsOf(*rule_.count, By(rule_.count->by), scene_.time_ns(), state_);
    const int count = static_cast<int>(judgement_.hits.size());
    return Told(
        "if.count", rule_.count->once ? count == rule_.count->at_least : count >= rule_.count->at_least,
        [&] {
          return absl::StrCat(rule_.count->once ? "exactly " : "at least ", rule_.count->at_least, " within ",
                              absl::FormatDuration(rule_.count->within), " of ", rule_.count->of.text());
        },
        [&] { return absl::StrCat("counted ", count); });
  }

  bool Absence() {
    if (!rule_.absence) return true;
    const bool until_promise = rule_.absence->wait == absl::ZeroDuration();
    const bool waits = !until_promise || PromisesWhatCanBeKept();
    if (waits) {
      const int64_t due_ns = until_promise ? Nanos(scene_.touchpoint().promise().until_time())
                                           : Nanos(TimeOf(scene_.time_ns()) + rule_.absence->wait);
      judgement_.due_ns = std::max(due_ns, scene_.time_ns());
    }
    return Told(
        "if.absence", waits, [&] { return AbsenceText(); },
        [&] {
          return waits ? absl::StrCat("waits until ", DueText(judgement_.due_ns))
                       : "the touchpoint promises nothing that the pack knows how to keep";
        });
  }

  // What nothing can keep is not waited for: it would always be found broken.
  bool PromisesWhatCanBeKept() const {
    if (!scene_.touchpoint().has_promise()) return false;
    return rule_.absence->no || pack_.FindPromise(scene_.touchpoint().promise().what()) != nullptr;
  }

  std::string AbsenceText() const {
    const std::string no = rule_.absence->no ? rule_.absence->no->text() : "what keeps the promise";
    return absl::StrCat("no ", no,
                        rule_.absence->wait == absl::ZeroDuration()
                            ? " until the promised time"
                            : absl::StrCat(" for ", absl::FormatDuration(rule_.absence->wait)));
  }

  uint64_t By(classification::By by) const { return ByValue(by, scene_.touchpoint(), scene_.strand_key()); }

  const Pack& pack_;
  const MomentRule& rule_;
  const Scene& scene_;
  const state::v1::FoldState& state_;
  std::vector<ClauseSeen>* const clauses_;
  Judgement judgement_;
};

}  // namespace

Judgement Judge(const Pack& pack, const MomentRule& rule, const Scene& scene, const state::v1::FoldState& state,
                std::vector<ClauseSeen>* clauses) {
  return Judging(pack, rule, scene, state, clauses).Judge();
}

}  // namespace touchstone::classification
