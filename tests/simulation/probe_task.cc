#include "tests/simulation/probe_task.h"

#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/macros.h"

namespace touchstone::simulation {
namespace {

struct Seen {
  int64_t count = 0;
  uint64_t chain = 0;

  void Take(int64_t offset) {
    ++count;
    chain = chain * 1'000'003 + static_cast<uint64_t>(offset) + 1;
  }
};

// What the probe keeps of a key.
struct KeyState {
  Seen asks;
  Seen answers;
  // -1: none.
  int64_t open_ask = -1;

  static KeyState From(const std::optional<std::string>& text) {
    KeyState state;
    if (!text.has_value()) return state;
    const std::vector<absl::string_view> parts = absl::StrSplit(*text, ' ');
    const bool read = parts.size() == 5 && absl::SimpleAtoi(parts[0], &state.asks.count) &&
                      absl::SimpleAtoi(parts[1], &state.asks.chain) && absl::SimpleAtoi(parts[2], &state.answers.count) &&
                      absl::SimpleAtoi(parts[3], &state.answers.chain) && absl::SimpleAtoi(parts[4], &state.open_ask);
    return read ? state : KeyState();
  }
  std::string ToText() const {
    return absl::StrCat(asks.count, " ", asks.chain, " ", answers.count, " ", answers.chain, " ", open_ask);
  }
};

class Probe : public stream::Processor {
 public:
  absl::Status OnRecord(absl::string_view topic, const eventlog::Record& record, stream::UnitOfWork& work) override {
    const std::string state_key = absl::StrCat(kProbeStatePrefix, record.key);
    ASSIGN_OR_RETURN(const std::optional<std::string> stored, work.Get(state_key));
    KeyState state = KeyState::From(stored);
    Seen& seen = topic == kProbeAnswers ? state.answers : state.asks;
    seen.Take(record.offset);
    const std::string now = absl::StrCat(absl::ToUnixNanos(work.now()));
    // Written before it is known whether the record can be read: what is left half done must go.
    work.Put(state_key, state.ToText());
    work.Emit(kProbeOut, record.key,
              absl::StrCat("took ", topic, " ", record.offset, " ", seen.count, " ", seen.chain, " ", now));
    int64_t seconds = 0;
    if (record.value == "answer") {
      if (state.open_ask >= 0) work.Emit(kProbeOut, record.key, absl::StrCat("answered ", state.open_ask, " ", now));
      state.open_ask = -1;
      work.SetTimer(record.key, absl::InfiniteFuture());
    } else if (record.value.starts_with("ask ") && absl::SimpleAtoi(record.value.substr(4), &seconds)) {
      state.open_ask = record.offset;
      work.SetTimer(record.key, work.now() + absl::Seconds(seconds));
    } else if (record.value != "add") {
      return absl::InvalidArgumentError("no word of the probe's");
    }
    work.Put(state_key, state.ToText());
    return absl::OkStatus();
  }

  absl::Status OnTimer(absl::string_view key, absl::Time due, stream::UnitOfWork& work) override {
    const std::string state_key = absl::StrCat(kProbeStatePrefix, key);
    ASSIGN_OR_RETURN(const std::optional<std::string> stored, work.Get(state_key));
    KeyState state = KeyState::From(stored);
    work.Emit(kProbeOut, key,
              absl::StrCat("missed ", state.open_ask, " ", absl::ToUnixNanos(due), " ", absl::ToUnixNanos(work.now())));
    state.open_ask = -1;
    work.Put(state_key, state.ToText());
    return absl::OkStatus();
  }
};

}  // namespace

std::vector<stream::TaskDefinition> ProbeTasks() {
  stream::TaskDefinition probe;
  probe.kind = {kProbeTask, {kProbeAsks, kProbeAnswers}, {}};
  probe.make_processor = [](int) { return std::make_unique<Probe>(); };
  stream::TaskDefinition inbox;
  inbox.kind = {kInboxProbeTask, {kProbeInbox}, {}};
  inbox.inbox = kProbeInbox;
  inbox.make_processor = [](int) { return std::make_unique<Probe>(); };
  return {std::move(probe), std::move(inbox)};
}

}  // namespace touchstone::simulation
