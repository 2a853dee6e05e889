#include "services/routing/domain/routing_policy.h"

namespace touchstone::routing {

const CallRule* RoutingPolicy::FindCall(const events::v1::MomentOfTruth& moment, const events::v1::JourneyDigest& journey) const {
  for (const CallRule& rule : calls) {
    if (rule.when(moment, journey)) return &rule;
  }
  return nullptr;
}

int RoutingPolicy::SeverityOf(const events::v1::MomentOfTruth& moment, const events::v1::JourneyDigest& journey) const {
  int severity = moment.severity();
  for (const CallRule& rule : calls) {
    if (rule.severity_min > severity && rule.when(moment, journey)) severity = rule.severity_min;
  }
  return severity;
}

const CrossingRule* RoutingPolicy::FindCrossing(int strikes) const {
  for (const CrossingRule& rule : crossings) {
    if (rule.strikes == strikes) return &rule;
  }
  return nullptr;
}

}  // namespace touchstone::routing
