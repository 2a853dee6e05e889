#include "common/eventlog/embedded/internal/durable_callbacks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace touchstone::eventlog::embedded {
namespace {

using testing::ElementsAre;

class DurableCallbacksTest : public testing::Test {
 protected:
  // What is called is written down, in order; `then` runs in the call.
  DurableCallbacks::Done Note(std::string name, std::function<void()> then = nullptr) {
    return [this, name = std::move(name), then = std::move(then)](const absl::Status& status) {
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        called_.push_back(absl::StrCat(name, status.ok() ? "" : " lost"));
      }
      if (then) then();
    };
  }
  void Add(uint64_t write, DurableCallbacks::Done done) {
    std::vector<DurableCallbacks::Done> one;
    one.push_back(std::move(done));
    callbacks_.Add(write, std::move(one));
  }
  // On return all up to `write` was called.
  void AwaitAll(uint64_t write) {
    std::promise<void> reached;
    Add(write, [&](const absl::Status&) { reached.set_value(); });
    callbacks_.Advance(write);
    reached.get_future().wait();
  }
  std::vector<std::string> called() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return called_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> called_;

 protected:
  DurableCallbacks callbacks_{10};
};

TEST_F(DurableCallbacksTest, AreCalledInTheOrderOfWritesAndNoneBeforeItsWrite) {
  Add(13, Note("13"));
  Add(12, Note("12"));
  Add(11, Note("11"));
  Add(12, Note("12 too"));
  AwaitAll(12);
  EXPECT_THAT(called(), ElementsAre("11", "12", "12 too"));
  callbacks_.Finish();
  EXPECT_THAT(called(), ElementsAre("11", "12", "12 too", "13 lost"));
}

TEST_F(DurableCallbacksTest, WhatIsDurableAlreadyIsCalledAtOnce) {
  Add(10, Note("10"));
  EXPECT_THAT(called(), ElementsAre("10"));
}

TEST_F(DurableCallbacksTest, WhatACallAddsForAWriteThatIsBeingCalledKeepsItsPlace) {
  // In the call of 11, 12 is durable and not called yet: what is added for it comes behind what waited.
  Add(11, Note("11", [this] { Add(12, Note("12 added in 11")); }));
  Add(12, Note("12"));
  callbacks_.Advance(12);
  callbacks_.Finish();
  EXPECT_THAT(called(), ElementsAre("11", "12", "12 added in 11"));
}

TEST_F(DurableCallbacksTest, AfterTheEndWhatIsNotDurableIsLost) {
  callbacks_.Advance(11);
  callbacks_.Finish();
  callbacks_.Finish();
  Add(11, Note("11"));
  Add(12, Note("12"));
  EXPECT_THAT(called(), ElementsAre("11", "12 lost"));
}

}  // namespace
}  // namespace touchstone::eventlog::embedded
