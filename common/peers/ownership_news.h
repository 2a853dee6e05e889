#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/eventlog/change_signal.h"
#include "common/eventlog/event_log.h"
#include "common/peers/owner_table.h"

namespace touchstone::peers {

// Says on owners.v1 what this instance has, and hears there what all have. One thread, which may wait for a broker.
//
// It says so whenever that has changed, whenever another claims what this instance has (one that was stopped in between may come
// late), and when the topic is begun to be read: so what is said last is true.
class OwnershipNews {
 public:
  // How long it takes at most to hear what was said, beside the log's own time.
  static constexpr absl::Duration kLookEvery = absl::Milliseconds(50);
  // What could not be read or said is tried again after this; and a claim is contested no more often.
  static constexpr absl::Duration kAgainAfter = absl::Seconds(1);

  // `kinds`: the process's task kinds, of which it has nothing yet. `log`, `clock` and `table` outlive it. `trouble`, which may
  // be empty, is told, on the thread, why owners.v1 cannot be read or written; once until it can.
  OwnershipNews(eventlog::EventLog& log, const clock::Clock& clock, OwnerTable& table, std::string instance,
                const std::vector<std::string>& kinds, std::function<void(const absl::Status&)> trouble = nullptr);
  // Not before the log was closed or every append is done.
  ~OwnershipNews();

  OwnershipNews(const OwnershipNews&) = delete;
  OwnershipNews& operator=(const OwnershipNews&) = delete;

  // Starts the thread. `address`: where other instances reach this one. Once.
  void Begin(const std::string& address);

  // As WorkerOptions::on_owned tells it. Any thread, also before Begin.
  void OnOwned(absl::string_view kind, const std::vector<int>& partitions);

 private:
  void Run();
  absl::Status Round();
  // Until the end of what is there.
  absl::Status Hear();
  void Say(std::vector<events::v1::TaskOwnership> owned);
  // Whether the table says of all that this instance has of a kind that it has it.
  bool IsHeard(const events::v1::TaskOwnership& owned) const;
  void Tell(const absl::Status& status);

  eventlog::EventLog& log_;
  const clock::Clock& clock_;
  OwnerTable& table_;
  const std::string instance_;
  const std::function<void(const absl::Status&)> trouble_;
  eventlog::ChangeSignal changed_;
  std::atomic<bool> ending_{false};

  std::mutex mutex_;
  // Guarded by mutex_. By kind; which of them has to be said; whether something is being said, and how that ended.
  std::map<std::string, events::v1::TaskOwnership, std::less<>> owned_;
  std::set<std::string> to_say_;
  bool saying_ = false;
  absl::Status said_;

  // Of the thread.
  std::unique_ptr<eventlog::Tail> tail_;
  // While the topic is read from its begin: what was said long ago is not believed for a moment, and so heard aside up to where
  // the topic ended then. Null: that is done.
  std::unique_ptr<OwnerTable> old_news_;
  int64_t old_news_end_ = 0;
  absl::Duration say_again_ = absl::ZeroDuration();
  int64_t said_count_ = 0;
  std::string told_;
  std::thread thread_;
};

}  // namespace touchstone::peers
