#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/observers/observer.h"
#include "tests/simulation/verdicts.h"

namespace touchstone::simulation {

// What the probes tell (probe_task.h), held against the records that were fed to them: each record counted once and in order,
// each ask answered or missed once, none missed whose answer was there in time, none before its time.
class ProbeObserver : public Observer {
 public:
  explicit ProbeObserver(Verdicts& verdicts) : verdicts_(verdicts) {}

  void OnRecord(const Seen& seen) override;
  void AtRest(absl::Time now) override;

  // How many of the key and the topic were told as taken.
  int64_t TakenCount(const std::string& topic, const std::string& key) const;
  // How many of the key's records lie on the topic up to and with this offset.
  int64_t CountUpTo(const std::string& topic, const std::string& key, int64_t offset) const;

 private:
  struct Fed {
    int64_t offset = 0;
    absl::Time append_time;
    // Of an ask.
    std::optional<absl::Duration> wait;
    bool is_answer = false;
    // Unreadable: counts for nothing, and leaves no trace in the state.
    bool is_poison = false;
    // How many were told taken before it, of all; -1: it is not.
    int64_t taken_as = -1;
  };
  struct KeyTopic {
    std::vector<Fed> fed;
    // Of `fed`.
    size_t taken = 0;
    int64_t count = 0;
    uint64_t chain = 0;
  };

  void OnFed(const Seen& seen);
  void OnTold(const Seen& seen);
  void OnTook(const std::string& key, const std::vector<std::string>& words, int32_t partition);
  void OnMissed(const std::string& key, const std::vector<std::string>& words, absl::Time now);
  void OnAnswered(const std::string& key, const std::vector<std::string>& words);
  // The key's ask at this offset, if it is the one that is open; says what is wrong otherwise.
  const Fed* OpenAsk(const std::string& key, int64_t offset);

  Verdicts& verdicts_;
  std::map<std::pair<std::string, std::string>, KeyTopic> inputs_;
  // By key: the offset of the ask that is open.
  std::map<std::string, int64_t> open_;
  // By task and partition.
  std::map<std::pair<std::string, int32_t>, int64_t> clocks_;
  int64_t taken_count_ = 0;
};

}  // namespace touchstone::simulation
