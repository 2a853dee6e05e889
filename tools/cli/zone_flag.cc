#include "tools/cli/zone_flag.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "common/calendar/zone.h"
#include "tools/cli/text_width.h"

namespace touchstone::cli {

std::shared_ptr<const std::string> AddZoneFlag(CLI::App& command) {
  auto zone = std::make_shared<std::string>(kDefaultZone);
  ShareZoneFlag(command, zone);
  return zone;
}

void ShareZoneFlag(CLI::App& command, const std::shared_ptr<std::string>& zone) {
  command.add_option("--zone", *zone, "IANA zone of the times shown [UTC]")->type_name("ZONE");
}

absl::StatusOr<absl::TimeZone> ZoneOf(const std::string& flag) {
  absl::StatusOr<absl::TimeZone> zone = calendar::LoadZone(flag);
  if (!zone.ok())
    return absl::InvalidArgumentError(absl::StrCat("--zone: '", Fitted(flag, kUnboundedWidth), "' ", zone.status().message()));
  return zone;
}

}  // namespace touchstone::cli
