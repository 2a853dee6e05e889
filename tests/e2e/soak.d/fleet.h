#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "tests/e2e/child_process.h"
#include "touchstone/operations/v1/operations_service.grpc.pb.h"

namespace touchstone::e2e {

// A task: its kind and its partition.
using TaskName = std::pair<std::string, int>;

// What a service's processes run: none where it keeps no state.
std::vector<std::string> TaskKindsOf(const std::string& service);

// One process of one service. What it says, over all its lives, is in `FOLDER/NAME.log`. Used by one thread, but for address().
class Instance {
 public:
  // `flags` are those of all instances of the fleet.
  Instance(std::string service, int number, const std::string& folder, std::vector<std::string> flags);

  const std::string& service() const { return service_; }
  // `routing-2`.
  const std::string& name() const { return name_; }
  const std::string& address() const { return address_; }

  void Start();
  // With -9, whether it runs or is stopped.
  void Kill();
  // As when its machine hangs, and goes on.
  void Freeze();
  void Thaw();
  // Asks it to end. Blocks; its exit code.
  int Stop();

  // Runs and is not frozen.
  bool awake() const { return process_ != nullptr && !frozen_; }
  // Ended without being asked to: not found out while it is frozen.
  bool HasFallen();

  // Nullopt: it does not answer.
  std::optional<operations::v1::GetStatusResponse> Status();
  // Those that run here, as last heard. Empty: it does not answer, or has none.
  std::set<TaskName> Tasks();

 private:
  const std::string service_;
  const std::string name_;
  const std::string address_;
  const std::string said_;
  const std::vector<std::string> words_;
  std::unique_ptr<ChildProcess> process_;
  bool frozen_ = false;
  // Null: to be connected.
  std::unique_ptr<operations::v1::OperationsService::Stub> stub_;
};

// All processes of the soak: two of each service.
class Fleet {
 public:
  Fleet(const std::string& folder, const std::vector<std::string>& flags, int partitions, const clock::Clock& clock);

  std::vector<std::unique_ptr<Instance>>& instances() { return instances_; }
  Instance& Of(const std::string& service, int number);
  std::vector<std::string> AddressesOf(const std::string& service) const;

  // Blocks until every task of the services runs in an instance that is awake, and those without tasks answer; starts what has
  // fallen. DEADLINE_EXCEEDED names what is missing.
  absl::Status AwaitWhole(absl::Duration within);
  // The same of one service.
  absl::Status AwaitWhole(const std::string& service, absl::Duration within);

  // As whoever runs services does: starts again what has ended by itself, and notes it.
  void StartFallen();
  // How often each did; and those that crashed, in words.
  const std::map<std::string, int>& fallen() const { return fallen_; }
  const std::vector<std::string>& crashes() const { return crashes_; }

  // What each instance says of its tasks, a line each: for whoever looks into a failure.
  std::string Describe();
  // Whether some instance says of one of these tasks that it has something to read, or none says anything of it.
  bool HasWork(const std::set<TaskName>& tasks);

  static constexpr int kInstancesOfAService = 2;

 private:
  // Empty: nothing is missing.
  std::string Missing(const std::string& service);

  const int partitions_;
  const clock::Clock& clock_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::map<std::string, int> fallen_;
  std::vector<std::string> crashes_;
};

}  // namespace touchstone::e2e
