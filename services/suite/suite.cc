#include "services/suite/suite.h"

#include "services/classification/classification_part.h"
#include "services/ingestion/ingestion_part.h"
#include "services/outreach/outreach_part.h"
#include "services/routing/routing_part.h"

namespace touchstone::suite {

absl::Status ServeSuite(runtime::Host& host, const process::ProcessConfig& config,
                        const std::function<void(const std::string& address)>& ready) {
  // In the order in which facts flow, so that one round of the worker carries a touchpoint all the way.
  return process::Serve(host, config, process::Whole::kSuite,
                        {ingestion::MakeIngestionPart, classification::MakeClassificationPart, routing::MakeRoutingPart,
                         outreach::MakeOutreachPart},
                        ready);
}

}  // namespace touchstone::suite
