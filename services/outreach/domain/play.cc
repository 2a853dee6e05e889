#include "services/outreach/domain/play.h"

namespace touchstone::outreach {

const Play* PlannerPolicy::Find(absl::string_view id) const {
  for (const Play& play : plays) {
    if (play.id == id) return &play;
  }
  return nullptr;
}

}  // namespace touchstone::outreach
