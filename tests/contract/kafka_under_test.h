#pragma once

#include <memory>
#include <string>

#include "common/clock/system_clock.h"
#include "common/eventlog/kafka/kafka_log.h"

namespace touchstone::eventlog {

// A corner of the broker at TOUCHSTONE_KAFKA (tools/kafka run COMMAND) that nobody else uses: a prefix and a data folder.
class KafkaUnderTest {
 public:
  // `name` tells corners of one process apart.
  explicit KafkaUnderTest(const std::string& name);
  // Deletes its topics and its folder.
  ~KafkaUnderTest();

  // The broker's address; empty where there is none.
  static std::string Address();
  // For main(): runs the tests, or says why not and returns 77.
  static int RunTests(int argc, char** argv);

  // Creates what is missing; crashes where that fails.
  void Create(const TopicCatalog& topics);
  KafkaOptions Options(const TopicCatalog& topics) const;
  const std::string& prefix() const { return prefix_; }
  std::string folder() const;

 private:
  const std::string prefix_;
};

}  // namespace touchstone::eventlog
