#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/eventlog/topic_catalog.h"
#include "common/stream/processor.h"
#include "tests/simulation/observers/observer.h"
#include "tests/simulation/verdicts.h"

namespace touchstone::simulation {

// routing.md 6, outreach.md: the same order of committed input gives the same decisions. At rest every task with one input is run
// once more over what was committed, undisturbed and alone, and must write the same records.
class ReplayObserver : public Observer {
 public:
  ReplayObserver(eventlog::TopicCatalog topics, std::vector<stream::TaskDefinition> tasks, Verdicts& verdicts);

  void OnRecord(const Seen& seen) override;
  void AtRest(absl::Time now) override;

 private:
  using Partition = std::pair<std::string, int32_t>;

  void Replay(const stream::TaskDefinition& task, absl::Time now);

  const eventlog::TopicCatalog topics_;
  std::vector<stream::TaskDefinition> tasks_;
  Verdicts& verdicts_;
  // Of topics that the tasks read.
  std::map<Partition, std::vector<eventlog::Record>> inputs_;
  // Of (task kind, partition): the records it wrote, each as topic, key, id and value.
  std::map<Partition, std::vector<std::string>> outputs_;
};

}  // namespace touchstone::simulation
