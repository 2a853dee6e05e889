#pragma once

#include <string>

#include "tools/cli/import/mapping_errors.h"
#include "touchstone/mapping/v1/mapping.pb.h"

namespace touchstone::cli {

// What a rule states of all its rows, held to what ingestion takes: a wrong type would else be refused once a row. The columns
// are not looked at. What is wrong goes to `errors` under `path` (`touchpoints[2]`); what is wrong with `source`, under its own.
void CheckRuleConstants(const mapping::v1::TouchpointRule& rule, const std::string& source, const std::string& path,
                        MappingErrors& errors);

}  // namespace touchstone::cli
