#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "tests/e2e/child_process.h"
#include "tests/e2e/soak.d/answer_faults.h"
#include "tests/e2e/soak.d/kafka_proxy.h"

namespace touchstone::e2e {

// Real brokers on loopback, one or three, each behind a proxy of its own that clients take for it. They are killed with this
// object. Needs the jars that `tools/setup kafka` brings. Used by one thread.
class KafkaBrokers {
 public:
  // Starts them below `folder`, which is empty; blocks until they serve.
  static absl::StatusOr<std::unique_ptr<KafkaBrokers>> Start(const std::string& folder, int count, AnswerFaults& faults,
                                                             const clock::Clock& clock);

  int count() const { return static_cast<int>(brokers_.size()); }
  // Where clients begin: the proxies.
  std::string bootstrap() const;

  // With -9. Brokers are counted from 1.
  void Kill(int number);
  // On what it has stored. Blocks until it serves.
  absl::Status Restart(int number);

 private:
  struct Broker {
    std::string folder;
    int port = 0;
    int inner_port = 0;
    int controller_port = 0;
    int lives = 0;
    std::unique_ptr<KafkaProxy> proxy;
    std::unique_ptr<ChildProcess> process;
  };

  explicit KafkaBrokers(const clock::Clock& clock) : clock_(clock) {}
  absl::Status Configure(const Broker& broker, int number) const;
  absl::Status Format();
  void Launch(Broker& broker);
  absl::Status AwaitServing(Broker& broker) const;

  const clock::Clock& clock_;
  std::vector<Broker> brokers_;
};

}  // namespace touchstone::e2e
