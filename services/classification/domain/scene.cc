#include "services/classification/domain/scene.h"

#include "common/status/invariant.h"

namespace touchstone::classification {
namespace {

// Where its variables stand in both environments.
constexpr int kTouchpointIndex = 0;
constexpr int kJourneyIndex = 1;
constexpr int kStrandIndex = 2;

cel::Environment Built(const cel::Environment::Builder& builder) {
  absl::StatusOr<cel::Environment> environment = builder.Build();
  INVARIANT(environment.ok(), environment.status().ToString());
  return *std::move(environment);
}

cel::Environment::Builder WithTouchpoint() {
  cel::Environment::Builder builder;
  builder.Container("touchstone.events.v1")
      .Variable("touchpoint", cel::Type::Message(events::v1::Touchpoint::descriptor()))
      .EnumsOf(events::v1::Touchpoint::descriptor()->file());
  return builder;
}

}  // namespace

const cel::Environment& EnvironmentOf(Sees sees) {
  static const auto& touchpoint_only = *new cel::Environment(Built(WithTouchpoint()));
  static const auto& all =
      *new cel::Environment(Built(WithTouchpoint()
                                      .Variable("journey", cel::Type::Message(pack::v1::JourneyFacts::descriptor()))
                                      .Variable("strand", cel::Type::Message(pack::v1::StrandFacts::descriptor()))
                                      .Enum(events::v1::Stage_descriptor())));
  return sees == Sees::kTouchpoint ? touchpoint_only : all;
}

Scene::Scene() : touchpoint_only_(EnvironmentOf(Sees::kTouchpoint)), all_(EnvironmentOf(Sees::kAll)) {}

void Scene::Set(const events::v1::Touchpoint& touchpoint, int64_t time_ns, const pack::v1::JourneyFacts& journey,
                const pack::v1::StrandFacts& strand, const events::v1::Correlation* strand_key) {
  touchpoint_ = &touchpoint;
  journey_ = &journey;
  strand_key_ = strand_key;
  time_ns_ = time_ns;
  touchpoint_only_.Clear();
  touchpoint_only_.Bind(kTouchpointIndex, touchpoint);
  all_.Clear();
  all_.Bind(kTouchpointIndex, touchpoint);
  all_.Bind(kJourneyIndex, journey);
  all_.Bind(kStrandIndex, strand);
}

}  // namespace touchstone::classification
