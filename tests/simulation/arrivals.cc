#include "tests/simulation/arrivals.h"

#include <algorithm>
#include <utility>

#include "common/clock/proto_time.h"
#include "common/names/name_key.h"
#include "services/classification/pack_examples.h"

namespace touchstone::simulation {
namespace {

namespace events = touchstone::events::v1;

const std::vector<classification::Example>& Examples() {
  static const auto& examples =
      *new std::vector<classification::Example>(*classification::LoadExamples("deploy/packs/retail/examples"));
  return examples;
}

const names::NameSecret& Secret() {
  static const auto& secret = *new names::NameSecret(*names::NameSecret::FromBytes(std::string(names::NameSecret::kBytes, 's')));
  return secret;
}

void AddArrivals(const classification::Example& example, absl::Time present, std::mt19937_64& chance, FaultPlan& faults,
                 std::vector<Arrival>& arrivals) {
  for (events::Touchpoint& touchpoint : classification::PlacedAt(example, present)) {
    for (events::Name& name : *touchpoint.mutable_names()) name = *names::KeyedName(Secret(), name);
    absl::Time time = clock::TimeFrom(touchpoint.occur_time()) + absl::Seconds(static_cast<int64_t>(chance() % 5));
    if (faults.Strikes(WorldFault::kLate)) time += absl::Minutes(static_cast<int64_t>(chance() % 3000));
    const std::string key = names::PrimaryName(touchpoint.names())->key();
    if (faults.Strikes(WorldFault::kDuplicate))
      arrivals.push_back({time + absl::Minutes(static_cast<int64_t>(chance() % 2000)), key, touchpoint});
    arrivals.push_back({time, key, std::move(touchpoint)});
  }
}

}  // namespace

Crowd CrowdAround(absl::Time present, int customers, const std::set<std::string>& only, std::mt19937_64& chance,
                  FaultPlan& faults) {
  Crowd crowd;
  std::set<size_t> chosen;
  for (int i = 0; i < customers; ++i) chosen.insert(chance() % Examples().size());
  for (const size_t index : chosen) {
    const classification::Example& example = Examples()[index];
    // Each draws from a chance of its own, so that those who stay away change nothing for the others.
    std::mt19937_64 own(chance());
    if (!only.empty() && !only.contains(example.customer)) continue;
    crowd.customers.insert(example.customer);
    AddArrivals(example, present, own, faults, crowd.arrivals);
  }
  std::stable_sort(crowd.arrivals.begin(), crowd.arrivals.end(),
                   [](const Arrival& a, const Arrival& b) { return a.time < b.time; });
  return crowd;
}

}  // namespace touchstone::simulation
