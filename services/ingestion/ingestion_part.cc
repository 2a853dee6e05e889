#include "services/ingestion/ingestion_part.h"

#include <utility>

#include "common/status/macros.h"
#include "services/ingestion/import_registry.h"
#include "services/ingestion/ingestion_service.h"
#include "services/ingestion/open_streams.h"

namespace touchstone::ingestion {
namespace {

class IngestionPart : public process::Part {
 public:
  explicit IngestionPart(const process::Surroundings& surroundings) : surroundings_(surroundings) {}

  absl::Status AddTo(rpc::Server& server, stream::TaskReader& tasks) override {
    ASSIGN_OR_RETURN(imports_, ImportRegistry::Open(surroundings_.log));
    RETURN_IF_ERROR(server.pump().Add(imports_));
    RETURN_IF_ERROR(server.pump().Add(streams_));
    server.Add(
        v1::IngestionService::service_full_name(),
        std::make_unique<IngestionService>(surroundings_.log, surroundings_.clock, surroundings_.secret, *imports_, *streams_));
    return absl::OkStatus();
  }

 private:
  const process::Surroundings surroundings_;
  std::shared_ptr<ImportRegistry> imports_;
  const std::shared_ptr<OpenStreams> streams_ = std::make_shared<OpenStreams>();
};

}  // namespace

absl::StatusOr<std::unique_ptr<process::Part>> MakeIngestionPart(const process::Surroundings& surroundings) {
  return std::unique_ptr<process::Part>(std::make_unique<IngestionPart>(surroundings));
}

}  // namespace touchstone::ingestion
