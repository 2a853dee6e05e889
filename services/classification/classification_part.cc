#include "services/classification/classification_part.h"

#include <string>
#include <utility>
#include <vector>

#include "common/status/macros.h"
#include "services/classification/journey_processor.h"
#include "services/classification/journey_queries.h"
#include "services/classification/journey_service.h"
#include "services/classification/pack_loader.h"

namespace touchstone::classification {
namespace {

class ClassificationPart : public process::Part {
 public:
  ClassificationPart(const process::Surroundings& surroundings, std::shared_ptr<const Pack> pack)
      : surroundings_(surroundings), pack_(std::move(pack)) {}

  std::vector<stream::TaskDefinition> Tasks() override {
    stream::TaskDefinition journeys = JourneyTask(pack_);
    journeys.queries = JourneyQueries(pack_);
    return {journeys};
  }

  absl::Status AddTo(rpc::Server& server, stream::TaskReader& tasks) override {
    const JourneyCalls calls{surroundings_.log, tasks, server.pump(), surroundings_.clock, surroundings_.secret};
    server.Add(v1::JourneyService::service_full_name(), std::make_unique<JourneyService>(calls));
    return absl::OkStatus();
  }

  std::vector<process::LoadedPack> Packs() const override {
    return {{std::string(pack_->name()), pack_->version(), static_cast<int>(pack_->moments().size())}};
  }

 private:
  const process::Surroundings surroundings_;
  const std::shared_ptr<const Pack> pack_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<process::Part>> MakeClassificationPart(const process::Surroundings& surroundings) {
  ASSIGN_OR_RETURN(std::shared_ptr<const Pack> pack, LoadPack(surroundings.pack_folder));
  return std::unique_ptr<process::Part>(std::make_unique<ClassificationPart>(surroundings, std::move(pack)));
}

}  // namespace touchstone::classification
